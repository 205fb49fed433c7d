import type { Problem, ProblemCode } from '@left4me/contract'

/** Where an error belongs in a form: the JSON pointer's first member, for example `port`. */
export type FieldErrors = Readonly<Record<string, string>>

export interface ProblemErrorInit {
  /** `unreachable`: there was no answer at all. `unreadable`: there was one, but not from left4me (a proxy's, say). */
  code: ProblemCode | 'unreachable' | 'unreadable'
  status: number
  title: string
  detail: string
  errors?: Problem['errors'] | undefined
  cause?: unknown
}

/** The one error that a call of the API rejects with (apart from the AbortError of a call that was given up). */
export class ProblemError extends Error {
  readonly code: ProblemErrorInit['code']
  readonly status: number
  readonly title: string
  readonly errors: NonNullable<Problem['errors']>

  constructor(init: ProblemErrorInit) {
    super(init.detail, { cause: init.cause })
    this.name = 'ProblemError'
    this.code = init.code
    this.status = init.status
    this.title = init.title
    this.errors = init.errors ?? []
  }

  /** The errors of the given fields, by field; `/config/3` counts as one of `config`. */
  fieldErrors(fields: readonly string[]): FieldErrors {
    const found: Record<string, string> = {}
    for (const { path, message } of this.errors) {
      const field = path.split('/')[1] ?? ''
      if (fields.includes(field)) found[field] ??= message
    }
    return found
  }

  /** Errors that no given field can show, so that nothing the server said is swallowed. */
  otherErrors(fields: readonly string[]): string[] {
    return this.errors
      .filter(({ path }) => !fields.includes(path.split('/')[1] ?? ''))
      .map(({ path, message }) => (path === '' || path === '/' ? message : `${path}: ${message}`))
  }
}

export function isProblem(error: unknown, ...codes: ProblemErrorInit['code'][]): error is ProblemError {
  return error instanceof ProblemError && (codes.length === 0 || codes.includes(error.code))
}
