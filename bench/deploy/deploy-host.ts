import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DeployBed, openDeployBed } from '../../e2e/deploy/support/deploy-bed.ts'
import { commandOutput } from '../../e2e/host/support/run-command.ts'
import { repository } from '../../tools/bootstrap/repository.mjs'
import { type Benchmark, NotRunnable } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import { parseMeasured, type Run } from './measured-run.ts'

const rounds = 5
const program = join(repository, 'apps/cli/bin/left4me-deploy.mjs')

export const deployHost: Benchmark = {
  name: 'deploy-host',
  title:
    'left4me-deploy apply of a whole host over ssh: from a bare Debian 13 with its packages, and with nothing to change',
  async run({ signal, say, profileFolder }) {
    if (process.getuid?.() !== 0)
      throw new NotRunnable('a container with systemd needs root: run it as root on Debian')
    await using bed = await openDeployBed()
    signal.addEventListener('abort', () => void bed[Symbol.asyncDispose](), { once: true })
    const folder = await mkdtemp(join(tmpdir(), 'left4me-bench-'))
    try {
      await writeNode(bed, folder)
      say('deploy-host: the first apply')
      const first = await apply(folder, /^host: \d+ ok, [1-9]\d* fixed, 0 skipped, 0 failed$/m)
      const again: Run[] = []
      for (let round = 0; round < rounds; round += 1) {
        signal.throwIfAborted()
        again.push(await apply(folder, /^host: \d+ ok, 0 fixed, 0 skipped, 0 failed$/m))
      }
      if (profileFolder !== null) {
        await mkdir(profileFolder, { recursive: true })
        await apply(folder, /0 failed$/m, ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`])
      }
      const times = again.map(run => run.milliseconds)
      return {
        samples: [{ name: 'nothing to change', unit: 'ms', values: times }],
        figures: [
          { name: 'the first apply', unit: 'ms', value: first.milliseconds, aim: null },
          { name: 'nothing to change', unit: 'ms', value: median(times), aim: { atMost: 1500 } },
          {
            name: 'CPU time of that on the controller',
            unit: 'ms',
            value: median(again.map(run => run.cpuMilliseconds)),
            aim: null,
          },
          {
            name: 'largest process of that',
            unit: 'MB',
            value: Math.max(...again.map(run => run.megabytes)),
            aim: { atMost: 100 },
          },
          { name: 'largest process of the first', unit: 'MB', value: first.megabytes, aim: { atMost: 100 } },
        ],
        notes: [
          'the first apply builds the application, with npm packages from a folder; what it fetches once for all hosts (Node, npm) may be in it',
        ],
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function writeNode(bed: DeployBed, folder: string): Promise<void> {
  const definition = {
    metadata: {
      left4me: { domain: 'l4d2.example.org', ...bed.metadata },
      letsencrypt: { enabled: false },
    },
    connection: { kind: 'ssh', host: 'target', configuration: bed.sshConfig },
  }
  await writeFile(join(folder, 'host.ts'), `export default ${JSON.stringify(definition)}\n`)
}

async function apply(folder: string, expected: RegExp, options: readonly string[] = []): Promise<Run> {
  const printed = join(folder, 'printed')
  const measured = await commandOutput(
    [
      ...['python3', join(import.meta.dirname, 'measure.py'), printed],
      ...[process.execPath, ...options, program, 'apply', 'host', '--nodes', folder],
    ],
    {
      timeoutMs: 20 * 60_000,
      environment: {
        HOME: process.env['HOME'] ?? '/root',
        LEFT4ME_DEPLOY_KEY_FILE: join(folder, 'deploy.key'),
      },
    },
  )
  return await parseMeasured(measured, printed, expected)
}
