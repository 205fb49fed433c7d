import type { ServerLogEvent } from './log-event.ts'

/** Reads what the server says of itself. null for anything else. */
export function readServerEvent(text: string): ServerLogEvent | null {
  switch (text.slice(0, 4)) {
    case 'Load':
      return readMapLoading(text)
    case 'Star':
      return readMapStarted(text)
    case 'Worl':
      return readWorld(text)
    case 'rcon':
      return readRcon(text)
    case 'Log ':
      return readLogFile(text)
    case 'serv':
      return readServerCvar(text)
    case '----':
      return readMapChange(text)
    default:
      return text.startsWith('"') ? readListedCvar(text) : null
  }
}

function readMapLoading(text: string): ServerLogEvent | null {
  const map = /^Loading map "([\w./-]{1,128})"$/.exec(text)?.[1]
  return map === undefined ? null : { kind: 'map-loading', map }
}

function readMapStarted(text: string): ServerLogEvent | null {
  const [, map, crc] = /^Started map "([\w./-]{1,128})" \(CRC "(-?\w{1,40})"\)$/.exec(text) ?? []
  return map === undefined || crc === undefined ? null : { kind: 'map-started', map, crc }
}

function readMapChange(text: string): ServerLogEvent | null {
  const map = /^-{4,20} Mapchange to ([\w./-]{1,128}) -{4,20}$/.exec(text)?.[1]
  return map === undefined ? null : { kind: 'map-changing', map }
}

function readWorld(text: string): ServerLogEvent | null {
  const event = /^World triggered "([\w .:#-]{1,64})"$/.exec(text)?.[1]
  return event === undefined ? null : { kind: 'world-triggered', event }
}

function readRcon(text: string): ServerLogEvent | null {
  const [, address, rest] = /^rcon from "(\d{1,3}(?:\.\d{1,3}){3}:\d{1,5})": (.*)$/s.exec(text) ?? []
  if (address === undefined || rest === undefined) return null
  if (rest === 'Bad Password') return { kind: 'rcon-refused', address }
  if (!rest.startsWith('command "') || !rest.endsWith('"') || rest.length < 10) return null
  return { kind: 'rcon', address, command: rest.slice(9, -1) }
}

function readLogFile(text: string): ServerLogEvent | null {
  if (/^Log file closed\.?$/.test(text)) return { kind: 'log-closed' }
  const [, file, game, version] =
    /^Log file started \(file "([^"]{1,512})"\) \(game "([^"]{1,512})"\) \(version "([^"]{0,64})"\)$/.exec(
      text,
    ) ?? []
  if (file === undefined || game === undefined || version === undefined) return null
  return { kind: 'log-started', file, game, version }
}

function readServerCvar(text: string): ServerLogEvent | null {
  if (text === 'server cvars start' || text === 'server cvars end') {
    return { kind: 'cvars-listed', at: text === 'server cvars start' ? 'start' : 'end' }
  }
  const [, name, value] = /^server_cvar: "(\w{1,128})" "(.*)"$/s.exec(text) ?? []
  return name === undefined || value === undefined ? null : { kind: 'cvar', name, value }
}

function readListedCvar(text: string): ServerLogEvent | null {
  const [, name, value] = /^"(\w{1,128})" = "(.*)"$/s.exec(text) ?? []
  return name === undefined || value === undefined ? null : { kind: 'cvar', name, value }
}
