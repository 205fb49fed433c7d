import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { ConvergeError } from '../converge-error.ts'
import { RecordReader } from '../shell/records.ts'
import { type Payload, sendPayload } from './payload.ts'
import type { Transport } from './transport.ts'

/**
 * The only words that are on a command line: everything else comes by standard input. A line says what follows: `run N`
 * (a script of N bytes) or `put N NAME` (N bytes for the file NAME in the session's folder). `head -c` reads no further.
 * Of a script that was cut short nothing is run: the last word of what came could be another one.
 */
const bootstrap = `set -u
umask 022
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
unset CDPATH ENV
W=$(mktemp -d) || exit 70
trap 'rm -rf "$W"' EXIT
trap 'exit 71' HUP INT PIPE TERM
while read -r verb size name; do
  case $verb in
    run)
      script=$(head -c "$size"; echo x)
      [ "\${#script}" = "$((size + 1))" ] || exit 74
      eval "\${script%x}" ;;
    put) head -c "$size" > "$W/$name" ;;
    *) exit 72 ;;
  esac
done`

/** What the shell's own exit codes mean: of this script, and of those that write the engine's state. */
const endings: Readonly<Record<number, string>> = {
  70: 'it could make no temporary folder there (is the disk full?)',
  71: 'it was ended there',
  73: 'it could not write down there what it was about to do, and did nothing of it (is the disk full?)',
}

/** One shell on the target, for one run: it ends with the connection, and what it holds (the lock) with it. */
export class Session {
  readonly #transport: Transport
  #child: ChildProcessWithoutNullStreams | null = null
  #waiting: {
    readonly id: string
    readonly records: string[][]
    readonly onRecord: (record: string[]) => void
    readonly resolve: (records: string[][]) => void
    readonly reject: (error: Error) => void
  } | null = null
  #ended: ConvergeError | null = null
  #errors = ''
  #exchanges = 0

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** How often the target was asked so far. */
  get exchanges(): number {
    return this.#exchanges
  }

  /** Connects. Nothing is known about the target before the first `run`. An abort breaks the connection. */
  start(signal?: AbortSignal): void {
    const [program, ...args] = this.#transport.argv(['sh', '-c', bootstrap])
    if (program === undefined)
      throw new ConvergeError('unreachable', 'The transport names no program. Mend it.')
    const child = spawn(program, args, {
      stdio: 'pipe',
      ...(this.#transport.env === undefined ? {} : { env: this.#transport.env }),
      ...(signal === undefined ? {} : { signal }),
    })
    const reader = new RecordReader()
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const record of reader.read(chunk)) this.#receive(record)
      } catch (error) {
        this.#end(error instanceof Error ? error.message : String(error), 'bad-answer')
        child.kill()
      }
    })
    child.stderr.on('data', (chunk: Buffer) => {
      this.#errors = `${this.#errors}${chunk.toString('utf8')}`.slice(-4000)
    })
    child.on('error', error => this.#end(error.message))
    child.on('close', (code, killedBy) => {
      const said = this.#errors.trim()
      const how =
        killedBy === null
          ? (endings[code ?? 0] ?? `it ended with exit code ${code}`)
          : `it was ended by ${killedBy}`
      this.#end(said === '' ? how : `${how}: ${said}`)
    })
    child.stdin.on('error', () => {
      // A broken pipe; `close` says why.
    })
    this.#child = child
  }

  /** Runs a script in the shell and returns its records. One at a time. */
  run(script: string, onRecord: (record: string[]) => void = () => {}): Promise<string[][]> {
    const child = this.#child
    if (child === null) throw new Error('start() comes before run()')
    if (this.#waiting !== null) throw new Error('one script at a time')
    if (this.#ended !== null) return Promise.reject(this.#ended)
    const id = String(++this.#exchanges)
    return new Promise((resolve, reject) => {
      this.#waiting = { id, records: [], onRecord, resolve, reject }
      const bytes = Buffer.from(`${script}\nprintf '2\\0end\\0%s\\0' ${id}\n`)
      child.stdin.write(`run ${bytes.length}\n`)
      child.stdin.write(bytes)
    })
  }

  /**
   * Puts a payload into the file `name` of the session's folder, `"$W/NAME"` in scripts. In order with `run`, which tells
   * when the connection broke meanwhile.
   */
  async put(name: string, payload: Payload): Promise<void> {
    if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`${name} is no name for an upload`)
    const child = this.#child
    if (child === null) throw new Error('start() comes before put()')
    try {
      await sendPayload(payload, child.stdin, size => `put ${size} ${name}\n`)
    } catch (error) {
      // Half of it has gone, and whatever follows would be taken for the rest.
      child.kill()
      if (!child.stdin.destroyed) throw error
    }
  }

  /** Ends the shell and waits for it. */
  async stop(): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      return
    const closed = new Promise(resolve => child.once('close', resolve))
    child.stdin.end()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #receive(record: string[]): void {
    const waiting = this.#waiting
    if (waiting === null) return
    if (record[0] === 'end' && record[1] === waiting.id) {
      this.#waiting = null
      waiting.resolve(waiting.records)
      return
    }
    waiting.records.push(record)
    waiting.onRecord(record)
  }

  #end(why: string, code: 'unreachable' | 'bad-answer' = 'unreachable'): void {
    this.#ended ??= new ConvergeError(
      code,
      `The connection to ${this.#transport.description} is gone: ${why}`,
    )
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.reject(this.#ended)
  }
}
