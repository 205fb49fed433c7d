import { join } from 'node:path'
import { commandOutput } from '../../host/support/run-command.ts'
import type { NodeBed } from './node-bed.ts'
import type { RevisedCheckout } from './revised-checkout.ts'

/**
 * Puts a revision on the bed as its build would: what serves now, with the revision's server and packages. For tests of
 * what comes after a build, which takes half a minute.
 */
export async function likeBuilt(host: NodeBed, checkout: RevisedCheckout, revision: string): Promise<void> {
  const script = `cd "$1"
    cp -a "$(readlink current)" "$2"
    git -C "$3" archive "$2" apps/server/src packages | tar -x --no-same-permissions -C "$2"
    echo "$2" >"$2/REVISION"`
  const app = join(host.bed.container.folder, 'data/app')
  await commandOutput(['sh', '-euc', script, 'sh', app, revision, checkout.folder])
}
