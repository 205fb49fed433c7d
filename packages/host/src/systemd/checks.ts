import { execFile } from 'node:child_process'
import { access, constants, readFile } from 'node:fs/promises'
import { unitNames } from '@left4me/privileged'
import type { HostCheckResult } from '../host.ts'
import type { HostError } from '../host-error.ts'
import type { Layout } from '../layout.ts'
import { checkDisk, checkSteamcmd, failed, passed } from '../shared-checks.ts'
import type { HelperPrograms } from './helpers.ts'
import type { UnitMonitor } from './units/unit-monitor.ts'

const deploy = 'Deploy left4me to this host again.'

/** Programs that the units and the driver name by their absolute path, with the Debian package that brings each. */
const packages: Readonly<Record<string, string>> = {
  '/usr/bin/sudo': 'sudo',
  '/usr/bin/tini': 'tini',
  '/usr/bin/tar': 'tar',
  '/usr/bin/setpriv': 'util-linux',
  '/usr/bin/script': 'bsdutils',
  '/usr/sbin/nft': 'nftables',
}

/** Unit files that a deployment installs, and what it links beside them. */
const unitFiles = [
  `/usr/local/lib/systemd/system/${unitNames.server}@.service`,
  `/usr/local/lib/systemd/system/${unitNames.overlay}@.service`,
  `/usr/local/lib/systemd/system/${unitNames.gameSlice}`,
  `/usr/local/lib/systemd/system/${unitNames.buildSlice}`,
  `/etc/systemd/system/${unitNames.server}@.service.d/50-hardening.conf`,
]

/** Units without which servers must not, or can't, run. */
const activeUnits = ['left4me-firewall.service', 'left4me-disk-limit.timer']

/** A call of each helper that changes nothing, as sudo is asked about it. */
const helperCalls = [
  ['left4me-systemctl', 'show', '1'],
  ['left4me-journalctl', '1', '--lines', '1', '--no-follow'],
  ['left4me-overlay', 'prepare', '1'],
  ['left4me-script-sandbox', 'cancel', '1'],
] as const

const controllers = ['cpu', 'io', 'memory', 'pids']

/** What the driver and root's units need of this machine. Reads only. */
export async function checkMachine(options: {
  readonly layout: Layout
  readonly monitor: UnitMonitor
  readonly helpers: HelperPrograms
  readonly steamcmd: string | null
}): Promise<HostCheckResult[]> {
  const { layout, monitor, helpers } = options
  return await Promise.all([
    checkSystemd(monitor),
    checkUnits(monitor),
    checkHelpers(helpers),
    checkPackages(),
    checkFolders(layout),
    checkControllers(),
    checkSteamcmd(options.steamcmd),
    checkDisk(layout.root),
  ])
}

async function checkSystemd(monitor: UnitMonitor): Promise<HostCheckResult> {
  try {
    await monitor.settle()
    return passed('systemd', 'systemd tells what runs, over D-Bus.')
  } catch (error) {
    return failed('systemd', error as HostError)
  }
}

async function checkUnits(monitor: UnitMonitor): Promise<HostCheckResult> {
  const missing = await missingOf(unitFiles, constants.R_OK)
  if (missing.length > 0)
    return failed('units', { message: `Missing: ${missing.join(', ')}.`, remedy: deploy })
  const active = await monitor.activeUnits(activeUnits).catch(() => null)
  const dead = active ? activeUnits.filter(unit => !active.has(unit)) : []
  if (dead.length > 0)
    return failed('units', {
      message: `Not active: ${dead.join(', ')}.`,
      remedy: `See why; as root: systemctl status ${dead.join(' ')}`,
    })
  return passed('units', 'The units of servers are there, and those that guard them are active.')
}

async function checkHelpers({ sudo, folder }: HelperPrograms): Promise<HostCheckResult> {
  const missing = await missingOf(
    helperCalls.map(([helper]) => `${folder}/${helper}`),
    constants.X_OK,
  )
  if (missing.length > 0)
    return failed('helpers', { message: `Missing: ${missing.join(', ')}.`, remedy: deploy })
  const [program = '', ...words] = sudo
  for (const [helper, ...call] of helperCalls) {
    const refusal = await complaintOf(program, [
      '--non-interactive',
      '--list',
      `${folder}/${helper}`,
      ...call,
    ])
    if (refusal !== null)
      return failed('helpers', {
        message: `sudo doesn't allow the helper ${helper}. ${refusal}`.trim(),
        remedy: `Let /etc/sudoers.d/left4me be the deployed one. ${deploy}`,
      })
  }
  const [helper, ...call] = helperCalls[0]
  const complaint = await complaintOf(program, [...words, `${folder}/${helper}`, ...call])
  if (complaint !== null)
    return failed('helpers', { message: `The helper ${helper} fails: ${complaint}`, remedy: deploy })
  return passed('helpers', "Root's helpers are there, and sudo allows them.")
}

async function checkPackages(): Promise<HostCheckResult> {
  const missing = await missingOf(Object.keys(packages), constants.X_OK)
  if (missing.length === 0) return passed('programs', 'The programs that servers need are there.')
  const names = [...new Set(missing.map(program => packages[program]))]
  return failed('programs', {
    message: `Missing: ${missing.join(', ')}.`,
    remedy: `Install; as root: apt install ${names.join(' ')}`,
  })
}

async function checkFolders(layout: Layout): Promise<HostCheckResult> {
  const { installation, overlays, instances, steam, temporary } = layout
  const missing = await missingOf([installation, overlays, instances, steam, temporary], constants.W_OK)
  if (missing.length === 0) return passed('folders', 'The folders of the service user may be written.')
  return failed('folders', {
    message: `Missing, or not to be written: ${missing.join(', ')}.`,
    remedy: 'Make them; as root: systemd-tmpfiles --create /etc/tmpfiles.d/left4me.conf',
  })
}

/** cgroups(7): without these the limits of the units are accepted and have no effect. */
async function checkControllers(): Promise<HostCheckResult> {
  const text = await readFile('/sys/fs/cgroup/cgroup.controllers', 'latin1').catch(() => '')
  const missing = controllers.filter(name => !text.trim().split(' ').includes(name))
  if (missing.length === 0) return passed('limits', 'The kernel holds servers to their limits.')
  return failed('limits', {
    message: `The kernel does not limit what servers use: ${missing.join(', ')} missing from cgroup v2.`,
    remedy: 'Run on a machine or a virtual machine of its own, with the kernel of Debian.',
  })
}

async function missingOf(paths: readonly string[], mode: number): Promise<string[]> {
  const found = await Promise.all(
    paths.map(path =>
      access(path, mode).then(
        () => null,
        () => path,
      ),
    ),
  )
  return found.flatMap(path => path ?? [])
}

/** null: it ended with 0. */
function complaintOf(program: string, words: readonly string[]): Promise<string | null> {
  const options = { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }, cwd: '/', timeout: 20_000 }
  return new Promise(resolve => {
    execFile(program, words, options, (error, _, stderr) => {
      const [firstLine = ''] = stderr.trim().split('\n')
      resolve(error ? firstLine.slice(0, 500) : null)
    })
  })
}
