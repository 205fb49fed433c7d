import { pino } from 'pino'
import type { Config } from './config/config.ts'
import { createDomain } from './create-domain.ts'
import { createHost } from './create-host.ts'
import { ServiceNotices } from './service-notices.ts'
import { startServer } from './start-server.ts'
import { steamFor } from './workshop/simulated-steam.ts'

/**
 * Runs the web application until SIGTERM or SIGINT. Prints where it listens, and the set-up link while nobody has an
 * account; logs to stderr. Game servers go on running when it ends. A second signal, a second later or more, ends it at
 * once.
 */
export async function serve(given: Config): Promise<void> {
  const log = pino({ level: given.logLevel, base: null }, pino.destination({ dest: 2, sync: true }))
  await using steam = await steamFor(given, log)
  const { config } = steam
  const server = await startServer({ config, log, createHost, createDomain })
  // Who reads that it listens may end it at once.
  const ended = nextSignal()
  process.stdout.write(`listening on ${server.url}\n`)
  if (server.setUpUrl !== null) process.stdout.write(`set up: ${server.setUpUrl}\n`)
  const notices = new ServiceNotices({ service: config.service, log })
  notices.ready()
  const signal = await ended
  notices.stop()
  log.info(`${signal}: stopping; game servers go on`)
  endAtSecondSignal()
  await server[Symbol.asyncDispose]()
}

const signals = ['SIGTERM', 'SIGINT'] as const

/** Ctrl-C reaches this process twice below `npm start`: from the terminal, and from npm, which passes it on. */
function endAtSecondSignal(): void {
  const firstAt = performance.now()
  for (const name of signals) {
    process.on(name, () => {
      if (performance.now() - firstAt > 1000) process.exit(130)
    })
  }
}

function nextSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  const heard = (signal: NodeJS.Signals) => {
    for (const name of signals) process.off(name, heard)
    resolve(signal)
  }
  for (const name of signals) process.on(name, heard)
  return promise
}
