import { hostPaths } from '../../../../packages/privileged/src/index.ts'
import type { Bed } from '../bed.ts'
import { installProbes, probeFolder } from './install-probes.ts'
import { installProbeGame, makeProbeServer, type ProbeServer } from './probe-server.ts'
import { insideListener, type Listener } from './vantage.ts'

/** What the scene's secrets contain, so that a probe can prove that it read one. */
export const secrets = {
  database: 'secret-of-the-database',
  web: 'secret-of-the-web-application',
  neighbour: 'secret-of-the-neighbour',
} as const

/** Words in the command lines of the scene's processes. */
export const markers = {
  server: 'server-of-the-scene',
  neighbour: 'neighbour-of-the-scene',
  web: 'web-application-of-the-scene',
} as const

export const ports = { server: 27_015, neighbour: 27_016, web: 8000 } as const

/** A host with a server that attacks, its neighbour, and the web application, each played by listener.pl in its own unit. */
export interface Scene {
  readonly server: ProbeServer
  readonly neighbour: ProbeServer
  readonly web: WebStandIn
  /** Makes sure that all three run, the attacking one with directives as they are now. */
  refresh(): Promise<void>
}

interface WebStandIn extends Listener {
  readonly unit: string
  /** Starts it, unless it runs already with its unit as it is now. */
  refresh(): Promise<void>
  process(): Promise<number>
}

export async function setScene(bed: Bed): Promise<Scene> {
  await installProbes(bed)
  await installProbeGame(bed)
  await bed.succeed(`
    cd ${hostPaths.root}
    echo ${secrets.database} >data/left4me.db
    mkdir -p tmp/probe-web overlays/1/revisions/1
    echo 'from an overlay' >overlays/1/revisions/1/layer.txt
    chown -R left4me:left4me data/left4me.db tmp/probe-web overlays/1
    sed -i 's/^SECRET_KEY=.*/SECRET_KEY=${secrets.web}/' /etc/left4me/web.env`)
  const web = await standInForWeb(bed)
  const lowerdirs = ['overlays/1/revisions/1', 'installation']
  const server = await makeProbeServer(bed, {
    name: 'attacker',
    port: ports.server,
    marker: markers.server,
    lowerdirs,
  })
  const neighbour = await makeProbeServer(bed, {
    name: 'neighbour',
    port: ports.neighbour,
    marker: markers.neighbour,
    lowerdirs,
  })
  const refresh = async (): Promise<void> => {
    await bed.succeed(`
      systemctl reset-failed ${neighbour.unit} 2>/dev/null || true
      systemctl start ${neighbour.unit}
      ${untilListening(ports.neighbour)}
      echo ${secrets.neighbour} >${neighbour.upper}/secret.txt
      chmod 644 ${neighbour.upper}/secret.txt`)
    await web.refresh()
    await server.refresh()
  }
  return { server, neighbour, web, refresh }
}

/** A program has been executed before it listens. */
function untilListening(port: number): string {
  return `until ss --no-header --listening --tcp 'sport = ${port}' | grep --quiet .; do sleep 0.05; done`
}

async function standInForWeb(bed: Bed): Promise<WebStandIn> {
  const unit = 'left4me-web.service'
  const folder = `${hostPaths.temporary}/probe-web`
  const program = `/usr/bin/perl ${probeFolder}/listener.pl --folder ${folder} -port ${ports.web} ${markers.web}`
  await bed.write(
    `/run/systemd/system/${unit}.d/zz-stand-in.conf`,
    // A probe tells systemd nothing.
    `[Service]\nType=exec\nWatchdogSec=0\nExecStart=\nExecStart=${program}\n`,
  )
  await bed.succeed('systemctl daemon-reload')
  return {
    ...insideListener(bed, folder),
    unit,
    refresh: async () => {
      const now = `systemctl cat ${unit} 2>/dev/null | sha256sum`
      const seen = '/run/probe-web'
      await bed.succeed(`
        [ "$(${now})" != "$(cat ${seen} 2>/dev/null)" ] || ! systemctl --quiet is-active ${unit} || exit 0
        systemctl restart ${unit}
        ${untilListening(ports.web)}
        ${now} >${seen}`)
    },
    process: async () => Number(await bed.succeed(`systemctl show --property=MainPID --value ${unit}`)),
  }
}
