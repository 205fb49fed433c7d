import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCommands } from './console-language.ts'
import { describeServerConfig, renderServerConfig } from './server-config.ts'

const password = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE'
const parts = {
  serverName: 'Friday "night"; quit // 夜',
  overlaysWithConfig: [4, 2],
  blueprintConfig: ['sv_alltalk 1', '// of the blueprint'],
  serverConfig: ['z_difficulty Hard', 'hostname "Ours"'],
}

test('server.cfg goes from defaults over overlays, blueprint and server to what the platform depends on', () => {
  expect(renderServerConfig(parts, password)).toMatchInlineSnapshot(`
    "// left4me writes this file at each start. Change the server in left4me instead.
    hostname "Friday 'night', quit // 夜"
    exec banned_user.cfg
    exec banned_ip.cfg
    exec server_4.cfg
    exec server_2.cfg
    sv_alltalk 1
    // of the blueprint
    z_difficulty Hard
    hostname "Ours"
    // The console and the live log depend on these.
    sv_logfile 0
    sv_logecho 1
    log on
    sv_rcon_log 0
    sv_rcon_whitelist_address "127.0.0.1"
    sv_rcon_minfailures 5
    sv_rcon_maxfailures 10
    sv_rcon_minfailuretime 30
    sv_rcon_banpenalty 15
    rcon_password "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE"
    "
  `)
})

test('what people are shown has the same lines without the password', () => {
  const shown = describeServerConfig(parts)
  expect(JSON.stringify(shown)).not.toContain(password)
  expect(shown.map(line => line.text).slice(0, -1)).toEqual(
    renderServerConfig(parts, password).split('\n').slice(0, -2),
  )
  expect(shown.filter(line => line.source !== 'platform')).toEqual([
    { text: 'exec server_4.cfg', source: 'overlay' },
    { text: 'exec server_2.cfg', source: 'overlay' },
    { text: 'sv_alltalk 1', source: 'blueprint' },
    { text: '// of the blueprint', source: 'blueprint' },
    { text: 'z_difficulty Hard', source: 'server' },
    { text: 'hostname "Ours"', source: 'server' },
  ])
})

test('no name of a server makes another command of its hostname line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }), name => {
      fc.pre(!/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name))
      const text = renderServerConfig({ ...parts, serverName: name }, password)
      const line = text.split('\n')[1] ?? ''
      expect(readCommands(line).map(command => command.name)).toEqual(['hostname'])
      expect(Buffer.from(text).toString()).toBe(text)
    }),
  )
})
