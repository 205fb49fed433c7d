import { softLock, softUnlock } from '@left4me/converge'
import { UsageError } from '../../cli-error.ts'
import type { Command } from '../../command.ts'
import type { Deployment } from '../deployment.ts'
import { nodesOption, openNode } from '../open-node.ts'
import { holder } from '../run-command.ts'

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const

export function lock(deployment: Deployment): Command {
  return {
    name: 'lock',
    arguments: ['NODE', 'SELECTOR…'],
    flags: {},
    options: {
      name: { value: 'NAME', meaning: 'What it is called, for unlock; “by-hand” when left out' },
      for: { value: 'TIME', meaning: 'How long: 30m, 8h, 2d; 8h when left out' },
      comment: { value: 'TEXT', meaning: 'Why, for those whose runs skip these items' },
      ...nodesOption,
    },
    summary:
      'Ask others to leave some items of a machine alone for a while: their runs skip them and say why',
    async run(invocation, terminal) {
      const { transport } = await openNode(invocation, deployment)
      const option = (name: string) => invocation.options.get(name)?.at(-1)
      const name = option('name') ?? 'by-hand'
      await softLock(
        transport,
        {
          name,
          holder: holder(),
          selectors: invocation.arguments.slice(1),
          comment: option('comment') ?? '',
          seconds: secondsOf(option('for') ?? '8h'),
        },
        stateOf(deployment),
      )
      terminal.write(`locked as ${name}, held by ${holder()}\n`)
    },
  }
}

export function unlock(deployment: Deployment): Command {
  return {
    name: 'unlock',
    arguments: ['NODE', '[NAME]'],
    flags: {},
    options: nodesOption,
    summary: 'Take a lock away, whoever holds it; “by-hand” when no name is given',
    async run(invocation, terminal) {
      const { transport } = await openNode(invocation, deployment)
      const [, name = 'by-hand'] = invocation.arguments
      await softUnlock(transport, name, stateOf(deployment))
      terminal.write(`${name} is no lock any more\n`)
    },
  }
}

function stateOf({ stateFolder }: Deployment): { stateFolder?: string } {
  return stateFolder === undefined ? {} : { stateFolder }
}

function secondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined || unit === undefined)
    throw new UsageError(`“${text}” is no time, for example 30m, 8h or 2d`)
  return Number(count) * units[unit as keyof typeof units]
}
