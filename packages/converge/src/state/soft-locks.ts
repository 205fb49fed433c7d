import { badDefinition, ConvergeError } from '../converge-error.ts'
import { defaultStateFolder } from '../run/run-options.ts'
import { shellLibrary } from '../shell/library.ts'
import { command } from '../shell/quote.ts'
import { Session } from '../transport/session.ts'
import type { Transport } from '../transport/transport.ts'
import { lockedError, openingScript } from './host-state.ts'

/** A wish of somebody's that others leave some items of a target alone for a while. */
export interface SoftLock {
  readonly name: string
  readonly holder: string
  /** Seconds since 1970 from which on it counts no more. */
  readonly expires: number
  readonly selectors: readonly string[]
  readonly comment: string
}

/** Leaves a soft lock on the target; one of the same name is replaced. Others' runs skip what it selects and say why. */
export function softLock(
  transport: Transport,
  lock: Omit<SoftLock, 'expires'> & { readonly seconds: number },
  options: { stateFolder?: string } = {},
): Promise<void> {
  for (const text of [lock.holder, lock.comment, ...lock.selectors])
    if (/[\u0000-\u001f\u007f]/.test(text))
      throw badDefinition(`${JSON.stringify(text)} can't stand in a lock. Write it as one line.`)
  if (lock.selectors.length === 0 || lock.selectors.some(selector => selector.includes(' ')))
    throw badDefinition(
      'A lock needs selectors without spaces, such as bundle:nginx. Name what is to be left alone.',
    )
  if (!Number.isInteger(lock.seconds) || lock.seconds < 1)
    throw badDefinition('A lock lasts 1 second or more. Say how long.')
  const lines = [lock.holder, lock.selectors.join(' '), lock.comment]
  return onState(
    transport,
    options,
    `mkdir -p -m 0700 "$S/locks" && printf '%s\\n' $(($(date +%s) + ${lock.seconds})) ${command(lines)} >"$S/locks/${checkLockName(lock.name)}"`,
  )
}

/** Takes a soft lock away, whoever left it; that none is there is fine. */
export function softUnlock(
  transport: Transport,
  name: string,
  options: { stateFolder?: string } = {},
): Promise<void> {
  return onState(transport, options, `rm -f "$S/locks/${checkLockName(name)}"`)
}

function checkLockName(name: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    throw badDefinition(
      `${JSON.stringify(name)} is no usable name of a lock. Take small letters, digits and dashes.`,
    )
  return name
}

async function onState(
  transport: Transport,
  { stateFolder }: { stateFolder?: string },
  script: string,
): Promise<void> {
  await using session = new Session(transport)
  session.start()
  const records = await session.run(
    `${shellLibrary({ stateFolder: stateFolder ?? defaultStateFolder, links: [] })}
${openingScript({ writes: true, holder: 'a change of soft locks' })}
(${script}) 2>"$W/err" || emit failed "$(cat "$W/err")"`,
  )
  for (const [kind, text = ''] of records) {
    if (kind === 'locked') throw lockedError(text)
    if (kind === 'failed' || kind === 'no-state')
      throw new ConvergeError('unreachable', `The lock can't be changed: ${text.trim()}`)
  }
}

/** Tells the locks that still count, as records `soft-lock`. */
export const softLocksScript = `soft_now=$(date +%s)
for f in "$S"/locks/*; do
  if [ -f "$f" ]; then { read -r a; read -r b; read -r c; read -r d; } <"$f" && [ "$a" -gt "$soft_now" ] && emit soft-lock "\${f##*/}" "$a" "$b" "$c" "$d"; fi
done`

export function readSoftLock([
  kind,
  name = '',
  expires,
  holder = '',
  selectors = '',
  comment = '',
]: readonly string[]): SoftLock | null {
  if (kind !== 'soft-lock') return null
  return { name, holder, expires: Number(expires), selectors: selectors.split(' '), comment }
}
