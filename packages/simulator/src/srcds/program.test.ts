import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binFolder, Program } from '../testing/program.ts'
import { infoRequest, RawQuery } from '../testing/raw-query.ts'

let folder = ''
let tree = ''
/** For who has to have the same one twice: below those that the kernel gives away (ip(7), ip_local_port_range). */
const ownPort = 14_000 + (process.pid % 1000)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-program-'))
  for (const platform of ['windows', 'linux']) {
    execFileSync(
      join(binFolder, 'steamcmd'),
      `+force_install_dir ${folder}/first +login anonymous +@sSteamCmdForcePlatformType ${platform} +app_update 222860 +quit`.split(
        ' ',
      ),
      { env: { HOME: folder, LEFT4ME_SIMULATOR_SWITCHES: '-simulate-duration-ms 0' } },
    )
  }
  // Installations are built beside and renamed, and servers run in mounts of them.
  tree = join(folder, 'it’s a "tree"')
  renameSync(join(folder, 'first'), tree)
  writeFileSync(
    join(tree, 'left4dead2/cfg/server.cfg'),
    'log on\nhostname "from the tree"\nrcon_password pw\n',
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

function run(...more: string[]): Program {
  const own = ['-game', 'left4dead2', '-console', '-strictportbind', '-ip', '127.0.0.1', '-port', '0']
  const quick = ['-simulate-boot-ms', '0', '-simulate-players', '0']
  // An environment without Node, from a working directory that isn't the tree.
  return new Program(join(tree, 'srcds_run'), [...own, ...quick, ...more], { env: { PATH: '/usr/bin:/bin' } })
}

/** A client of the program that was started last. */
async function clientOf(program: Program): Promise<RawQuery> {
  await program.until(/ ports \d+ SV /)
  return await RawQuery.open({
    host: '127.0.0.1',
    port: Number(/ ports (\d+) SV /.exec(program.output)?.[1]),
  })
}

const ready = /Simulated srcds: ready \d+ ms after its process started\./

describe('an installed srcds_run', () => {
  it('runs from wherever its tree is, reads its server.cfg, answers, and ends by quit on its input', async () => {
    await using program = run('-norestart', '+map', 'c2m1_highway')
    await program.until(ready)
    await using client = await clientOf(program)
    expect(await client.exchange(infoRequest)).toHaveLength(9)
    program.type('status')
    await program.until('#end\n')
    expect(program.output).toContain('hostname: from the tree\n')
    expect(program.output).toContain('map     : c2m1_highway\n')
    program.type('quit')
    expect(await program.exited).toEqual({ code: 0, signal: null })
    const logs = readdirSync(join(tree, 'left4dead2/logs'))
    const texts = logs.map(name => readFileSync(join(tree, 'left4dead2/logs', name), 'utf8'))
    expect(texts.join('')).toContain('Started map "c2m1_highway"')
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends by %s', async signal => {
    await using program = run('-norestart', '-port', String(ownPort))
    await program.until(ready)
    program.signal(signal)
    await program.exited
    await using again = run('-norestart', '-port', String(ownPort))
    await again.until(ready)
  })

  it('starts its engine again by itself, also after an exit code of 0', async () => {
    await using program = run('-timeout', '1', '-simulate-crash', 'exit')
    await program.until(ready)
    expect(program.output).toContain('Server will auto-restart if there is a crash.\n')
    program.output = ''
    program.type('crash')
    await program.until(/: Server restart in 1 seconds\n[\s\S]*ready \d+ ms/)
  })

  it('waits ten seconds unless it is told otherwise', async () => {
    await using program = run('-simulate-crash', 'exit-1', '-simulate-crash-after-ms', '0')
    await program.until(/: Server restart in 10 seconds\n/)
    expect(program.output).toMatch(/Add "-debug" to the .*srcds_run command line to generate a debug\.log/)
  })

  it('says once that the engine was killed, and does not restart it with -norestart', async () => {
    await using program = run('-norestart')
    await program.until(ready)
    program.type('crash')
    expect(await program.exited).toEqual({ code: 0, signal: null })
    expect(program.output.match(/Segmentation fault/g)).toEqual(['Segmentation fault'])
    expect(program.output).toContain('\nSegmentation fault (core dumped)\n')
    expect(program.output).not.toContain('Server restart')
    expect(readdirSync(tree).filter(name => name.startsWith('core'))).toEqual([])
  })

  it('prints the same with -debug, and the line about the mail', async () => {
    await using program = run(
      '-norestart',
      '-debug',
      '-simulate-crash',
      'minidump',
      '-simulate-crash-after-ms',
      '0',
    )
    await program.exited
    expect(program.output).toContain('Enabling debug mode\n')
    expect(program.output).toContain('Wrote minidump to: /tmp/dumps/')
    expect(program.output).toContain('email debug.log to linux@valvesoftware.com\n')
  })

  it('hangs so that SIGINT does nothing and SIGTERM ends it', async () => {
    await using program = run('-norestart')
    await program.until(ready)
    program.type('simulate_hang')
    await using client = await clientOf(program)
    await expect.poll(() => client.exchange(infoRequest, 200)).toBeNull()
    const engine = childOf(program.pid)
    process.kill(engine, 'SIGINT')
    expect(await client.exchange(infoRequest, 200)).toBeNull()
    expect(isAlive(engine)).toBe(true)
    process.kill(engine, 'SIGTERM')
    await program.exited
    expect(isAlive(engine)).toBe(false)
  })

  it('survives everything but SIGKILL when told to', async () => {
    await using program = run('-norestart', '-simulate-ignore-signals')
    await program.until(ready)
    const engine = childOf(program.pid)
    program.type('quit')
    process.kill(engine, 'SIGINT')
    process.kill(engine, 'SIGTERM')
    program.type('echo still here')
    await program.until('still here')
    process.kill(engine, 'SIGKILL')
    await program.exited
    expect(program.output).toContain('Killed\n')
  })

  it('stays at “Server is hibernating” without valve.rc', async () => {
    const script = join(tree, 'left4dead2/cfg/valve.rc')
    renameSync(script, `${script}.away`)
    try {
      await using program = run('-norestart', '-port', String(ownPort))
      await program.until('Server is hibernating\n')
      await using client = await RawQuery.open({ host: '127.0.0.1', port: ownPort })
      expect(await client.exchange(infoRequest, 300)).toBeNull()
      expect(program.output).not.toMatch(ready)
    } finally {
      renameSync(`${script}.away`, script)
    }
  })

  it('runs under a terminal, where what is typed is read', async () => {
    const line = `'${tree.replaceAll("'", "'\\''")}/srcds_run' -norestart -ip 127.0.0.1 -port 0 -simulate-players 0`
    await using program = new Program('script', ['-qfec', line, '/dev/null'])
    await program.until(ready)
    program.type('echo by hand')
    await program.until(/by hand \r\n/)
    program.type('quit')
    expect((await program.exited).code).toBe(0)
  })

  it('refuses a switch that does not exist, by name', async () => {
    await using program = run('-norestart', '-simulate-nonsense')
    await program.exited
    expect(program.output).toContain('there is no switch -simulate-nonsense\n')
  })
})

/** The process that a shell script waits for. */
function childOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return Number(children[0])
}

function isAlive(pid: number): boolean {
  try {
    // A zombie is none.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
