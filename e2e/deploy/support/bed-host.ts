import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { outside } from '../../host/support/outside.ts'
import { commandOutput } from '../../host/support/run-command.ts'

/** Where a bed has what makes it a host in a network: nothing that a deployment manages. */
export const bedFolder = '/srv/bed'

/**
 * The bed's way out, with a default route, and what is behind it: a network namespace `outside` with one more machine,
 * which has the files of `/srv/bed/files` by HTTP. Made at each boot, before anything listens.
 */
const makeOutside = `#!/bin/sh
set -e
ip netns add outside
ip link add ${outside.device} type veth peer name to-host
ip link set to-host netns outside
ip address add ${outside.public.host4}/24 dev ${outside.device}
ip address add ${outside.public.host6}/64 dev ${outside.device} nodad
ip link set ${outside.device} up
ip -netns outside address add ${outside.public.other4}/24 dev to-host
ip -netns outside address add ${outside.public.other6}/64 dev to-host nodad
ip -netns outside link set to-host up
ip -netns outside link set lo up
ip route add default via ${outside.public.other4}
ip -6 route add default via ${outside.public.other6}
`

const outsideUnit = `[Unit]
DefaultDependencies=no
After=local-fs.target systemd-udevd.service
Before=network-pre.target sysinit.target
Wants=network-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${bedFolder}/make-outside
`

const filesUnit = `[Unit]
After=bed-outside.service
Requires=bed-outside.service
[Service]
NetworkNamespacePath=/run/netns/outside
ExecStart=${bedFolder}/node/bin/node ${bedFolder}/support/serve-files.ts ${bedFolder}/files ${outside.public.other4}
# Nothing is there to be downloaded before it listens, and the bed hasn't started before this has.
ExecStartPost=/bin/sh -c 'until ss --no-header --listening --tcp "sport = 80" | grep --quiet .; do sleep 0.1; done'
TimeoutStartSec=10min
`

/** For whoever has the bed's key, whichever user it is to be. */
const sshdSettings = `AuthorizedKeysFile .ssh/authorized_keys ${bedFolder}/authorized_keys
UseDNS no
PrintMotd no
MaxStartups 100
MaxSessions 100
`

/**
 * Makes a tree (or what lies over it) a host that is reached by ssh with a key of its own, which is in `credentials`
 * afterwards, a folder of this machine, along with `known_hosts`. `keys` is the folder of the tree with sshd's own keys.
 */
export async function prepareHost(target: {
  readonly upper: string
  readonly tree: string
  readonly credentials: string
}): Promise<void> {
  const { upper, tree, credentials } = target
  await commandOutput([
    ...['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'left4me-bed', '-f', join(credentials, 'key')],
  ])
  const publicKey = await readFile(join(credentials, 'key.pub'), 'utf8')
  const hostKey = await readFile(join(tree, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8')
  await writeFile(
    join(credentials, 'known_hosts'),
    `left4me-bed ${hostKey.split(' ').slice(0, 2).join(' ').trim()}\n`,
  )
  const write = async (path: string, content: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(join(upper, path)), { recursive: true, mode: 0o755 })
    await writeFile(join(upper, path), content)
    await chmod(join(upper, path), mode)
  }
  await write(`${bedFolder}/make-outside`, makeOutside, 0o755)
  await write(`${bedFolder}/authorized_keys`, publicKey)
  await write('/etc/ssh/sshd_config.d/bed.conf', sshdSettings)
  await write('/etc/systemd/system/bed-outside.service', outsideUnit)
  await write('/etc/systemd/system/bed-files.service', filesUnit)
  const enable = async (unit: string, target: string): Promise<void> => {
    const link = join(upper, `etc/systemd/system/${target}.wants/${unit}`)
    await mkdir(dirname(link), { recursive: true })
    await rm(link, { force: true })
    await symlink(`../${unit}`, link)
  }
  await enable('bed-outside.service', 'sysinit.target')
  await enable('bed-files.service', 'multi-user.target')
}
