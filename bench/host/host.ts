import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Container, openContainer } from '../../e2e/host/support/container.ts'
import { installSimulatedGame } from '../../e2e/host/support/simulated-game.ts'
import { repository } from '../../tools/bootstrap/repository.mjs'
import { type Benchmark, type BenchmarkContext, NotRunnable } from '../harness/benchmark.ts'
import { median, quantile } from '../harness/statistics.ts'
import { serverCount } from './inside/idle-servers.ts'
import type { Measured } from './measured.ts'

const admin = { username: 'bench', password: 'correct horse battery staple' } as const
const program = fileURLToPath(new URL('./inside/main.ts', import.meta.url))
const url = 'http://127.0.0.1:8000'

export const host: Benchmark = {
  name: 'host',
  title: 'the systemd driver and the web application of a Debian 13 host, in a container',
  async run(context) {
    if (process.getuid?.() !== 0)
      throw new NotRunnable('a container with systemd needs root: run it as root on Debian')
    await using container = await openContainer()
    context.signal.addEventListener('abort', () => void container[Symbol.asyncDispose](), { once: true })
    await installSimulatedGame(container)
    await startWeb(container)
    const { helper, start, stateChange, lines, idle } = await measureInside(container, context)
    const beyond = median(start.api) - median(start.systemctl)
    return {
      samples: [
        { name: 'helper by sudo', unit: 'ms', values: helper.helper },
        { name: 'systemctl show', unit: 'ms', values: helper.directly },
        { name: 'POST start to the unit being active', unit: 'ms', values: start.api },
        { name: 'systemctl start to the unit being active', unit: 'ms', values: start.systemctl },
        { name: 'unit changed to SSE', unit: 'ms', values: stateChange },
        { name: 'line printed to SSE', unit: 'ms', values: lines.steady },
        { name: 'line printed to SSE, nobody woken up', unit: 'ms', values: lines.unwoken },
        { name: 'line printed to a pipe', unit: 'ms', values: lines.pipe },
        { name: '10,000 lines at once', unit: 'ms', values: lines.burst },
      ],
      figures: [
        {
          name: 'POST start to the unit being active',
          unit: 'ms',
          value: median(start.api),
          aim: { atMost: 150 },
        },
        { name: 'plain systemctl start of its units', unit: 'ms', value: median(start.systemctl), aim: null },
        { name: 'POST start beyond that', unit: 'ms', value: beyond, aim: null },
        { name: 'helper call with sudo', unit: 'ms', value: median(helper.helper), aim: { atMost: 60 } },
        { name: 'plain systemctl show', unit: 'ms', value: median(helper.directly), aim: null },
        { name: 'unit changed to SSE, p50', unit: 'ms', value: median(stateChange), aim: { atMost: 20 } },
        { name: 'unit changed to SSE, p90', unit: 'ms', value: quantile(stateChange, 0.9), aim: null },
        { name: 'line printed to SSE, p50', unit: 'ms', value: median(lines.steady), aim: { atMost: 15 } },
        {
          name: 'line printed to SSE, p99',
          unit: 'ms',
          value: quantile(lines.steady, 0.99),
          aim: { atMost: 50 },
        },
        { name: 'the same, nobody woken up, p50', unit: 'ms', value: median(lines.unwoken), aim: null },
        {
          name: 'waking readers up, times sooner',
          unit: 'times',
          value: median(lines.unwoken) / median(lines.steady),
          aim: null,
        },
        { name: 'line printed to a pipe, p50', unit: 'ms', value: median(lines.pipe), aim: null },
        { name: 'line printed to a pipe, p99', unit: 'ms', value: quantile(lines.pipe, 0.99), aim: null },
        { name: '10,000 lines at once, all received', unit: 'ms', value: lines.burstDuration, aim: null },
        {
          name: 'lines lost, doubled or out of order',
          unit: 'count',
          value: lines.faults,
          aim: { atMost: 0 },
        },
        {
          name: `web process with ${serverCount} idle servers`,
          unit: '%',
          value: idle.web * 100,
          aim: { atMost: 1 },
        },
        { name: 'their journalctl processes', unit: '%', value: idle.journalctl * 100, aim: null },
        { name: 'their journald', unit: '%', value: idle.journald * 100, aim: null },
        { name: 'the simulated games themselves', unit: '%', value: idle.servers * 100, aim: null },
      ],
      notes: [
        'medians unless told; a unit is active when the game was executed: its own boot is in neither start',
        'start and plain start, helper and plain call in turns; lines and pipe at the same time, in whole milliseconds',
        'shares are of one core; a container has no cgroup controllers, so nothing is pinned or weighted',
      ],
    }
  },
}

async function startWeb(container: Container): Promise<void> {
  await container.succeed(
    `systemctl start left4me-web.service
    until bash -c 'exec 3<>/dev/tcp/127.0.0.1/8000' 2>/dev/null; do sleep 0.1; done
    LEFT4ME_ADMIN_PASSWORD='${admin.password}' left4me create-user ${admin.username} --admin`,
  )
}

async function measureInside(container: Container, { say, signal }: BenchmarkContext): Promise<Measured> {
  const [enter = '', ...words] = container.commandLine([
    '/usr/local/lib/left4me/node/bin/node',
    join('/opt/left4me/src', relative(repository, program)),
    ...[url, admin.username, admin.password],
  ])
  const child = spawn(enter, words, { stdio: ['ignore', 'pipe', 'pipe'], signal })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (said: string) => {
    complaint = (complaint + said).slice(-4000)
    for (const line of said.split('\n').filter(Boolean)) say(`host: ${line}`)
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (code !== 0) throw new Error(`measuring in the container ended with ${String(code)}: ${complaint}`)
  return JSON.parse(output) as Measured
}
