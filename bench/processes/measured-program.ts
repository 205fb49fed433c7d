import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { profileArguments } from './profile.ts'

/** What comes back from a program: its answer, or why there is none. */
type Reply<Answer> = { readonly answer: Answer } | { readonly failure: string }

export interface MeasuredProgram<Answer> extends AsyncDisposable {
  readonly pid: number
  readonly answer: Answer
}

/**
 * Runs a module of this folder as a process of its own, so that its processor time and memory are nobody else's, and
 * gives it one question. Resolves with its answer while it still runs; it ends when the result is disposed of, or with us.
 */
export async function startMeasured<Answer>(
  module: URL,
  question: unknown,
  {
    signal,
    profileFolder,
    nodeArguments = [],
    environment = {},
  }: {
    readonly signal: AbortSignal
    readonly profileFolder: string | null
    readonly nodeArguments?: readonly string[]
    /** Besides our own. */
    readonly environment?: Readonly<Record<string, string>>
  },
): Promise<MeasuredProgram<Answer>> {
  signal.throwIfAborted()
  const child = fork(fileURLToPath(module), [], {
    env: { ...process.env, ...environment },
    execArgv: [...profileArguments(profileFolder), ...nodeArguments],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  const interrupt = () => void child.kill('SIGKILL')
  signal.addEventListener('abort', interrupt)
  try {
    const answer = await answerOf<Answer>(child, question)
    const end = () => stop(child).finally(() => signal.removeEventListener('abort', interrupt))
    return { pid: child.pid ?? 0, answer, [Symbol.asyncDispose]: end }
  } catch (error) {
    signal.removeEventListener('abort', interrupt)
    await stop(child)
    throw signal.aborted ? signal.reason : error
  }
}

/** The same for one that has nothing left to do once it has answered. */
export async function measure<Answer>(...settings: Parameters<typeof startMeasured>): Promise<Answer> {
  await using program = await startMeasured<Answer>(...settings)
  return program.answer
}

function answerOf<Answer>(child: ChildProcess, question: unknown): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  child.once('error', reject)
  child.once('exit', (code, signal) =>
    reject(new Error(`${child.spawnargs.at(-1)} ended without an answer (${signal ?? `exit code ${code}`})`)),
  )
  child.once('message', (reply: Reply<Answer>) => {
    if ('answer' in reply) resolve(reply.answer)
    else reject(new Error(reply.failure))
  })
  child.send({ question })
  return promise
}

/** Closing the channel is what it ends by; it may write its profile before. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await promise.finally(() => clearTimeout(timer))
}

/** The other side: answers the one question of the process that started this one, and ends with it. */
export async function answerParent<Question, Answer>(
  answer: (question: Question) => Promise<Answer>,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<Question>()
  process.once('message', (message: { question: Question }) => resolve(message.question))
  process.once('disconnect', () => process.exit())
  const question = await promise
  const reply = await answer(question).then(
    (result): Reply<Answer> => ({ answer: result }),
    (error: unknown): Reply<Answer> => ({
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  )
  process.send?.(reply)
}
