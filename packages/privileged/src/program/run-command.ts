import { execFile, spawnSync } from 'node:child_process'

/** Programs of the system, by absolute path: nothing is searched for. */
export const programs = {
  systemctl: '/usr/bin/systemctl',
  systemdRun: '/usr/bin/systemd-run',
  journalctl: '/usr/bin/journalctl',
  mount: '/usr/bin/mount',
  umount: '/usr/bin/umount',
  rm: '/usr/bin/rm',
  fallocate: '/usr/bin/fallocate',
  chattr: '/usr/bin/chattr',
  setquota: '/usr/sbin/setquota',
  shell: '/bin/sh',
} as const

/** All that programs started by the helpers find in their environment. */
export const commandEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  SYSTEMD_COLORS: '0',
  SYSTEMD_PAGER: '',
}

export interface CommandResult {
  /** null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program to its end with stdin empty. `descriptors` are given to it from descriptor 3 on. A program that can't
 * be started rejects by an exception; any exit code is a result.
 */
export function runCommand(
  program: string,
  words: readonly string[],
  descriptors: readonly number[] = [],
): CommandResult {
  const { status, stdout, stderr, error } = spawnSync(program, [...words], {
    stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
    env: commandEnvironment,
    cwd: '/',
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  })
  if (error) throw error
  return { code: status, stdout, stderr }
}

/** The same for a program that runs while its caller does something else. */
export function startCommand(program: string, words: readonly string[]): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...words],
      { env: commandEnvironment, cwd: '/', encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (typeof error?.code === 'string')
          reject(new Error(`${program} can't be started`, { cause: error }))
        else resolve({ code: child.exitCode, stdout, stderr })
      },
    )
    child.stdin?.end()
  })
}
