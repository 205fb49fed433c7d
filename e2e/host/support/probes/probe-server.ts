import { formatInstanceEnvironment, hostPaths } from '../../../../packages/privileged/src/index.ts'
import type { Bed } from '../bed.ts'
import { probeFolder } from './install-probes.ts'
import { insideListener, type Listener } from './vantage.ts'

/** A game server in whose place listener.pl runs, by the unit of real ones; attempts are made inside of it. */
export interface ProbeServer extends Listener {
  readonly name: string
  readonly unit: string
  readonly port: number
  /** Its upper and its merged layers, as the host sees them. */
  readonly upper: string
  readonly merged: string
  /** Starts it anew, with instance.env as it was described. */
  restart(): Promise<void>
  /** The same, unless it runs already with its units as they are now. */
  refresh(): Promise<void>
  /** Its process as the host numbers it. */
  process(): Promise<number>
}

/** Replaces the installation by one whose srcds_run is listener.pl. Idempotent. */
export async function installProbeGame(bed: Bed): Promise<void> {
  await bed.succeed(`
    cd ${hostPaths.installation}
    install -o left4me -g left4me -m 755 ${probeFolder}/listener.pl srcds_run
    install -o left4me -g left4me -d probe left4dead2
    echo 'from the installation' >shared.txt
    chown left4me:left4me shared.txt`)
}

/** Describes a server as the web application does, as the service user; doesn't start it. `marker` is one of its arguments. */
export async function makeProbeServer(
  bed: Bed,
  options: { name: string; port: number; marker: string; lowerdirs?: readonly string[] },
): Promise<ProbeServer> {
  const { name, port, marker, lowerdirs = ['installation'] } = options
  const folder = `${hostPaths.instances}/${name}`
  const text = formatInstanceEnvironment({ port, arguments: ['+hostname', marker], lowerdirs })
  const unit = `left4me-server@${name}.service`
  const overlay = `left4me-overlay@${name}.service`
  const merged = `${hostPaths.runtime}/${name}/merged`
  const describe = () =>
    bed.succeed(`mkdir -p ${folder}; rm -f ${folder}/instance.env; cat >${folder}/instance.env`, {
      user: 'left4me',
      input: text,
    })
  const start = `
        systemctl stop ${unit} ${overlay}
        rm -rf ${hostPaths.runtime}/${name}/upper/probe
        systemctl reset-failed ${unit} ${overlay} 2>/dev/null || true
        systemctl start ${unit} || { journalctl --lines=20 --unit=${unit} --unit=${overlay}; exit 1; }`
  const units = `systemctl cat ${unit} ${overlay} 2>/dev/null | sha256sum`
  const seen = `/run/probe-server-${name}`
  await describe()
  return {
    ...insideListener(bed, `${merged}/probe`),
    name,
    unit,
    port,
    upper: `${hostPaths.runtime}/${name}/upper`,
    merged,
    restart: async () => {
      await describe()
      await bed.succeed(start)
    },
    refresh: async () => {
      await describe()
      await bed.succeed(`
        [ "$(${units})" != "$(cat ${seen} 2>/dev/null)" ] || ! systemctl --quiet is-active ${unit} || exit 0
        ${start}
        ${units} >${seen}`)
    },
    process: async () => Number(await bed.succeed(`systemctl show --property=MainPID --value ${unit}`)),
  }
}
