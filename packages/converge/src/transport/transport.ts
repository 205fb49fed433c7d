import { command } from '../shell/quote.ts'

/**
 * How a shell on the target is started. Local and remote differ only here: `argv` is a program that is given the words
 * of a command and connects its standard input and output with it.
 */
export interface Transport {
  /** For messages: `root@example.org`, `this machine`. */
  readonly description: string
  /** The program to start here for `words` to be run there. */
  argv(words: readonly string[]): readonly string[]
  /** The environment of that program; this process's own when left out. */
  readonly env?: Readonly<Record<string, string>>
}

/** A shell on this machine, with this process's rights. */
export function localShell(options: { env?: Readonly<Record<string, string>> } = {}): Transport {
  return { description: 'this machine', argv: words => words, ...options }
}

/**
 * A shell by ssh(1). It never asks: keys and known hosts must be there. Commands are run as root by `sudo -n` when
 * `sudo` is true. `configuration` is a file for `ssh -F`.
 */
export function ssh(options: {
  host: string
  user?: string
  port?: number
  configuration?: string
  sudo?: boolean
}): Transport {
  const target = options.user === undefined ? options.host : `${options.user}@${options.host}`
  return {
    description: target,
    argv: words => [
      'ssh',
      '-T',
      ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=20', '-o', 'ServerAliveInterval=15'],
      // What a person has configured for working there is neither needed nor to fail a run.
      ...['-o', 'ClearAllForwardings=yes', '-o', 'RemoteCommand=none'],
      ...(options.configuration === undefined ? [] : ['-F', options.configuration]),
      ...(options.port === undefined ? [] : ['-p', String(options.port)]),
      '--',
      target,
      // The login shell may be any: it only has to know single quotes.
      `exec ${command(options.sudo === true ? ['sudo', '-n', '--', ...words] : words)}`,
    ],
  }
}
