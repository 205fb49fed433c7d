import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeAbandonedBeds } from '../support/bed-folders.ts'
import { cacheFolder } from '../support/cache-folder.ts'
import { type Container, openContainer } from '../support/container.ts'
import { runCommand } from '../support/run-command.ts'
import { installSimulatedGame } from '../support/simulated-game.ts'

const containerModule = join(import.meta.dirname, '../support/container.ts')

describe('a container', () => {
  let bed: Container

  beforeAll(async () => {
    bed = await openContainer()
  })

  afterAll(async () => {
    await bed[Symbol.asyncDispose]()
  })

  it('is a Debian 13 whose systemd started everything', async () => {
    expect(await bed.succeed('. /etc/os-release; echo $ID $VERSION_ID; systemctl is-system-running')).toBe(
      'debian 13\nrunning',
    )
  })

  it('has what left4me brings, and nothing of it is the service user’s to change', async () => {
    const writable = await bed.succeed(
      `runuser -u left4me -- find -L /etc /usr/local /opt/left4me/src/deploy -writable -not -type c 2>/dev/null || true`,
    )
    expect(writable).toBe('')
    await bed.succeed(`systemd-analyze verify left4me-server@1.service left4me-web.service
      runuser -u left4me -- sudo --non-interactive /usr/local/libexec/left4me/left4me-systemctl show 1
      /usr/local/lib/left4me/node/bin/node --version`)
  })

  it('tells code, output and errors of a script apart, and reads its input', async () => {
    expect(await bed.run('cat; echo wrong >&2; exit 3', { input: 'given' })).toEqual({
      code: 3,
      stdout: 'given',
      stderr: 'wrong\n',
    })
  })

  it('runs a script as the service user', async () => {
    expect(await bed.succeed('id --user --name; id --groups --name', { user: 'left4me' })).toBe(
      'left4me\nleft4me',
    )
  })

  it('rejects a script that fails in its midst, with what it said', async () => {
    await expect(bed.succeed('echo before; false; echo after')).rejects.toThrow(/stdout: before\n\nstderr/)
  })

  it('ends a script that takes too long, with all that it started', async () => {
    await expect(bed.run('sleep 4711 & sleep 4711', { timeoutMs: 200 })).rejects.toThrow('not finished')
    // Killed, and gone once the kernel has seen to it.
    await expect.poll(async () => (await bed.run('pgrep -f "^sleep 4711"')).code).toBe(1)
  })

  it('has a 32-bit userland', async () => {
    expect(await bed.succeed(`luajit -e 'print(require("ffi").abi("32bit"))'`)).toBe('true')
  })

  it('runs the simulated game where only its installation is', async () => {
    await installSimulatedGame(bed)
    const { stdout } = await bed.run(
      `cd /var/lib/left4me/installation
      unshare --mount sh -c 'mount -t tmpfs none /opt; mount -t tmpfs none /usr/local/lib/left4me
      exec setpriv --reuid=left4me --regid=left4me --clear-groups timeout --signal=INT 60 ./srcds_run -norestart -ip 127.0.0.1 -port 27015 -simulate-boot-ms 0' |
      sed '/Simulated srcds: ready/q'`,
    )
    expect(stdout).toContain('Simulated srcds: ready')
  })

  it('keeps its files through a reboot', async () => {
    await bed.write('/var/lib/left4me/kept', 'kept', 0o640)
    const before = await bed.succeed('cat /proc/sys/kernel/random/boot_id')
    await bed.reboot()
    expect(await bed.succeed('stat -c %a /var/lib/left4me/kept; cat /var/lib/left4me/kept')).toBe('640\nkept')
    expect(await bed.succeed('cat /proc/sys/kernel/random/boot_id')).not.toBe(before)
  })
})

describe('the end of a container', () => {
  it('leaves neither process nor mount nor folder', async () => {
    const bed = await openContainer({ bare: true })
    const { leader, folder } = bed
    await bed[Symbol.asyncDispose]()
    expect(existsSync(`/proc/${leader}`)).toBe(false)
    expect(existsSync(folder)).toBe(false)
    expect(await mountsBelow(folder)).toBe('')
  })

  it('leaves no process when its runner is killed, and the next run removes its folder', async () => {
    const script = `const { openContainer } = await import(${JSON.stringify(containerModule)})
      const { leader, folder } = await openContainer({ bare: true })
      console.log(JSON.stringify({ leader, folder }))
      setInterval(() => undefined, 1000)`
    const runner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(runner, 'exit')
    const [line] = await once(runner.stdout.setEncoding('utf8'), 'data')
    const { leader, folder } = JSON.parse(String(line))
    // Once it is killed, whoever opens a bed beside this test may be the one who removes it.
    expect(existsSync(`/proc/${leader}`)).toBe(true)
    expect(existsSync(folder)).toBe(true)
    runner.kill('SIGKILL')
    expect(await ended).toEqual([null, 'SIGKILL'])
    await expect.poll(() => existsSync(`/proc/${leader}`)).toBe(false)
    await removeAbandonedBeds()
    expect(existsSync(folder)).toBe(false)
    expect(await mountsBelow(folder)).toBe('')
  })

  it('does not touch the beds of another run', async () => {
    await using bed = await openContainer({ bare: true })
    await removeAbandonedBeds()
    expect(await bed.succeed('echo still here')).toBe('still here')
    expect(readdirSync(join(cacheFolder, 'up')).length).toBeGreaterThan(0)
  })
})

async function mountsBelow(folder: string): Promise<string> {
  return (await runCommand(['grep', '--no-messages', '--fixed-strings', '--', folder, '/proc/mounts'])).stdout
}
