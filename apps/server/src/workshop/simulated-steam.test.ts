import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SteamWebApi } from '@left4me/protocols/client'
import { afterEach, describe, expect, test } from 'vitest'
import { readConfig } from '../config/read-config.ts'
import { quietLog } from '../testing/quiet-log.ts'
import { type SteamToUse, steamFor } from './simulated-steam.ts'

const started: SteamToUse[] = []
afterEach(async () => {
  for (const steam of started.splice(0)) await steam[Symbol.asyncDispose]()
})

async function use(change: { simulated?: boolean; url?: string | null }): Promise<SteamToUse> {
  const config = readConfig({ LEFT4ME_ROOT: '/nowhere', LEFT4ME_SIMULATOR: '1' })
  const steam = await steamFor(
    {
      ...config,
      simulated: change.simulated ?? true,
      steamWebApi: { key: null, url: change.url ?? null },
    },
    quietLog,
  )
  started.push(steam)
  return steam
}

const titleOf = async (url: string | null) => {
  const api = new SteamWebApi({ baseUrl: url ?? '', attempts: 12, backoffMs: 50, timeoutMs: 5000 })
  const [file] = await api.publishedFiles(['3405000001'])
  return file?.found === true ? file.title : null
}

describe('the simulated Steam Web API', () => {
  test('runs on this machine where the game is simulated and no Web API is named', async () => {
    const { config } = await use({})
    expect(config.steamWebApi.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await titleOf(config.steamWebApi.url)).toMatch(/simulated/i)
  })

  test('doesn’t run beside the real game, nor beside a Web API that is named', async () => {
    expect((await use({ simulated: false })).config.steamWebApi.url).toBeNull()
    expect((await use({ url: 'http://127.0.0.1:9' })).config.steamWebApi.url).toBe('http://127.0.0.1:9')
  })

  test('ends with what uses it', async () => {
    const { config } = await use({})
    await titleOf(config.steamWebApi.url)
    await started.pop()?.[Symbol.asyncDispose]()
    await expect(fetch(config.steamWebApi.url ?? '')).rejects.toThrow()
  })
})

describe('a process that uses it', () => {
  const script = (path: string) => `
    import { SimulatedSteam } from ${JSON.stringify(path)}
    const steam = new SimulatedSteam(0, { warn() { console.log('again') } })
    steam.start()
    const first = steam.pid
    process.on('SIGUSR2', () => {
      process.kill(first, 'SIGKILL')
      const look = setInterval(() => {
        if (steam.pid === null || steam.pid === first) return
        clearInterval(look)
        console.log(steam.pid)
      }, 20)
    })
    setInterval(() => {}, 1000)
    // Last: whoever reads this may send the signal.
    console.log(first)
  `
  /** A process that nobody has waited for yet is as good as gone. */
  const alive = (pid: number) => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    } catch {
      return false
    }
  }

  test('starts it again when it dies, and takes it along when it is killed itself', async () => {
    const module = fileURLToPath(new URL('./simulated-steam.ts', import.meta.url))
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script(module)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines: string[] = []
    const until = async (count: number) => {
      while (lines.length < count) await once(child.stdout, 'data')
    }
    child.stdout.on('data', text => lines.push(...String(text).trim().split('\n')))
    await until(1)
    const first = Number(lines[0])
    expect(alive(first)).toBe(true)
    child.kill('SIGUSR2')
    await until(3)
    expect(lines[1]).toBe('again')
    const second = Number(lines[2])
    expect([alive(first), second !== first, alive(second)]).toEqual([false, true, true])
    child.kill('SIGKILL')
    await once(child, 'exit')
    while (alive(second)) await new Promise(resolve => setTimeout(resolve, 20))
  })
})
