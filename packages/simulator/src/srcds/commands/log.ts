import { isIPv4 } from 'node:net'
import type { Game } from '../game.ts'
import type { LogAddress } from '../game-log.ts'

export function registerLogCommands(game: Game): void {
  const { console, log } = game
  console.register(
    'log',
    'Enables logging to file, console, and udp < on | off >.',
    ({ arguments: [state], print }) => {
      if (state === 'on' || state === '1') log.enable()
      else if (state === 'off' || state === '0') log.disable()
      else
        print(
          `Usage:  log < on | off >\ncurrently logging to: ${log.enabled ? 'file, console, udp' : 'not currently logging'}\n`,
        )
    },
  )
  console.register('logaddress_add', 'Set address and port for remote host <ip:port>.', ({ rest, print }) => {
    const address = parseAddress(rest)
    if (address === null) print(`logaddress_add:  unable to resolve ${rest}\n`)
    else if (log.addAddress(address)) print(`logaddress_add:  ${address.host}:${address.port}\n`)
    else print('logaddress_add:  address already in list\n')
  })
  console.register(
    'logaddress_del',
    'Remove address and port for remote host <ip:port>.',
    ({ rest, print }) => {
      const address = parseAddress(rest)
      if (address !== null && log.removeAddress(address))
        print(`logaddress_del:  ${address.host}:${address.port}\n`)
      else print("logaddress_del:  Couldn't find address in list\n")
    },
  )
  console.register('logaddress_delall', 'Remove all udp addresses being logged to', () =>
    log.clearAddresses(),
  )
  console.register(
    'logaddress_list',
    'List all addresses currently being used by logaddress.',
    ({ print }) => {
      if (log.addresses.length === 0) print('logaddress_list:  no addresses in the list\n')
      else {
        const rows = log.addresses.map(({ host, port }) => `${host}:${port}\n`)
        print(`logaddress_list: ${rows.length} entries\n${rows.join('')}`)
      }
    },
  )
}

function parseAddress(text: string): LogAddress | null {
  const match = /^"?([\d.]+)\s*:\s*(\d{1,5})"?$/.exec(text.trim())
  const host = match?.[1] ?? ''
  const port = Number(match?.[2] ?? 0)
  return isIPv4(host) && port > 0 && port < 65536 ? { host, port } : null
}
