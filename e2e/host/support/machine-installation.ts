import { repository } from '../../../tools/bootstrap/repository.mjs'
import type { Bed } from './bed.ts'
import { commandOutput } from './run-command.ts'

/** What a host has of the checkout, as far as the machine's suites use it: the helpers and the files that root trusts. */
const parts = [
  'package.json',
  'deploy/files',
  'deploy/scripts',
  'packages/privileged/package.json',
  'packages/privileged/src',
  'e2e/host/support/install-left4me.sh',
]

/** What the installed machine is made of, apart from the machine itself. */
export async function installationIngredients(): Promise<string[]> {
  return [await archive(), installation]
}

/**
 * The timer is off, since what it starts would take half of an emulated processor; a test that needs its program starts
 * that. Each helper has run once, so that its compiled code is in its cache, and its pages in memory.
 */
const installation = `
  install -d /opt/left4me/src
  tar --extract --directory=/opt/left4me/src
  for unit in left4me-overlay@.service left4me-server@.service left4me-disk-limit.service left4me-draft-.service; do
    install -d /etc/systemd/system/$unit.d
    printf '[Service]\\nTimeoutStartSec=300\\nTimeoutStopSec=120\\n' >/etc/systemd/system/$unit.d/10-emulated.conf
  done
  bash /opt/left4me/src/e2e/host/support/install-left4me.sh
  systemctl disable --now left4me-disk-limit.timer
  cd /usr/local/libexec/left4me
  for arguments in 'systemctl show none' 'overlay mount none' 'overlay umount none' 'script-sandbox cancel 1' disk-limit; do
    ./left4me-$arguments >/dev/null 2>&1 || true
  done`

/** Puts left4me's files on a machine, as root's, and starts what a host has running. */
export async function installOn(bed: Bed): Promise<void> {
  await bed.succeed(installation, { input: await archive(), timeoutMs: 600_000 })
}

/** The same bytes for the same files. All of them are texts, and so is an archive of texts. */
async function archive(): Promise<string> {
  return await commandOutput([
    ...['tar', '--create', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--mode=u=rwX,go=rX'],
    ...[
      '--format=ustar',
      `--directory=${repository}`,
      '--exclude=*.test.ts',
      '--exclude=node_modules',
      ...parts,
    ],
  ])
}
