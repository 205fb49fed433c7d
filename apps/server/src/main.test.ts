import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let root: string
const processes: ChildProcess[] = []
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'left4me-main-'))
})
afterEach(async () => {
  for (const child of processes.splice(0)) await end(child, 'SIGKILL')
  for (let pids = processesNaming(root); pids.length > 0; pids = processesNaming(root)) {
    for (const pid of pids) endIfThere(pid)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  rmSync(root, { recursive: true, force: true })
})

function endIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The supervisor outlives the web application on purpose; a test must not leave it behind. */
function processesNaming(text: string): number[] {
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return []
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text) ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

interface Started {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
}

function run(environment: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      PATH: process.env['PATH'],
      HOME: root,
      LEFT4ME_ROOT: root,
      LEFT4ME_LISTEN: '127.0.0.1:0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  processes.push(child)
  const [stdout, stderr] = [child.stdout, child.stderr].map(stream => {
    let text = ''
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    return () => text
  })
  return { child, stdout: stdout ?? String, stderr: stderr ?? String }
}

async function started(environment?: Record<string, string>): Promise<Started & { url: string }> {
  const program = run(environment)
  for (;;) {
    const url = /^listening on (http:\/\/\S+)\n(?:.*\n)?$/m.exec(program.stdout())?.[1]
    if (url !== undefined) return { ...program, url }
    if (program.child.exitCode !== null) throw new Error(program.stderr())
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function failed(
  environment?: Record<string, string>,
): Promise<{ code: number | null; stderr: string }> {
  const program = run(environment)
  await once(program.child, 'close')
  return { code: program.child.exitCode, stderr: program.stderr() }
}

describe('the web application as a process', () => {
  test('prints where it listens and how to set it up, answers, and ends by SIGTERM with exit code 0', async () => {
    const { child, url, stdout, stderr } = await started()
    while (!stdout().includes('set up: ')) await new Promise(resolve => setTimeout(resolve, 10))
    expect(stdout()).toMatch(new RegExp(`^listening on ${url}\nset up: ${url}/set-up#[\\w-]{43}\n$`))
    expect((await fetch(`${url}/health`)).status).toBe(200)
    await end(child, 'SIGTERM')
    expect({ code: child.exitCode, stderr: stderr() }).toEqual({ code: 0, stderr: '' })
  })

  test('ends by Ctrl-C although a browser keeps its connection open', async () => {
    const { child, url } = await started()
    const keptAlive = await fetch(`${url}/health`, { headers: { connection: 'keep-alive' } })
    await keptAlive.text()
    await end(child, 'SIGINT')
    expect(child.exitCode).toBe(0)
  })

  test('refuses to be the second on one data directory, with one sentence', async () => {
    await started()
    expect(await failed()).toEqual({
      code: 1,
      stderr: `left4me: Another left4me uses ${root} already: stop it first, or set LEFT4ME_ROOT to another directory.\n`,
    })
  })

  test('starts again after kill -9, with the same secret key', async () => {
    const first = await started()
    while (!first.stdout().includes('set up: ')) await new Promise(resolve => setTimeout(resolve, 10))
    const token = /#(\S+)\n/.exec(first.stdout())?.[1]
    const made = await fetch(`${first.url}/api/v1/set-up`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, username: 'louis', password: 'correct horse' }),
    })
    const cookie = made.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    await end(first.child, 'SIGKILL')
    const second = await started()
    const me = await fetch(`${second.url}/api/v1/me`, { headers: { cookie } })
    expect(await me.json()).toMatchObject({ username: 'louis', role: 'admin' })
    expect(second.stdout()).not.toContain('set up')
  })

  test.each<[Record<string, string>, string]>([
    [{ LEFT4ME_LISTEN: 'nonsense' }, 'left4me: LEFT4ME_LISTEN is "nonsense": use ADDRESS:PORT'],
    [
      { LEFT4ME_LISTEN: '192.0.2.1:8000' },
      'left4me: LEFT4ME_LISTEN is 192.0.2.1:8000, but this machine has no such address',
    ],
    [
      { LEFT4ME_ROOT: '/dev/null/left4me' },
      "left4me: LEFT4ME_ROOT is /dev/null/left4me, which can't be used",
    ],
    [{ DATABASE_URL: 'sqlite:/proc/version' }, "left4me: The database /proc/version can't be used"],
  ])('stops with one line for %j', async (environment, line) => {
    const { code, stderr } = await failed(environment)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^[^\n]+\n$/)
    expect(stderr).toContain(line)
  })

  test('stops with one line when something else has its port', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : 0
    const { code, stderr } = await failed({ LEFT4ME_LISTEN: `127.0.0.1:${port}` })
    expect(code).toBe(1)
    expect(stderr).toBe(
      `left4me: LEFT4ME_LISTEN is 127.0.0.1:${port}, but something else listens there already: stop that, or choose another port.\n`,
    )
    other.close()
  })
})
