import type { SignedIn } from '../http/endpoints.ts'
import { type ProblemError, refuse } from '../http/problem-error.ts'

type Bringer = Pick<SignedIn, 'mayBringCode'>

const grant = 'An admin grants that right on the page People.'

/** What the game would load as code, or what would be run instead of it. */
const codeFile = /\.(?:so(?:\.[\w.]+)?|dll|exe|smx|sh)$/i

/**
 * Whether a path is one of code: libraries, plugins, and everything outside `left4dead2/`, where the game's own
 * programs are. Code runs with the rights of the game servers, so that bringing it needs a right of its own.
 */
export function isCodePath(path: string): boolean {
  return !path.startsWith('left4dead2/') || codeFile.test(path)
}

/** Rejects with `not-allowed` for a path of code and somebody without the right. */
export function refuseCodePath(caller: Bringer, path: string): void {
  if (caller.mayBringCode || !isCodePath(path)) return
  if (codeFile.test(path)) throw codeRefused()
  throw refuse(
    'not-allowed',
    '/path',
    `Files outside left4dead2/ need the right to bring code, because the game’s programs are there. Put it below left4dead2/. ${grant}`,
  )
}

/** The content as it comes, broken off at its first bytes when they are those of a program. */
export async function* withoutCode(
  caller: Bringer,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let head: Buffer = Buffer.alloc(0)
  for await (const chunk of content) {
    if (!caller.mayBringCode && head.length < 4) {
      head = Buffer.concat([head, chunk.subarray(0, 4)])
      if (isProgram(head)) throw codeRefused()
    }
    yield chunk
  }
}

/** Rejects with `not-allowed`: a script is code, whoever runs it. */
export function refuseScript(caller: Bringer, path = '/script'): void {
  if (caller.mayBringCode) return
  throw refuse(
    'not-allowed',
    path,
    `Making, changing and running scripts needs the right to bring code. ${grant}`,
  )
}

/** ELF (elf(5)) and scripts with an interpreter (execve(2)). */
function isProgram(head: Buffer): boolean {
  return head.subarray(0, 4).equals(Buffer.from('\u007fELF')) || head.subarray(0, 2).equals(Buffer.from('#!'))
}

function codeRefused(): ProblemError {
  return refuse(
    'not-allowed',
    '/path',
    `Libraries, plugins and programs need the right to bring code, because they run with the rights of every server. ${grant}`,
  )
}
