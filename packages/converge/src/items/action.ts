import { badDefinition } from '../converge-error.ts'
import { command, quote } from '../shell/quote.ts'
import type { Payload } from '../transport/payload.ts'
import { accountName, checkAttributes, checkName, checkPath } from './attributes.ts'
import { sha256 } from './file.ts'
import type { Item, Relations } from './item.ts'

/** Scripts with the action's arguments. `$KEPT` is a folder that the command's run and these share, kept with the generation. */
export interface Undo {
  /** A question before anything is undone: what it prints when it fails is why nothing is. */
  readonly possible?: string
  /** Takes back what the command did, be it done wholly or in part; 0 says that it is taken back. */
  readonly command: string
  /** Runs when everything else of the run has been taken back. */
  readonly afterwards?: string
}

export interface ActionAttributes extends Relations {
  /** A POSIX shell script of the bundle's own. Data belong in `arguments` or `environment`, never in the script. */
  readonly command: string
  /** What the script finds as `$1`, `$2`, … */
  readonly arguments?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** What the command reads on its standard input, or the path of a file here. Asked for only when it is sent. */
  readonly input?: () => Payload
  /** A script (with the same arguments) that changes nothing; exit code 0 says that there is nothing to do. */
  readonly unless?: string
  /** Runs again when the command or one of these values changed since it last succeeded. */
  readonly stamp?: readonly string[]
  /** Runs only when an item that triggers it was changed, or before one that it precedes. */
  readonly triggered?: boolean
  /** Runs in every run and says so. */
  readonly everyRun?: boolean
  /** How what the command did is taken back by a rollback, and by an action that undoes the run. */
  readonly undo?: Undo
  /**
   * It proves what was done before: when it fails, all that was done since it last was as it should be is undone, at
   * once and on the target itself, and the run ends.
   */
  readonly undoesRun?: boolean
  /** Seconds until it is ended; 600 when left out. */
  readonly timeout?: number
  readonly folder?: string
  /** Who runs it, by runuser(1). */
  readonly user?: string
}

/** A command that is guarded, stamped, triggered, or openly runs each time. */
export function action(name: string, attributes: ActionAttributes): Item {
  const id = `action:${name}`
  const relations = checkAttributes(id, attributes, [
    ...[
      'command',
      'arguments',
      'environment',
      'input',
      'unless',
      'stamp',
      'triggered',
      'everyRun',
      'undo',
      'undoesRun',
      'timeout',
      'folder',
      'user',
    ],
  ])
  checkName(id, name, /^[A-Za-z0-9_][A-Za-z0-9_./-]*$/)
  const {
    triggered = false,
    everyRun = false,
    timeout = 600,
    unless,
    stamp,
    folder,
    user,
    input,
  } = attributes
  const { undo, undoesRun = false } = attributes
  const kinds = [unless !== undefined, stamp !== undefined, triggered, everyRun].filter(Boolean).length
  if (kinds === 0)
    throw badDefinition(
      `${id} would run every time. Give it unless or stamp, make it triggered, or say everyRun: true.`,
    )
  if ((triggered || everyRun) && kinds > 1)
    throw badDefinition(`${id}: triggered and everyRun stand alone. Remove them or unless and stamp.`)
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > 86_400)
    throw badDefinition(`${id}: timeout must be 1 to 86400 seconds.`)
  if (folder !== undefined) checkPath(`${id}: folder`, folder)
  if (user !== undefined) checkName(`${id}: user`, user, accountName)
  const environment = Object.entries(attributes.environment ?? {})
  for (const [variable] of environment) checkName(`${id}: environment`, variable, /^[A-Za-z_][A-Za-z0-9_]*$/)

  const inFolder = (words: readonly string[]) =>
    [...(folder === undefined ? [] : [`cd -- ${quote(folder)} &&`]), command(words)].join(' ')
  const words = (script: string) => [
    ...(user === undefined ? [] : ['runuser', '-u', user, '--']),
    ...(environment.length === 0
      ? []
      : ['env', ...environment.map(([variable, value]) => `${variable}=${value}`)]),
    ...['sh', '-c', script, 'sh', ...(attributes.arguments ?? [])],
  ]
  const shell = (script: string, seconds: number) =>
    inFolder(['timeout', '-k', '10', String(seconds), ...words(script)])
  const stampValue = sha256(
    JSON.stringify([attributes.command, attributes.arguments ?? [], environment, stamp ?? []]),
  )
  const record = `stamp-${sha256(id).slice(0, 32)}`
  const question = unless === undefined ? null : inFolder(['exec', ...words(unless)])
  const upload = `input-${record}`
  const run = `${shell(attributes.command, timeout)}${input === undefined ? '' : ` <"$W/${upload}"`}`
  const taking = (script: string) => (script === '' ? 'true' : shell(script, timeout))
  const stamped = `"$S/records/${record}"`
  // What it was done for last isn't so any more, and what it was done for before is once all is in effect again.
  const [unstamp, restamp] =
    stamp === undefined
      ? ['', '']
      : [` && rm -f -- ${stamped}`, ` && { [ ! -e "$KEPT/../stamp" ] || cp -- "$KEPT/../stamp" ${stamped}; }`]
  const keep =
    undo === undefined
      ? ''
      : [
          `keep_undo ${command([
            id,
            taking(undo.possible ?? ''),
            taking(undo.command) + unstamp,
            taking(undo.afterwards ?? '') + restamp,
          ])}`,
          ...(stamp === undefined ? [] : [`[ ! -e ${stamped} ] || cp -- ${stamped} "$KEPT/../stamp"`]),
          '',
        ].join('\n')
  const done = `${keep}${run}${stamp === undefined ? '' : `\nwrite_record ${record} ${stampValue}`}`
  return {
    id,
    type: 'action',
    name,
    relations,
    ties: {
      wants: user === undefined ? [] : [`user:${user}`],
      wantsPaths: folder === undefined ? [] : [folder],
    },
    identity: { ...attributes, input: undefined },
    requests: [
      ...(question === null ? [] : [{ kind: 'command' as const, script: question, seconds: 30 }]),
      ...(stamp === undefined ? [] : [{ kind: 'record' as const, name: record }]),
    ],
    expected: () => ({
      ...(question === null ? {} : { done: true }),
      ...(stamp === undefined ? {} : { stamp: stampValue }),
    }),
    actual: facts => ({
      ...(question === null ? {} : { done: facts.command(question, 30).exitCode === 0 }),
      ...(stamp === undefined ? {} : { stamp: facts.record(record) }),
    }),
    fix: () => done,
    react: () => done,
    onlyTriggered: triggered,
    everyRun,
    undoesRun,
    ...(input === undefined ? {} : { uploads: [{ name: upload, payload: input }] }),
    uncertain: question !== null,
    fixSatisfiesTrigger: () => true,
  }
}
