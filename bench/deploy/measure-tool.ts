import type { Container } from '../../e2e/host/support/container.ts'
import { repositoryInside } from './bench-container.ts'
import { type Run, readMeasured } from './measured-run.ts'
import type { Tool } from './tools.ts'

const reset = `
  pkill -x ssh || true
  rm -rf /srv/bench /var/lib/left4me-apply /root/.ansible /root/.ssh/shared-*
  userdel benchu 2>/dev/null || true
  groupdel benchg 2>/dev/null || true
  mkdir -p /srv/bench`

/** All that the workload makes, with what would tell that it was made again. */
const state = "find /srv/bench -printf '%P %y %m %u %g %l %T@\\n' | sort"

/** Applies the workload to a fresh target, and again. Throws when what came of it isn't the workload. */
export async function measureTool(container: Container, tool: Tool): Promise<{ first: Run; again: Run }> {
  await container.succeed(reset)
  const first = await measure(container, tool)
  const made = await container.succeed(state)
  const files = made.split('\n').filter(line => /^d\d\d\/f\d\d\.conf f 640 benchu benchg /.test(line))
  const links = made.split('\n').filter(line => /^d\d\d\/link l /.test(line))
  const touched = made.split('\n').filter(line => /^(stamp|reloaded)-\d f /.test(line))
  if (files.length !== 20 || links.length !== 10 || touched.length !== 8)
    throw new Error(`${tool.name} made something else than the workload:\n${made}`)
  const again = await measure(container, tool)
  if ((await container.succeed(state)) !== made)
    throw new Error(`${tool.name} changed something when there was nothing to change`)
  return { first, again }
}

async function measure(container: Container, { name, command, environment }: Tool): Promise<Run> {
  const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
  const words = [
    ...['env', ...Object.entries(environment).map(([variable, value]) => `${variable}=${value}`)],
    ...['python3', `${repositoryInside}/bench/deploy/measure.py`, '/root/printed', ...command],
  ]
  const run = readMeasured(
    await container.succeed(`cd /root && HOME=/root ${words.map(quoted).join(' ')}`, { timeoutMs: 600_000 }),
  )
  if (run === null)
    throw new Error(`${name} failed: ${await container.succeed('tail -c 3000 /root/printed')}`)
  return run
}
