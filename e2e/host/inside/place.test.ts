import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { describe, expect, it } from 'vitest'

const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8' }).trim()

describe('where these suites run', () => {
  it('is the service user’s own process on a host that systemd runs', () => {
    expect(process.getuid?.()).toBe(980)
    expect(run('systemctl', 'is-system-running')).toBe('running')
    expect(run('systemd-detect-virt', '--container')).toBe('systemd-nspawn')
  })

  it('may ask root’s helpers, and nothing else of root', () => {
    const helper = '/usr/local/libexec/left4me/left4me-systemctl'
    expect(run('sudo', '--non-interactive', helper, 'show', '1')).toContain('ActiveState=')
    expect(() => run('sudo', '--non-interactive', 'true')).toThrow('a password is required')
  })

  it('cannot write to the checkout', () => {
    expect(() => accessSync(import.meta.dirname, constants.W_OK)).toThrow(/EACCES|EROFS/)
  })
})
