import { type Problem, type ProblemCode, problems } from '@left4me/contract'
import { HostError, type HostErrorCode } from '@left4me/host'
import { ProtocolError, type ProtocolErrorCode } from '@left4me/protocols'
import { ServerError } from '../server-error.ts'
import { ProblemError } from './problem-error.ts'

/** What became of an error: the answer, and whether it is our fault and belongs into the log. */
export interface MappedError {
  readonly problem: Problem
  readonly unexpected: boolean
  /** Seconds. */
  readonly retryAfter: number | null
}

const titles: Record<ProblemCode, string> = {
  'invalid-input': 'The input can’t be used',
  'not-signed-in': 'Not signed in',
  'wrong-credentials': 'Wrong name or password',
  'not-allowed': 'Not allowed',
  'origin-refused': 'Request from another site',
  'set-up-closed': 'Set-up is closed',
  'not-found': 'Not found',
  'method-not-allowed': 'Method not allowed',
  'name-taken': 'Name taken',
  'port-taken': 'Port taken',
  'no-free-port': 'No free port',
  'action-not-allowed': 'Not possible now',
  'in-use': 'In use',
  'servers-running': 'Servers are running',
  'not-installed': 'The game is not installed',
  'not-cancellable': 'Can’t be cancelled',
  'last-admin': 'The last admin',
  'body-too-large': 'Too large',
  'unsupported-media-type': 'Unsupported media type',
  'reserved-setting': 'Reserved setting',
  'unknown-overlay': 'Unknown overlay',
  'unknown-blueprint': 'Unknown blueprint',
  'content-refused': 'The content was refused',
  'build-running': 'A build is running',
  'upload-offset': 'Not where the upload stands',
  'download-failed': 'The download failed',
  'too-many-requests': 'Too many requests',
  'internal-error': 'Internal error',
  'console-failed': 'The console failed',
  'server-not-answering': 'The server doesn’t answer',
  'host-unavailable': 'The host is unavailable',
  'disk-full': 'The disk is full',
  'not-ready': 'Not ready',
}

const hostProblems: Record<HostErrorCode, ProblemCode> = {
  unsupported: 'host-unavailable',
  unavailable: 'host-unavailable',
  'not-installed': 'not-installed',
  'mount-failed': 'host-unavailable',
  'start-failed': 'host-unavailable',
  'instance-running': 'action-not-allowed',
  'servers-running': 'servers-running',
  'install-failed': 'host-unavailable',
  cancelled: 'host-unavailable',
  'file-refused': 'invalid-input',
  'file-too-large': 'body-too-large',
  'bad-path': 'invalid-input',
  'layer-missing': 'unknown-overlay',
  'never-started': 'action-not-allowed',
  'disk-full': 'disk-full',
  'in-use': 'in-use',
  'build-running': 'build-running',
  'build-failed': 'content-refused',
  'build-too-large': 'content-refused',
  'script-failed': 'content-refused',
  'native-code-refused': 'not-allowed',
  'upload-offset': 'upload-offset',
  'archive-refused': 'content-refused',
  'download-failed': 'download-failed',
  'download-refused': 'content-refused',
  'index-refused': 'content-refused',
}

const protocolProblems: Record<ProtocolErrorCode, ProblemCode> = {
  timeout: 'server-not-answering',
  refused: 'server-not-answering',
  'refused-before-auth': 'console-failed',
  'wrong-password': 'console-failed',
  closed: 'console-failed',
  malformed: 'console-failed',
  'too-large': 'console-failed',
  'bad-input': 'invalid-input',
  aborted: 'server-not-answering',
}

/** What Fastify and its parsers refuse by themselves, by their `code`. */
const frameworkProblems: Record<string, [ProblemCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', 'The request body is larger than this route takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported-media-type',
    'Send the body as JSON, with the header Content-Type: application/json.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'invalid-input',
    'The body ended before its Content-Length: send it again.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid-input', 'The body is not JSON.'],
  FST_ERR_BAD_URL: ['invalid-input', 'The address is badly encoded.'],
  ECONNRESET: ['invalid-input', 'The connection ended before the request did.'],
  ECONNABORTED: ['invalid-input', 'The connection ended before the request did.'],
}

/** The only place that decides what a client hears about an error. Never tells what it doesn't know to be meant for people. */
export function problemOf(error: unknown): MappedError {
  if (error instanceof ProblemError) {
    const expected = error.code !== 'internal-error'
    return {
      problem: {
        ...problem(error.code, error.message),
        ...(error.errors.length > 0 ? { errors: [...error.errors] } : {}),
      },
      unexpected: !expected,
      retryAfter: error.retryAfter,
    }
  }
  if (error instanceof HostError) {
    // What we refused in the middle of a content comes back as the host's failure to write it.
    if (error.cause instanceof ProblemError) return problemOf(error.cause)
    const code = hostProblems[error.code]
    const detail = sentences(error.message, error.remedy)
    return expected({
      ...problem(code, detail),
      ...(error.code === 'bad-path' ? { errors: [{ path: '/path', message: error.message }] } : {}),
    })
  }
  if (error instanceof ProtocolError) {
    const code = protocolProblems[error.code]
    const detail = sentences(error.message, error.remedy)
    return expected({
      ...problem(code, detail),
      ...(error.code === 'bad-input' ? { errors: [{ path: '/command', message: error.message }] } : {}),
    })
  }
  if (error instanceof ServerError && error.code === 'corrupt-row') {
    return {
      problem: problem('internal-error', `${error.message} Put a backup back, or delete it.`),
      unexpected: true,
      retryAfter: null,
    }
  }
  const known = frameworkProblems[codeOf(error)]
  if (known) return expected(problem(known[0], known[1]))
  if (codeOf(error) === 'ENOSPC' || isFullDatabase(error)) {
    return {
      problem: problem('disk-full', 'The disk is full: free some room and try again.'),
      unexpected: true,
      retryAfter: null,
    }
  }
  // secure-json-parse, and what else Fastify's body parsers throw.
  if (error instanceof SyntaxError && 'statusCode' in error && error.statusCode === 400) {
    return expected(
      problem('invalid-input', 'The body is not JSON, or has a member that no object may have.'),
    )
  }
  return {
    problem: problem('internal-error', 'Something went wrong in left4me. The log says more.'),
    unexpected: true,
    retryAfter: null,
  }
}

export function problem(code: ProblemCode, detail: string): Problem {
  return { type: `urn:left4me:problem:${code}`, title: titles[code], status: problems[code], detail, code }
}

function expected(mapped: Problem): MappedError {
  return { problem: mapped, unexpected: false, retryAfter: null }
}

function sentences(message: string, remedy: string | null): string {
  return remedy === null ? message : `${message.replace(/[.:]?$/, '.')} ${remedy}`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** SQLITE_FULL: https://www.sqlite.org/rescode.html#full */
function isFullDatabase(error: unknown): boolean {
  return (
    codeOf(error) === 'ERR_SQLITE_ERROR' &&
    error instanceof Error &&
    'errcode' in error &&
    error.errcode === 13
  )
}
