import { blueprintEndpoints } from './blueprints/blueprint-endpoints.ts'
import { BlueprintRows } from './blueprints/blueprint-rows.ts'
import { ensureDefaultBlueprint } from './blueprints/default-blueprint.ts'
import { contentEndpoints } from './content/content-endpoints.ts'
import { fileEndpoints } from './content/file-endpoints.ts'
import { InstallationContent } from './content/installation-content.ts'
import { LayerIndexes } from './content/layer-indexes.ts'
import { CampaignShelf } from './content/library.ts'
import { refuseUnknownMap } from './content/map-guard.ts'
import { ServerStacks } from './content/server-stack.ts'
import type { Domain, DomainDependencies } from './domain.ts'
import { hostEndpoints, instanceStop } from './host/host-instances.ts'
import { endpoints } from './http/endpoints.ts'
import { type CreateInstallationOptions, createInstallation } from './installation/create-installation.ts'
import { HostWatch } from './live/host-watch.ts'
import { LiveServers } from './live/live-servers.ts'
import type { MonitorPace } from './live/server-monitor.ts'
import { UsageWatch } from './live/usage-watch.ts'
import { createOverlays } from './overlays/create-overlays.ts'
import { OverlayRows } from './overlays/overlay-rows.ts'
import { ConsoleCommands } from './servers/console-commands.ts'
import { consoleEndpoints } from './servers/console-endpoints.ts'
import { withoutSecret } from './servers/console-excerpt.ts'
import { earlierLife } from './servers/earlier-life.ts'
import { PortAllocator } from './servers/ports/port-allocator.ts'
import { PortProbe } from './servers/ports/port-probe.ts'
import { BootPolicy } from './servers/power/boot-policy.ts'
import { Power } from './servers/power/power.ts'
import { powerJobs } from './servers/power/power-jobs.ts'
import { ServerDirectory } from './servers/server-directory.ts'
import { serverEndpoints } from './servers/server-endpoints.ts'
import { settingsEndpoints } from './servers/settings/settings-endpoints.ts'
import { SettingsWatch } from './servers/settings-watch.ts'
import { createWorkshop, type SteamPatience } from './workshop/create-workshop.ts'

/** What a test may want otherwise. */
export interface DomainOptions {
  /** Milliseconds that a started server gets to answer. */
  readonly readyDeadline?: number
  readonly pace?: MonitorPace
  readonly installation?: CreateInstallationOptions
  /** How long Steam's Web API is waited for. */
  readonly steam?: SteamPatience
  /** Bytes that builds and uploads leave free on the disk. */
  readonly diskReserve?: number
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
  const machine = new HostWatch({ host, hub, live, log, version, publicAddress: config.publicAddress })
  const usage = new UsageWatch({ host, live, log })
  const settingsWatch = new SettingsWatch({ directory, live, settings, log })
  const power = new Power({ host, directory, live, jobs })
  const installation = createInstallation(
    { config, db, host, jobs, hub, log, live, directory, power },
    options.installation,
  )
  const boot = new BootPolicy({ host, directory, log })
  const ports = new PortAllocator({ range: config.portRange, directory, probe })
  const commands = new ConsoleCommands({ directory, live })
  const indexes = new LayerIndexes({ store: () => host.overlays })
  const content = {
    stacks: new ServerStacks({ overlays, blueprints }),
    indexes,
    installation: new InstallationContent({ host }),
    files: (id: number) => host.files(id),
  }
  const shelf = new CampaignShelf({ overlays, indexes, log })
  const workshop = createWorkshop({
    config,
    db,
    jobs,
    overlays,
    log,
    ...(options.steam ? { patience: options.steam } : {}),
  })

  const overlayFeature = createOverlays({
    db,
    host,
    jobs,
    hub,
    log,
    overlays,
    blueprints,
    directory,
    live,
    indexes,
    resolveItems: workshop.resolveItems,
    onLayersChanged: () => settingsWatch.checkAll(),
    ...(options.diskReserve === undefined ? {} : { diskReserve: options.diskReserve }),
  })

  const bringUp = {
    host,
    directory,
    live,
    settings,
    probe,
    boot,
    readyDeadline: options.readyDeadline ?? readyDeadline,
  }

  return {
    endpoints: {
      ...serverEndpoints({ host, directory, live, jobs, power, ports, blueprints, overlays }),
      ...settingsEndpoints,
      ...consoleEndpoints({
        host,
        directory,
        live,
        power,
        commands,
        refuseUnknownMap: (record, command) => refuseUnknownMap({ host, live, content }, record, command),
      }),
      ...blueprintEndpoints({ db, blueprints, overlays, onChange: () => settingsWatch.checkAll(), log }),
      ...overlayFeature.endpoints,
      ...installation.endpoints,
      ...hostEndpoints({ host, directory, jobs, machine, usage }),
      ...fileEndpoints({ directory, live, host, content, overlays }),
      ...contentEndpoints({ directory, live, host, content, shelf }),
      ...workshop.endpoints,
      ...endpoints({
        getUsage: async ({ params }) => ({ usage: await usage.current(power.record(params.id).id) }),
      }),
    },

    jobDefinitions: {
      ...workshop.jobDefinitions({
        newestRevisions: ids => overlayFeature.revisions.newest(ids),
        requestBuild: id => overlayFeature.builds.requestForOwner(id),
      }),
      ...powerJobs(bringUp),
      ...installation.jobDefinitions(bringUp),
      ...overlayFeature.jobDefinitions,
      'instance-stop': instanceStop({ host, live }),
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
      simulated: () => live.surroundings.simulated,
      *usages() {
        for (const { id, usage: used } of usage.all()) {
          const record = directory.get(id)
          if (record !== null) yield { server: { id, name: record.name }, usage: used }
        }
      },
      withoutSecrets: (id, text) =>
        directory.get(id) === null ? text : withoutSecret(text, directory.rconPassword(id)),
    },

    load: () => directory.load(),

    async start() {
      await ensureDefaultBlueprint(blueprints)
      await directory.load()
      await overlayFeature.start()
      await live.start(await earlierLife(db))
      await installation.start()
      await machine.start()
      settingsWatch.start()
      boot.start()
      usage.start()
      workshop.start()
    },

    async stop() {
      await overlayFeature.stop()
      workshop.stop()
      usage.stop()
      await boot.stop()
      await settingsWatch.stop()
      machine.stop()
      await installation.stop()
      await live.stop()
    },
  }
}
