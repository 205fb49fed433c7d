import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const run = (program: string, words: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, `${program}.ts`), ...words], {
    env: {},
    encoding: 'utf8',
  })

/** Each calls for nothing that exists: one that was let through would fail otherwise, or change this machine. */
const refused: Record<string, readonly (readonly string[])[]> = {
  systemctl: [
    [],
    ['start'],
    ['start', ''],
    ['start', '../1'],
    ['start', '1.service'],
    ['start', 'left4me@1'],
    ['start', '1', '2'],
    ['start', '1', '--no-block'],
    ['--help'],
    ['cat', '1'],
    ['edit', '1'],
    ['daemon-reload', '1'],
    ['START', '1'],
    ['show', '-1'],
    ['1', 'start'],
  ],
  journalctl: [[], ['1'], ['1', '--lines', '10'], ['1', '--lines', '10', '--follow', '-D/etc'], ['--help']],
  overlay: [
    [],
    ['mount'],
    ['mount', '..'],
    ['mount', 'a,upperdir=/etc'],
    ['remove', '.'],
    ['remove', '1', '2'],
    ['prepare', 'A'],
    ['prepare', `a${'b'.repeat(64)}`],
    ['unmount', '1'],
    ['constructor', '1'],
  ],
  'script-sandbox': [
    [],
    ['7'],
    ['cancel'],
    ['cancel', '07'],
    ['cancel', '7', '8'],
    ['0', 'script'],
    ['7', '../script'],
    ['7', 'script.sh'],
    ['7', 'script', '--property=User=root'],
    ['-7', 'script'],
    ['seven', 'script'],
    ['attach', 'x'],
    ['report', ''],
  ],
  'disk-limit': [['now'], ['--help']],
}

describe.each(Object.entries(refused))('left4me-%s', (program, calls) => {
  it.each(calls)(
    'exits with 2 and says how it is used when it is called otherwise: %j %j %j %j %j',
    (...words) => {
      const given = words.filter(word => typeof word === 'string')
      const { status, stdout, stderr } = run(program, given)
      expect({ status, stdout, stderr }).toEqual({
        status: 2,
        stdout: '',
        stderr: expect.stringMatching(new RegExp(`^usage: left4me-${program}[^\n]*\n$`)),
      })
    },
  )
})
