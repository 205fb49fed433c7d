import { type RollbackReport, rollback as undo } from '@left4me/converge'
import type { Command } from '../../command.ts'
import { printable } from '../../terminal/printable.ts'
import type { Deployment } from '../deployment.ts'
import { nodesOption, openNode } from '../open-node.ts'
import { holder } from '../run-command.ts'
import { watchRun } from '../watch-run.ts'

export function rollback(deployment: Deployment): Command {
  return {
    name: 'rollback',
    arguments: ['NODE'],
    flags: {
      'accept-loss': 'Go back although what was written since would be lost',
      json: 'Print JSON',
    },
    options: nodesOption,
    summary:
      'Undo the last run that changed something: the version before serves again, files are what they were',
    details:
      'What somebody changed since stays. Packages and accounts stay. Again, it undoes the run before.',
    async run(invocation, terminal) {
      const { transport } = await openNode(invocation, deployment)
      const report = await watchRun(deployment, options =>
        undo(transport, {
          ...options,
          holder: holder(),
          acceptLoss: invocation.flags.has('accept-loss'),
        }),
      )
      terminal.write(
        invocation.flags.has('json')
          ? `${JSON.stringify(report, null, 2)}\n`
          : printable(`${lines(report).join('\n')}\n`, { lines: true }),
      )
      terminal.setExitCode(report.exitCode)
    },
  }
}

function lines(report: RollbackReport): string[] {
  const { refused, acceptable, restored, reacted, left, failed, generation } = report
  if (refused !== null)
    return [
      `nothing is undone: ${refused}`,
      ...(acceptable ? ['With --accept-loss it is, and what was written since is lost.'] : []),
    ]
  return [
    ...restored.map(path => `restored ${path}`),
    ...reacted.map(id => `restarted ${id}`),
    ...left.map(path => `kept ${path}: it was changed since`),
    ...failed.map(path => `failed ${path}`),
    failed.length === 0 ? `generation ${generation} is undone` : `generation ${generation} is undone in part`,
  ]
}
