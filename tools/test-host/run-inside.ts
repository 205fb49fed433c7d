import { openContainer } from '../../e2e/host/support/container.ts'
import { installSimulatedGame } from '../../e2e/host/support/simulated-game.ts'
import type { Counts } from '../test-reporter.ts'
import { runVitest } from './run-vitest.ts'

/** A crash is answered at once instead of after five seconds: it is the order of things that these suites look at. */
const quickRestarts = `[Service]
RestartSec=100ms
RestartMaxDelaySec=400ms
`

const countsFile = '/tmp/counts.json'

/** Runs e2e/host/inside in a container of its own, as the service user. */
export async function runInside(
  vitestArguments: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Counts> {
  await using container = await openContainer()
  await installSimulatedGame(container)
  await container.write('/etc/systemd/system/left4me-server@.service.d/50-test-timings.conf', quickRestarts)
  await container.succeed('systemctl daemon-reload')
  const source = '/opt/left4me/src'
  const command = container.commandLine(
    [
      ...['/usr/local/lib/left4me/node/bin/node', `${source}/node_modules/vitest/vitest.mjs`, 'run'],
      ...['--config', `${source}/e2e/host/inside/vitest.config.ts`],
      ...vitestArguments,
    ],
    {
      user: 'left4me',
      // Vitest keeps a secret of its own below XDG_DATA_HOME.
      environment: { ...variables, LEFT4ME_TEST_COUNTS: countsFile, XDG_DATA_HOME: '/tmp' },
    },
  )
  return await runVitest(command, { PATH: process.env['PATH'] }, () => container.succeed(`cat ${countsFile}`))
}
