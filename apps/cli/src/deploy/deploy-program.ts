import { apply, plan, verify } from '@left4me/converge'
import type { Program } from '../command.ts'
import { facts } from './commands/facts.ts'
import { items } from './commands/items.ts'
import { lock, unlock } from './commands/lock.ts'
import { metadata } from './commands/metadata.ts'
import { rollback } from './commands/rollback.ts'
import { test } from './commands/test.ts'
import { isWrongDefinition } from './definition-error.ts'
import type { Deployment } from './deployment.ts'
import { runCommand } from './run-command.ts'

const lastLine = 'The last line is “NODE: N ok, N fixed, N skipped, N failed”.'

/** `left4me-deploy`: makes machines left4me hosts, and keeps them so. */
export function deployProgram(deployment: Deployment): Program {
  return {
    name: 'left4me-deploy',
    commands: [
      runCommand(deployment, plan, {
        name: 'plan',
        summary: 'Tell what apply would change on a machine, as differences; it changes nothing',
        details: `${lastLine} In a plan “fixed” counts what would be.`,
      }),
      runCommand(deployment, apply, {
        name: 'apply',
        summary: 'Make a machine what its node file says; again, it changes nothing',
        details: `${lastLine} A run that ended early is taken up by the next.`,
        flags: { prune: 'Remove what earlier runs made and nobody declares any more' },
      }),
      runCommand(deployment, verify, {
        name: 'verify',
        summary: 'Tell whether a machine is still what its node file says: exit code 3 if not',
        details: lastLine,
      }),
      test(deployment),
      items(deployment),
      metadata(deployment),
      facts(deployment),
      rollback(deployment),
      lock(deployment),
      unlock(deployment),
    ],
    notes:
      'Hosts are deploy/nodes/NODE.ts. Exit codes: 0 done, 1 failed, 2 wrong usage or definition, 3 it differs (plan, verify).',
    isWrongDefinition,
  }
}
