import { contentDownload } from './content-download/content-download.ts'
import { contentLayers } from './content-layers/content-layers.ts'
import { contentPublish } from './content-publish/content-publish.ts'
import { deploy } from './deploy/deploy.ts'
import { deployHost } from './deploy/deploy-host.ts'
import type { Benchmark } from './harness/benchmark.ts'
import { host } from './host/host.ts'
import { hostNetwork } from './host-network/host-network.ts'
import { logLatency } from './live/log-latency.ts'
import { a2sPoller } from './protocols/a2s/a2s-poller.ts'
import { contentConflicts } from './protocols/content/content-conflicts.ts'
import { contentProvenance } from './protocols/content/content-provenance.ts'
import { keyValues } from './protocols/keyvalues/keyvalues.ts'
import { logParse } from './protocols/logs/log-parse.ts'
import { rcon } from './protocols/rcon/rcon.ts'
import { vpkList } from './protocols/vpk/vpk-list.ts'
import { createToJoinable } from './servers/create-to-joinable.ts'
import { listServers } from './servers/list-servers.ts'
import { secondServerDisk } from './servers/second-server-disk.ts'
import { firstPage } from './web/first-page.ts'
import { webIdleMemory } from './web/idle-memory.ts'

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  createToJoinable,
  secondServerDisk,
  webIdleMemory,
  listServers,
  logLatency,
  firstPage,
  host,
  hostNetwork,
  deploy,
  deployHost,
  a2sPoller,
  rcon,
  logParse,
  keyValues,
  vpkList,
  contentConflicts,
  contentProvenance,
  contentDownload,
  contentPublish,
  contentLayers,
]
