import type { ProblemField } from '@left4me/contract'
import { ProblemError } from '../../http/problem-error.ts'
import { refusedArguments } from './launch-arguments.ts'
import { refusalOf } from './reserved-settings.ts'

/** Lines that are named; a config of a thousand wrong ones needs no thousand sentences. */
const named = 20

/**
 * Refuses arguments and config lines that belong to the platform, each by its place: `/arguments/2`, `/config/3`.
 * `whose` says where they come from when that isn't the request itself, for example “of the blueprint “Co-op””.
 */
export function refuseReservedSettings(
  settings: { readonly arguments?: readonly string[]; readonly config?: readonly string[] },
  whose = '',
): void {
  const found = [
    ...refusedArguments(settings.arguments ?? []).map(({ index, ...refusal }) => ({
      path: `/arguments/${index}`,
      ...refusal,
    })),
    ...(settings.config ?? []).flatMap((line, index) => {
      const refusal = refusalOf(line)
      return refusal === null ? [] : [{ path: `/config/${index}`, ...refusal }]
    }),
  ]
  const [first] = found
  if (first === undefined) return
  const errors = found.slice(0, named).map(({ path, message }): ProblemField => ({ path, message }))
  const more = found.length > 1 ? ` And ${found.length - 1} more.` : ''
  throw new ProblemError(
    first.code,
    `${first.path}${whose === '' ? '' : ` ${whose}`}: ${first.message}${more}`,
    { errors },
  )
}
