import { parseConfiguration } from './configuration.ts'
import { Supervisor } from './supervisor.ts'

// Started by guard.sh with the configuration as its argument, or with --warm-up, which only fills the compile cache.
const argument = process.argv[2]
if (argument !== undefined && argument !== '--warm-up') {
  process.umask(0o077)
  // The log may lie on a disk that is full: that must not end it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const configuration = parseConfiguration(argument)
  const supervisor = new Supervisor(configuration, leave)
  let leaving = false

  function leave(): void {
    if (leaving) return
    leaving = true
    void supervisor.stop().finally(() => process.exit(0))
  }

  process.on('SIGTERM', leave)
  process.on('SIGINT', leave)
  process.on('SIGHUP', () => undefined)
  await supervisor.start()
}
