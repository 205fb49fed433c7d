import { hostname, userInfo } from 'node:os'
import type { BuiltNode, Node, NodeOptions, Report, Transport } from '@left4me/converge'
import type { Command } from '../command.ts'
import type { Deployment } from './deployment.ts'
import { nodesOption, openNode } from './open-node.ts'
import { printReport } from './print-report.ts'
import { watchRun } from './watch-run.ts'

type Run = (node: Node, transport: Transport, options: NodeOptions) => Promise<Report>

/** A command that goes through a node's items on its machine and prints the report: apply, plan or verify. */
export function runCommand(
  deployment: Deployment,
  run: Run,
  { flags = {}, ...command }: Pick<Command, 'name' | 'summary'> & Partial<Pick<Command, 'details' | 'flags'>>,
): Command {
  return {
    ...command,
    arguments: ['NODE'],
    flags: {
      ...flags,
      strict: 'Fail where a secret’s key is missing, instead of skipping what needs it',
      json: 'Print JSON',
    },
    options: {
      only: {
        value: 'SELECTOR',
        meaning:
          'Only these items (type:name, type:, bundle:x, tag:x, !…), what they need and what they trigger',
      },
      skip: { value: 'SELECTOR', meaning: 'All but these items, and what needs them' },
      ...nodesOption,
    },
    async run(invocation, terminal) {
      const { node, transport } = await openNode(invocation, deployment)
      const only = invocation.options.get('only')
      const skip = invocation.options.get('skip')
      let remarks: readonly string[] = []
      const report = await watchRun(deployment, options =>
        run(node, transport, {
          ...options,
          ...(only === undefined ? {} : { only }),
          ...(skip === undefined ? {} : { skip }),
          holder: holder(),
          strict: invocation.flags.has('strict'),
          prune: invocation.flags.has('prune'),
          onBuilt: built => {
            remarks = remarksOf(built)
            for (const each of remarks) deployment.remark(each)
          },
        }),
      )
      const json = invocation.flags.has('json')
      terminal.write(printReport(report, { remarks, json, colours: deployment.colours }))
      terminal.setExitCode(report.exitCode)
    },
  }
}

/** What bundles say is different on this host. */
function remarksOf({ metadata }: BuiltNode): string[] {
  const { remarks } = metadata.values
  return remarks instanceof Set ? [...remarks].map(String).sort() : []
}

/** Who has a lock, as others are told. */
export function holder(): string {
  return `${userInfo().username}@${hostname()}`
}
