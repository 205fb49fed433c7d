import { launchArguments } from '@left4me/protocols'
import { describe, expect, test } from 'vitest'
import { mergeArguments, refusedArguments } from './launch-arguments.ts'

describe('arguments that belong to the platform are refused by name', () => {
  test.each([
    ['-port', '-port'],
    ['-PORT', '-port'],
    ['--port', '-port'],
    ['-port=27016', '-port'],
    ['-ip', '-ip'],
    ['-game', '-game'],
    ['-console', '-console'],
    ['-norestart', '-norestart'],
    ['-strictportbind', '-strictportbind'],
    ['-autoupdate', '-autoupdate'],
    ['-debug', '-debug'],
    ['-condebug', '-condebug'],
    ['-pidfile', '-pidfile'],
    ['-fork', '-fork'],
    ['-netconport', '-netconport'],
    ['-netconpassword', '-netconpassword'],
    ['-binary', '-binary'],
    ['-gdb', '-gdb'],
    ['+rcon_password', 'rcon_password'],
    ['+RCON_PASSWORD', 'rcon_password'],
    ['+ip', 'ip'],
    ['+hostport', 'hostport'],
    ['+servercfgfile', 'servercfgfile'],
    ['+log', 'log'],
    ['+quit', 'quit'],
    ['x+rcon_password', 'rcon_password'],
  ])('%s', (argument, setting) => {
    const [refusal, ...more] = refusedArguments(['+map', 'c2m1_highway', argument, '7'])
    expect(more).toEqual([])
    expect(refusal).toMatchObject({ code: 'reserved-setting', setting })
    expect(refusal?.message).toMatch(/left4me|second way|another program|would end/)
  })

  test('each with its place', () => {
    expect(
      refusedArguments(['-maxplayers', '8', '-port', '1', '+map', 'x', '+exec', '../../up']).map(
        ({ index, code }) => [index, code],
      ),
    ).toEqual([
      [2, 'reserved-setting'],
      [6, 'invalid-input'],
    ])
  })
})

test.each([
  [['+map', 'c1m1_hotel', '-maxplayers', '8', '-tickrate', '60', '+mp_gamemode', 'versus', '-insecure']],
  [['-simulate-boot-ms', '0', '+sv_region', '-1']],
  [['+sv_tags', 'log,port']],
])('%j is taken', words => {
  expect(refusedArguments(words)).toEqual([])
})

test('a pattern that the shell of srcds_run would expand is refused', () => {
  expect(refusedArguments(['+map', 'c1*'])).toMatchObject([{ index: 0, code: 'invalid-input' }])
})

describe('mergeArguments', () => {
  const blueprint = ['-maxplayers', '4', '+mp_gamemode', 'coop', '+exec', 'a.cfg', '+map', 'c1m1_hotel']

  test("puts the server's on top and keeps what it doesn't name", () => {
    expect(
      mergeArguments(blueprint, ['+MAP', 'c5m1_waterfront', '-tickrate', '60', '-maxplayers', '8']),
    ).toEqual([
      '+mp_gamemode',
      'coop',
      '+exec',
      'a.cfg',
      '+MAP',
      'c5m1_waterfront',
      '-tickrate',
      '60',
      '-maxplayers',
      '8',
    ])
  })

  test('adds files to execute', () => {
    expect(mergeArguments(['+exec', 'a.cfg'], ['+exec', 'b.cfg'])).toEqual([
      '+exec',
      'a.cfg',
      '+exec',
      'b.cfg',
    ])
  })

  test('takes a negative number for a value', () => {
    expect(mergeArguments(['+sv_region', '-1'], ['+sv_region', '3'])).toEqual(['+sv_region', '3'])
  })

  test('is the blueprint when the server adds nothing', () => {
    expect(mergeArguments(blueprint, [])).toEqual(blueprint)
  })
})

describe('the arguments that editors explain', () => {
  test.each(launchArguments.map(({ name, reserved }) => [name, reserved] as const))(
    '%s: reserved %s, as they are taken',
    (name, reserved) => {
      const value = launchArguments.find(argument => argument.name === name)?.value
      const words = value ? ['+map', 'c1m1_hotel', name, '1'] : ['+map', 'c1m1_hotel', name]
      expect(refusedArguments(words).map(({ code }) => code)).toEqual(reserved ? ['reserved-setting'] : [])
    },
  )
})
