import Type from 'typebox'
import { type Static, strictObject } from './schema.ts'

/** Every error that the API answers, with the HTTP status it always has. */
export const problems = {
  'invalid-input': 400,
  'not-signed-in': 401,
  'wrong-credentials': 401,
  'not-allowed': 403,
  'origin-refused': 403,
  'set-up-closed': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'name-taken': 409,
  'port-taken': 409,
  'no-free-port': 409,
  'action-not-allowed': 409,
  'in-use': 409,
  'servers-running': 409,
  'not-installed': 409,
  'not-cancellable': 409,
  'build-running': 409,
  'upload-offset': 409,
  'last-admin': 409,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'reserved-setting': 422,
  'unknown-overlay': 422,
  'unknown-blueprint': 422,
  'content-refused': 422,
  'too-many-requests': 429,
  'internal-error': 500,
  'console-failed': 502,
  'download-failed': 502,
  'server-not-answering': 504,
  'host-unavailable': 503,
  'disk-full': 507,
  'not-ready': 503,
} as const

export type ProblemCode = keyof typeof problems

export const ProblemField = strictObject({
  path: Type.String({ description: 'JSON pointer into the request, for example /port' }),
  message: Type.String(),
})

/** RFC 9457. `detail` says what happened and what to do about it, in one or two sentences. */
export const Problem = strictObject(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.Unsafe<ProblemCode>({ type: 'string', enum: Object.keys(problems) }),
    errors: Type.Optional(Type.Array(ProblemField)),
  },
  'Problem',
)

export type Problem = Static<typeof Problem>
export type ProblemField = Static<typeof ProblemField>
