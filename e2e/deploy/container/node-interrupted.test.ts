import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Node, Report } from '../../../packages/converge/src/index.ts'
import { generator } from '../../../packages/converge/src/node/test-node.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { runCommand } from '../../host/support/run-command.ts'
import { waitFor } from '../../support/wait-for.ts'
import { useNodeBed } from '../support/node-bed.ts'
import type { Order } from '../support/node-controller.ts'

const runs = 20
const program = join(import.meta.dirname, '../support/node-controller.ts')

/** What somebody changes in the node's metadata: many items, and reactions to most of them. */
function wishes(run: number): Record<string, number> {
  return { web_threads: 8 + run, job_worker_threads: 1 + (run % 7), port_range_end: 27_100 + run }
}

describeWith(['root'], 'a deployment of left4me that is interrupted', () => {
  const host = useNodeBed()

  test(`by kill -9 or a lost connection at any of ${runs} random points is completed by the next one, and no reaction is lost`, {
    timeout: 3_600_000,
  }, async () => {
    const random = generator(6_2026)
    const steps = await interrupted(1, 'controller', { line: Number.POSITIVE_INFINITY, ms: 0 })
    expect(steps).toBeGreaterThan(5)
    let cut = 0
    // On a quick machine it has often ended before it is to be cut: then there are more of them.
    for (let run = 2; run < runs + 2 || cut < runs / 2; run++) {
      const how = random() < 0.5 ? 'controller' : 'connection'
      // Before the first line come the questions, between two lines what takes a while.
      const at = { line: Math.floor(random() * steps), ms: Math.floor(random() * 400) }
      const where = `run ${run}: ${how} ${at.ms} ms after line ${at.line} of ${steps}`
      if ((await interrupted(run, how, at)) < steps) cut++
      const report = await applyWhenFree(host().node(wishes(run)))
      expect(report, where).toMatchObject({ exitCode: 0, pending: [], counts: { failed: 0, skipped: 0 } })
      expect(await whatRuns(), where).toEqual(wishes(run))
      expect(await host().verify(host().node(wishes(run))), where).toMatchObject({ exitCode: 0 })
    }
  })

  /** What was sent to a shell before the connection was lost may be run, under the lock, only now. */
  async function applyWhenFree(node: Node): Promise<Report> {
    return await waitFor('the lock is free', async () => {
      const report = await host().apply(node)
      return report.error?.code === 'locked' ? null : report
    })
  }

  /**
   * Deploys `wishes(run)` and ends it a moment after it has said so many lines. Resolves to how many it said, when nobody
   * is at work on the bed any more.
   */
  async function interrupted(
    run: number,
    how: 'controller' | 'connection',
    at: { readonly line: number; readonly ms: number },
  ): Promise<number> {
    const order: Order = {
      sshConfig: host().bed.sshConfig,
      checkout: host().checkout,
      metadata: host().bed.metadata,
      left4me: wishes(run),
    }
    const child = spawn(process.execPath, [program, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    })
    const ended = once(child, 'exit')
    const end = async (): Promise<void> => {
      await delay(at.ms)
      if (how === 'controller') child.kill('SIGKILL')
      else await dropConnection(child)
    }
    let count = 0
    let cut = at.line === 0 ? end() : null
    for await (const _line of createInterface({ input: child.stdout })) {
      count++
      if (count === at.line) cut = end()
    }
    await cut
    await ended
    // What was cut off ends what it is at, and its lock goes with it.
    await host().bed.container.succeed('flock /var/lib/left4me-apply/lock true', { timeoutMs: 900_000 })
    return count
  }

  /** As the running processes and the kernel have it, whatever files say. */
  async function whatRuns(): Promise<Record<string, number>> {
    const text = await host().bed.container.succeed(`
      tr '\\0' '\\n' </proc/$(systemctl show --property=MainPID --value left4me-web.service)/environ |
        grep -E '^(UV_THREADPOOL_SIZE|JOB_WORKER_THREADS)=' | sort
      nft list table inet host_firewall | grep -oE '27015-[0-9]+ accept' | head -n 1`)
    const [jobs, threads, end] = text.split('\n').map(line => Number(/(\d+)(?: accept)?$/.exec(line)?.[1]))
    return { web_threads: threads ?? 0, job_worker_threads: jobs ?? 0, port_range_end: end ?? 0 }
  }
})

/** Ends what carries the connection between ssh here and sshd there, and neither of them. */
async function dropConnection(controller: ChildProcess): Promise<void> {
  const [ssh = 0] = await childrenOf(controller.pid ?? 0)
  // They may have ended by themselves meanwhile.
  await runCommand(['kill', '-KILL', ...(await childrenOf(ssh)).map(String)])
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.split(' ').filter(Boolean).map(Number)
}
