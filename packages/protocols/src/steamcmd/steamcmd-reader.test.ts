import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SteamcmdEvent, SteamcmdReader } from './steamcmd-reader.ts'

const fullDownload = `Steam Console Client (c) Valve Corporation - version 1778284286
-- type 'quit' to exit --
Loading Steam API...OK

Connecting anonymously to Steam Public...OK
Waiting for client config...OK
Waiting for user info...OK
 Update state (0x3) reconfiguring, progress: 0.00 (0 / 0)
 Update state (0x11) preallocating, progress: 20.58 (1998377158 / 9710287462)
 Update state (0x61) downloading, progress: 0.00 (919 / 9710287462)
 Update state (0x61) downloading, progress: 99.34 (9646199564 / 9710287462)
 Update state (0x81) verifying update, progress: 8.18 (794301514 / 9710287462)
 Update state (0x81) verifying update, progress: 30.72 (2983000308 / 9710287462)
 Update state (0x101) committing, progress: 11.49 (1115712029 / 9710287462)
 Update state (0x101) committing, progress: 100.00 (9710287462 / 9710287462)
 Update state (0x0) unknown, progress: 0.00 (0 / 0)
Success! App '222860' fully installed.
`

type Progress = SteamcmdEvent & { kind: 'progress' }
const progressOf = (events: readonly SteamcmdEvent[]): Progress[] =>
  events.filter((event): event is Progress => event.kind === 'progress')

function read(text: string, exitCode: number | null = 0) {
  const reader = new SteamcmdReader()
  const events = reader.push(text)
  return { events, result: reader.finish(exitCode) }
}

describe('progress', () => {
  test('goes through all states of a download and never back', () => {
    const { events, result } = read(fullDownload)
    const progress = progressOf(events)
    expect(progress.map(event => event.state)).toEqual([
      'reconfiguring',
      'preallocating',
      'downloading',
      'downloading',
      'verifying-update',
      'verifying-update',
      'committing',
      'committing',
      'unknown',
    ])
    const fractions = progress.map(event => event.fraction)
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
    expect(fractions.every(fraction => fraction >= 0 && fraction <= 1)).toBe(true)
    expect(progress[3]).toMatchObject({ totalBytes: 9710287462, activity: 'downloading, 9.6 of 9.7 GB' })
    expect(result).toMatchObject({ succeeded: true, upToDate: false, problem: null, exitCode: 0 })
  })

  test('has no number where steamcmd counts 0 of 0', () => {
    const [first] = progressOf(read(' Update state (0x3) reconfiguring, progress: 0.00 (0 / 0)\n').events)
    expect(first).toMatchObject({ stateFraction: null, fraction: 0, activity: 'reconfiguring' })
  })

  test.each([
    ' Update state (0x61) downloading, progress: 50,00 (4855143731 / 9710287462)',
    ' Update state (0x61) downloading, progress: 50.00 (4855143731 / 9710287462)',
    '\u001b[0m Update state (0x61) downloading, progress: 50.00 (4,855,143,731 / 9,710,287,462)',
  ])('is the same in every locale: %j', line => {
    const [first] = progressOf(read(`${line}\r\n`).events)
    expect(first?.stateFraction).toBeCloseTo(0.5, 6)
    expect(first?.doneBytes).toBe(4855143731)
  })

  test('names the update of steamcmd itself, whatever the separator of thousands', () => {
    const { events, result } = read(`[  0%] Checking for available update...
[----] Downloading update (0 of 57477 KB)...
[  5%] Downloading update (2,950 of 57,477 KB)...
[ 26%] Downloading update (17.860 of 57.477 KB)...
[----] Update complete, launching Steamcmd...
[  0%] Checking for available updates...
[----] Verifying installation...
Steam Console Client (c) Valve Corporation - version 1718904263
Loading Steam API...OK
`)
    expect(progressOf(events).map(event => [event.state, event.stateFraction])).toEqual([
      ['self-updating', 0],
      ['self-updating', null],
      ['self-updating', 0.05],
      ['self-updating', 0.26],
      ['self-updating', 0],
      ['self-updating', null],
    ])
    expect(result.problem?.code).toBe('no-success')
  })

  test('comes from the same lines however they are cut and ended', () => {
    const whole = read(fullDownload)
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        (cuts, ending) => {
          const text = fullDownload.replaceAll('\n', ending)
          const reader = new SteamcmdReader()
          const events: SteamcmdEvent[] = []
          for (let at = 0, cut = 0; at < text.length; cut += 1) {
            const length = cuts[cut % cuts.length] ?? 1
            events.push(...reader.push(text.slice(at, at + length)))
            at += length
          }
          expect(events).toEqual(whole.events)
          expect(reader.finish(0)).toEqual(whole.result)
        },
      ),
    )
  })
})

describe('the result', () => {
  test('is success, up to date, when nothing had to be done', () => {
    expect(read("Success! App '222860' already up to date.").result).toMatchObject({
      succeeded: true,
      upToDate: true,
    })
  })

  test.each([
    ["ERROR! Failed to install app '222860' (Invalid platform)", 8, 'invalid-platform', 'other-way'],
    ["ERROR! Failed to install app '222860' (No subscription)", 8, 'no-subscription', 'other-way'],
    ["ERROR! Failed to install app '222860' (Missing configuration)", 8, 'missing-configuration', 'again'],
    ["ERROR! Failed to install app '222860' (Something new)", 0, 'failed', 'again'],
    ["Error! App '222860' state is 0x202 after update job.", 0, 'disk-space', 'no'],
    ["Error! App '222860' state is 0x212 after update job.", 8, 'disk-space', 'no'],
    ["Error! App '222860' state is 0x402 after update job.", 8, 'network', 'again'],
    ["Error! App '222860' state is 0x606 after update job.", 8, 'disk-write', 'no'],
    ["Error! App '222860' state is 0x626 after update job.", 8, 'missing-files', 'again'],
    ["Error! App '222860' state is 0x6A6 after update job.", 8, 'corrupt-files', 'again'],
    ["Error! App '222860' state is 0x6 after update job.", 8, 'interrupted', 'again'],
    ['Connecting anonymously to Steam Public...FAILED (Rate Limit Exceeded)', 5, 'rate-limited', 'later'],
    ['FAILED (Rate Limit Exceeded)', 0, 'rate-limited', 'later'],
    ['Login Failure: Rate Limit Exceeded (84)', 5, 'rate-limited', 'later'],
    ['Login Failure: Two-factor code mismatch (88)', 5, 'login-failed', 'again'],
    ['ERROR! Failed to install (No subscription).', 8, 'no-subscription', 'other-way'],
    ['Error! State is 0x402 after update job.', 8, 'network', 'again'],
    ["Error! App '222860' state is is 0x606 after update job.", 8, 'disk-write', 'no'],
    ['ERROR! Timed out waiting for AppInfo update.', 1, 'network', 'again'],
    ['Logging in user x to Steam Public...FAILED (Invalid Password)', 5, 'login-failed', 'again'],
    ['Please use force_install_dir before logon!', 0, 'install-dir-order', 'no'],
    ['', 0, 'no-success', 'again'],
  ])('is a failure with its reason after %j and exit code %d', (line, exitCode, code, retry) => {
    const { result } = read(`${line}\n`, exitCode)
    expect(result.succeeded).toBe(false)
    expect(result.problem).toMatchObject({ code, retry })
    expect(result.problem?.remedy).toMatch(/\.$/)
  })

  test('is a failure when an error for the app follows its success', () => {
    const { result } = read(`${fullDownload}Error! App '222860' state is 0x602 after update job.\n`)
    expect(result).toMatchObject({ succeeded: false, problem: { code: 'network' } })
  })

  test('is a success when the app succeeds after an error, and whatever is said of other apps', () => {
    const { result } = read(
      "ERROR! Failed to install app '222860' (Missing configuration)\nSuccess! App '222860' fully installed.\nERROR! Failed to install app '4' (No subscription)\n",
      8,
    )
    expect(result).toMatchObject({ succeeded: true, exitCode: 8 })
  })

  test('is no success because another app was installed', () => {
    expect(read("Success! App '4' fully installed.\n").result.problem?.code).toBe('no-success')
  })

  test('asks for another run when steamcmd only updated itself', () => {
    expect(read('[----] Update complete, launching Steamcmd...\n', 42).result.problem).toMatchObject({
      code: 'self-update',
      retry: 'again',
    })
  })

  test('says who ended the run, but never takes a success back for it', () => {
    expect(new SteamcmdReader().finish(null, 'inactive').problem?.code).toBe('inactive')
    expect(new SteamcmdReader().finish(null, 'cancelled').problem?.code).toBe('cancelled')
    const reader = new SteamcmdReader()
    reader.push(fullDownload)
    expect(reader.finish(null, 'cancelled').succeeded).toBe(true)
  })

  test('keeps the cause when vaguer errors follow it', () => {
    const { result } = read(
      "ERROR! Failed to install app '222860' (Invalid platform)\nError! App '222860' state is 0x999 after update job.\n",
      8,
    )
    expect(result.problem?.code).toBe('invalid-platform')
  })
})

describe('workshop items', () => {
  const run = (items: string[], text: string) => {
    const reader = new SteamcmdReader({ items })
    const events = reader.push(text)
    return { events, result: reader.finish(0) }
  }

  test('are downloaded when each of those asked for was', () => {
    const { result } = run(
      ['1', '2'],
      'Success. Downloaded item 1 to "/srv/steamapps/workshop/content/550/1" (1,234 bytes)\nSuccess. Downloaded item 2 to "/srv/a b/2_legacy.bin" (203791 bytes) \n',
    )
    expect(result).toMatchObject({
      succeeded: true,
      items: [
        { itemId: '1', path: '/srv/steamapps/workshop/content/550/1', bytes: 1234 },
        { itemId: '2', path: '/srv/a b/2_legacy.bin', bytes: 203791 },
      ],
    })
  })

  test.each([
    ['ERROR! Timeout downloading item 2', 'item-timeout'],
    ['ERROR! Download item 2 failed (File Not Found).', 'item-missing'],
    ['ERROR! Download item 2 failed (Access Denied).', 'item-refused'],
    ['ERROR! Download item 2 failed (Failure).', 'failed'],
  ])('fail each for its reason: %s', (line, code) => {
    const { result } = run(['1', '2', '3'], `Success. Downloaded item 1 to "/srv/1" (1 bytes)\n${line}\n`)
    expect(result).toMatchObject({
      succeeded: false,
      problem: { code },
      items: [{ itemId: '1' }],
      failedItems: [{ itemId: '2', problem: { code } }],
    })
  })
})

test('reads any output without throwing, keeps fractions between 0 and 1, and cuts endless lines', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '\n',
      '\r',
      ...fullDownload.split('\n'),
      ' Update state (0x61) downloading, progress: -nan (1 / 0)',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      const reader = new SteamcmdReader()
      for (const event of pieces.flatMap(text => reader.push(text))) {
        if (event.kind !== 'progress') continue
        expect(event.fraction).toBeGreaterThanOrEqual(0)
        expect(event.fraction).toBeLessThanOrEqual(1)
      }
      reader.finish(0)
    }),
  )
  const [line] = new SteamcmdReader().push(`${'x'.repeat(1_000_000)}\n`)
  expect(line?.kind === 'output' ? line.line.length : 0).toBe(8192)
})
