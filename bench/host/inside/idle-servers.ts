import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { ApiClient } from '../../../e2e/support/api-client.ts'
import { cpuSecondsOf } from '../../processes/usage.ts'
import type { Measured } from '../measured.ts'
import { runServer, unitsOf } from './servers.ts'
import { processesOf } from './systemd.ts'

export const serverCount = 50
const batch = 4
/** What follows from their starts is over by then. */
const settleMs = 30_000
const measuredMs = 30_000

export async function measureIdle(api: ApiClient): Promise<Measured['idle']> {
  const servers = []
  for (let first = 0; first < serverCount; first += batch) {
    const names = Array.from(
      { length: Math.min(batch, serverCount - first) },
      (_, index) => `idle ${first + index}`,
    )
    servers.push(...(await Promise.all(names.map(name => runServer(api, name)))))
    process.stderr.write(`${servers.length} of ${serverCount} servers run\n`)
  }
  await delay(settleMs)
  const pids = {
    web: await processesOf('left4me-web.service').then(all => all.filter(pid => !isJournalctl(pid))),
    journalctl: allPids().filter(isJournalctl),
    journald: await processesOf('systemd-journald@left4me.service'),
    servers: (await Promise.all(servers.map(server => processesOf(unitsOf(server).server)))).flat(),
  }
  const read = () => Object.fromEntries(Object.entries(pids).map(([name, list]) => [name, total(list)]))
  const before = read()
  const begin = performance.now()
  await delay(measuredMs)
  const after = read()
  const seconds = (performance.now() - begin) / 1000
  const share = (name: keyof typeof pids) => ((after[name] ?? 0) - (before[name] ?? 0)) / seconds
  return {
    web: share('web'),
    journalctl: share('journalctl'),
    journald: share('journald'),
    servers: share('servers'),
  }
}

function total(pids: readonly number[]): number {
  return pids.reduce((seconds, pid) => seconds + cpuSecondsOf(pid), 0)
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
}

/** Readers of servers' consoles, which stay in the web application's control group. */
function isJournalctl(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(
      '/usr/bin/journalctl\0--namespace=left4me',
    )
  } catch {
    return false
  }
}
