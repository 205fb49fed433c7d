import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Container } from '../../e2e/host/support/container.ts'
import { type Benchmark, type Figure, NotRunnable } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import { openBenchContainer } from './bench-container.ts'
import { measureTool } from './measure-tool.ts'
import type { Run } from './measured-run.ts'
import { left4me, otherTools, type Tool } from './tools.ts'

const rounds = 3
const tools = [left4me, ...otherTools]

export const deploy: Benchmark = {
  name: 'deploy',
  title: 'applying 60 items over ssh, first and again: left4me’s engine, BundleWrap, Ansible',
  async run({ signal, say, profileFolder }) {
    if (process.getuid?.() !== 0)
      throw new NotRunnable('a container with systemd needs root: run it as root on Debian')
    await using container = await openBenchContainer()
    signal.addEventListener('abort', () => void container[Symbol.asyncDispose](), { once: true })
    // What a tool makes once and keeps (compiled Python, compiled TypeScript) is made before.
    for (const tool of tools) await measureTool(container, tool)
    const measured = new Map<Tool, { first: Run; again: Run }[]>(tools.map(tool => [tool, []]))
    const connections: number[] = []
    for (let round = 1; round <= rounds; round += 1) {
      connections.push(await connectionSeconds(container))
      for (const tool of tools) {
        signal.throwIfAborted()
        say(`deploy: ${tool.name}, round ${round} of ${rounds}`)
        measured.get(tool)?.push(await measureTool(container, tool))
      }
    }
    if (profileFolder !== null) await profile(container, profileFolder)
    const values = (tool: Tool, key: 'first' | 'again', what: keyof Run) =>
      (measured.get(tool) ?? []).map(run => run[key][what])
    return {
      samples: [
        ...tools.flatMap(tool => [
          { name: `${tool.name}, first`, unit: 'ms' as const, values: values(tool, 'first', 'milliseconds') },
          { name: `${tool.name}, again`, unit: 'ms' as const, values: values(tool, 'again', 'milliseconds') },
        ]),
        { name: 'ssh target true', unit: 'ms', values: connections },
      ],
      figures: [
        ...tools.flatMap((tool): Figure[] => {
          const own = tool === left4me
          const figure = (key: 'first' | 'again', what: keyof Run) => median(values(tool, key, what))
          return [
            {
              name: `${tool.name}, first`,
              unit: 'ms',
              value: figure('first', 'milliseconds'),
              aim: own ? { atMost: 1000 } : null,
            },
            {
              name: `${tool.name}, again, nothing to change`,
              unit: 'ms',
              value: figure('again', 'milliseconds'),
              aim: own ? { atMost: 500 } : null,
            },
            {
              name: `${tool.name}, its CPU time, again`,
              unit: 'ms',
              value: figure('again', 'cpuMilliseconds'),
              aim: null,
            },
            {
              name: `${tool.name}, its largest process`,
              unit: 'MB',
              value: Math.max(...values(tool, 'first', 'megabytes')),
              aim: own ? { atMost: 100 } : null,
            },
          ]
        }),
        { name: 'ssh target true', unit: 'ms', value: median(connections), aim: null },
      ],
      notes: [
        `medians of ${rounds} rounds, the tools in turns; controller and target are one container, between them is sshd`,
        'BundleWrap and Ansible as Debian 13 has them, each with one shared connection, Ansible with pipelining',
        'CPU time is the controller’s, without what the target does',
      ],
    }
  },
}

async function connectionSeconds(container: Container): Promise<number> {
  const printed = await container.succeed(
    "python3 -c \"import subprocess, time; a = time.monotonic(); subprocess.run(['ssh', 'target', 'true'], check=True); print((time.monotonic() - a) * 1000)\"",
  )
  return Number(printed)
}

/** One more run of ours, again, whose CPU profile goes into `folder`. */
async function profile(container: Container, folder: string): Promise<void> {
  const [node = '', ...words] = left4me.command
  const inside = '/root/profile'
  await measureTool(container, {
    ...left4me,
    command: [node, '--cpu-prof', `--cpu-prof-dir=${inside}`, ...words],
  })
  await mkdir(folder, { recursive: true })
  await cp(join(container.folder, 'upper', inside), join(folder, 'deploy'), { recursive: true })
}
