import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

export const run = promisify(execFile)

/** ms on the clock that systemd gives times by: CLOCK_MONOTONIC. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export async function systemctl(...words: string[]): Promise<string> {
  return (await run('/usr/bin/systemctl', words)).stdout.trim()
}

/** One of a unit's times, for example `ActiveEnterTimestampMonotonic`, ms as `monotonic` gives them. */
export async function timeOf(unit: string, property: string): Promise<number> {
  return Number(await systemctl('show', `--property=${property}`, '--value', unit)) / 1000
}

/** How long a command takes from being asked for to its end, ms. Rejects when it fails. */
export async function timed(
  command: readonly string[],
  user: { uid: number; gid: number } | null,
): Promise<number> {
  const [program = '', ...words] = command
  const begin = performance.now()
  const child = execFile(program, words, { ...user, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' } })
  const [code] = await once(child, 'exit')
  const took = performance.now() - begin
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${String(code)}`)
  return took
}

/** Pids of a unit's processes. */
export async function processesOf(unit: string): Promise<number[]> {
  const group = await systemctl('show', '--property=ControlGroup', '--value', unit)
  if (group === '') return []
  return readFileSync(`/sys/fs/cgroup${group}/cgroup.procs`, 'latin1').split('\n').filter(Boolean).map(Number)
}
