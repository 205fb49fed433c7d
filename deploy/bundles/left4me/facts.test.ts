import { describe, expect, it } from 'vitest'
import { accountConflict, facts } from './facts.ts'

/** As getent(1) prints them, behind the name of the table. */
const lines = {
  user: 'passwd left4me:x:980:980::/var/lib/left4me:/usr/sbin/nologin',
  group: 'group left4me:x:980:',
}

describe('the number of left4me', () => {
  it('is free on a host that has neither, and kept on one that has both', () => {
    expect(accountConflict('')).toBe(null)
    expect(accountConflict(`${lines.user}\n${lines.user}\n${lines.group}\n`)).toBe(null)
  })

  it.each([
    ['passwd sshd:x:980:65534::/run/sshd:/usr/sbin/nologin', 'The number 980 is that of the user sshd'],
    ['group input:x:980:', 'The number 980 is that of the group input'],
    ['passwd left4me:x:999:980::/:/bin/sh', 'The user left4me has the number 999'],
    ['group left4me:x:999:', 'The group left4me has the number 999'],
    ['passwd left4me:x:980:100::/:/bin/sh', 'The user left4me has another group'],
  ])('is refused with the remedy: %s', (line, message) => {
    expect(accountConflict(`${line}\n`)).toMatch(new RegExp(`^${message}.*(usermod|groupmod)`))
  })
})

describe('the memory of a host', () => {
  const memory = facts.find(({ path }) => path === 'host/memory')

  it('is told in mebibytes', () => {
    expect(memory?.parse('MemTotal:       16301300 kB\n')).toBe(15_919)
  })

  it('that isn’t understood is an error with the question', () => {
    expect(() => memory?.parse('lots')).toThrow("can't be understood")
  })
})
