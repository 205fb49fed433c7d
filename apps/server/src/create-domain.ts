import { blueprintEndpoints } from './blueprints/blueprint-endpoints.ts'
import { BlueprintRows } from './blueprints/blueprint-rows.ts'
import { ensureDefaultBlueprint } from './blueprints/default-blueprint.ts'
import type { Domain, DomainDependencies } from './domain.ts'
import { endpoints } from './http/endpoints.ts'
import { installationEndpoints } from './installation/installation-endpoints.ts'
import { installationUpdate } from './installation/installation-update.ts'
import { InstallationWatch } from './installation/installation-watch.ts'
import { HostWatch } from './live/host-watch.ts'
import { LiveServers } from './live/live-servers.ts'
import type { MonitorPace } from './live/server-monitor.ts'
import { overlayBuild } from './overlays/overlay-build.ts'
import { overlayEndpoints } from './overlays/overlay-endpoints.ts'
import { OverlayRows } from './overlays/overlay-rows.ts'
import { ConsoleCommands } from './servers/console-commands.ts'
import { consoleEndpoints } from './servers/console-endpoints.ts'
import { withoutSecret } from './servers/console-excerpt.ts'
import { earlierLife } from './servers/earlier-life.ts'
import { PortAllocator } from './servers/ports/port-allocator.ts'
import { PortProbe } from './servers/ports/port-probe.ts'
import { Power } from './servers/power/power.ts'
import { powerJobs } from './servers/power/power-jobs.ts'
import { ServerDirectory } from './servers/server-directory.ts'
import { serverEndpoints } from './servers/server-endpoints.ts'
import { SettingsWatch } from './servers/settings-watch.ts'

/** What a test may want otherwise. */
export interface DomainOptions {
  /** Milliseconds that a started server gets to answer. */
  readonly readyDeadline?: number
  readonly pace?: MonitorPace
}

/** Servers ask only this machine: they listen on all of its addresses (`-ip 0.0.0.0`), and RCON crosses no network. */
const queryHost = '127.0.0.1'
const readyDeadline = 180_000

/** Puts the features together. Nothing is read or watched before `start`. */
export function createDomain(dependencies: DomainDependencies, options: DomainOptions = {}): Domain {
  const { config, db, host, jobs, hub, log, version } = dependencies
  const directory = new ServerDirectory(db)
  const blueprints = new BlueprintRows(db)
  const overlays = new OverlayRows(db)
  const probe = new PortProbe()
  const settings = { blueprints, overlays, store: () => host.overlays }
  const { pace } = options
  const live = new LiveServers({ directory, jobs, hub, host, log, queryHost, ...(pace ? { pace } : {}) })
  const watch = new InstallationWatch({ host, jobs, hub, live, simulated: config.simulated, log })
  const machine = new HostWatch({ host, hub, live, log, version, publicAddress: config.publicAddress })
  const settingsWatch = new SettingsWatch({ directory, live, settings, log })
  const power = new Power({ host, directory, live, jobs })
  const ports = new PortAllocator({ range: config.portRange, directory, probe })
  const commands = new ConsoleCommands({ directory, live })

  const runningWith = (overlayId: number): string[] =>
    live.runningIds().flatMap(id => {
      const record = directory.get(id)
      const layers = record?.startedWith?.specification.layers ?? []
      return record && layers.some(layer => layer.overlayId === overlayId) ? [record.name] : []
    })

  return {
    endpoints: {
      ...serverEndpoints({ host, directory, live, jobs, power, ports, blueprints, overlays }),
      ...consoleEndpoints({ host, directory, live, power, commands }),
      ...blueprintEndpoints({ blueprints, overlays, onChange: () => settingsWatch.checkAll(), log }),
      ...overlayEndpoints({ db, overlays, store: () => host.overlays, jobs, runningWith, log }),
      ...installationEndpoints({ watch, jobs, live, directory }),
      ...endpoints({ getHost: () => machine.current() }),
    },

    jobDefinitions: {
      ...powerJobs({
        host,
        directory,
        live,
        settings,
        probe,
        readyDeadline: options.readyDeadline ?? readyDeadline,
      }),
      'overlay-build': overlayBuild({
        overlays,
        store: () => host.overlays,
        onPublished: () => settingsWatch.checkAll(),
      }),
      'installation-update': installationUpdate(host),
    },

    owners: {
      async server(id) {
        const record = directory.get(id)
        return record === null ? null : { ownerId: record.ownerId, shared: false }
      },
      blueprint: id => blueprints.titleOf(id),
      overlay: id => overlays.find(id),
    },

    live: {
      async servers(viewer) {
        return [...directory.all()]
          .filter(record => viewer.role === 'admin' || record.ownerId === viewer.userId)
          .flatMap(record => live.server(record.id) ?? [])
      },
      server: async id => live.server(id),
      players: id => live.players(id),
      host: () => machine.status,
      withoutSecrets: (id, text) =>
        directory.get(id) === null ? text : withoutSecret(text, directory.rconPassword(id)),
    },

    async start() {
      await ensureDefaultBlueprint(blueprints)
      await directory.load()
      await live.start(await earlierLife(db))
      await watch.start()
      await machine.start()
      settingsWatch.start()
    },

    async stop() {
      await settingsWatch.stop()
      machine.stop()
      watch.stop()
      await live.stop()
    },
  }
}
