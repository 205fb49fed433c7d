import { type RouteName, serverStates } from '@left4me/contract'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { LiveState } from '../domain.ts'
import { endpoints, type SignedIn } from '../http/endpoints.ts'
import { registerUsageMetrics } from './usage-metrics.ts'

/** Sees every server, and is nobody. */
const observer: SignedIn = {
  userId: 0,
  username: 'metrics',
  role: 'admin',
  mayBringCode: false,
  by: { kind: 'token', id: 0 },
}

export interface MetricsSources {
  readonly live: Pick<LiveState, 'servers' | 'usages'>
  readonly jobs: { counts(): { queued: number; running: number } }
  readonly streams: { readonly size: number }
}

/** Numbers for Prometheus, read when they are asked for. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Histogram({
    name: 'left4me_http_request_duration_seconds',
    help: 'Time from a request to its answer, by route and status',
    labelNames: ['route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.#registry],
  })
  readonly #jobsEnded = new Counter({
    name: 'left4me_jobs_ended_total',
    help: 'Jobs that have ended since the start, by kind and state',
    labelNames: ['kind', 'state'],
    registers: [this.#registry],
  })

  /** Begins to observe the process and what is given. */
  start({ live, jobs, streams }: MetricsSources): void {
    const registers = [this.#registry]
    // Milliseconds: a timer that short, 10 by default, takes most of an idle process's time.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 100 })
    registerUsageMetrics(this.#registry, live)
    new Gauge({
      name: 'left4me_players',
      help: 'Players on all servers',
      registers,
      async collect() {
        const servers = await live.servers(observer)
        this.set(servers.reduce((sum, server) => sum + server.players, 0))
      },
    })
    new Gauge({
      name: 'left4me_servers',
      help: 'Servers by state',
      labelNames: ['state'],
      registers,
      async collect() {
        const servers = await live.servers(observer)
        for (const state of serverStates) {
          this.set({ state }, servers.filter(server => server.state === state).length)
        }
      },
    })
    new Gauge({
      name: 'left4me_jobs',
      help: 'Jobs that have yet to end, by state',
      labelNames: ['state'],
      registers,
      collect() {
        const { queued, running } = jobs.counts()
        this.set({ state: 'queued' }, queued)
        this.set({ state: 'running' }, running)
      },
    })
    new Gauge({
      name: 'left4me_event_streams',
      help: 'Open streams of server-sent events',
      registers,
      collect() {
        this.set(streams.size)
      },
    })
  }

  answered(answer: { readonly route: RouteName; readonly status: number; readonly seconds: number }): void {
    this.#requests.observe({ route: answer.route, status: String(answer.status) }, answer.seconds)
  }

  jobEnded(job: { readonly kind: string; readonly state: string }): void {
    this.#jobsEnded.inc({ kind: job.kind, state: job.state })
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  endpoints() {
    return endpoints({
      metrics: ({ reply }) => {
        // https://prometheus.io/docs/instrumenting/exposition_formats/
        reply.type('text/plain; version=0.0.4; charset=utf-8')
        return this.text()
      },
    })
  }
}
