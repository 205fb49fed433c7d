import { limits, type OverlayFile } from '@left4me/contract'
import { ProblemError, refuse } from '../http/problem-error.ts'
import type { Viewer } from './overlay-rows.ts'

/** What the game would load as code, or what would be run instead of it. */
const codeFile = /\.(?:so(?:\.[\w.]+)?|dll|exe|smx|sh)$/i

/**
 * Whether somebody may put a file at this path. Code runs with the rights of the game servers, so that only admins
 * bring it: libraries, plugins, and everything outside `left4dead2/`, where the game's own programs are.
 */
export function refuseCodePath(viewer: Viewer, path: string): void {
  if (viewer.role === 'admin') return
  if (!path.startsWith('left4dead2/')) {
    throw refuse(
      'not-allowed',
      '/path',
      'Only an admin may add files outside left4dead2/, because the game’s programs are there. Put it below left4dead2/, or ask an admin.',
    )
  }
  if (codeFile.test(path)) throw codeRefused()
}

/** The content as it comes, broken off at its first bytes when they are those of a program. */
export async function* withoutCode(
  viewer: Viewer,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let head: Buffer = Buffer.alloc(0)
  for await (const chunk of content) {
    if (viewer.role !== 'admin' && head.length < 4) {
      head = Buffer.concat([head, chunk.subarray(0, 4)])
      if (isProgram(head)) throw codeRefused()
    }
    yield chunk
  }
}

/** Refuses a file that would be one too many, or too much, for its draft. */
export function refuseBeyondDraft(draft: readonly OverlayFile[], path: string): void {
  if (draft.length >= limits.draftFiles && !draft.some(file => file.path === path)) {
    throw new ProblemError(
      'body-too-large',
      `The draft has ${draft.length} files already, and may have at most ${limits.draftFiles}. Take some out first.`,
    )
  }
  const bytes = draft.reduce((sum, file) => sum + file.size, 0)
  if (bytes < limits.draftBytes) return
  throw new ProblemError(
    'body-too-large',
    `The files of the draft have more than ${limits.draftBytes / 1024 ** 3} GiB together. Take some out first.`,
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
    'Only an admin may add libraries, plugins and programs, because they run with the rights of every server. Ask an admin to add this file.',
  )
}
