import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { derivedPorts, serviceUserId } from '@left4me/host'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Config, formatListen } from './config.ts'
import { ConfigError, type Environment, readConfig } from './read-config.ts'
import { loadSecretKey } from './secret-key.ts'

let folder: string
let steamcmd: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'left4me-config-'))
  steamcmd = join(folder, 'steamcmd.sh')
  writeFileSync(steamcmd, '#!/bin/sh\n')
  chmodSync(steamcmd, 0o755)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const secret = '0123456789abcdef0123456789abcdef'
const production = () => ({
  LEFT4ME_HOST_DRIVER: 'systemd',
  LEFT4ME_ROOT: '/var/lib/left4me',
  SECRET_KEY: secret,
  LEFT4ME_STEAMCMD: steamcmd,
})

const onHost = { LEFT4ME_HOST_DRIVER: 'systemd', LEFT4ME_ROOT: '/var/lib/left4me' }

describe('readConfig', () => {
  test('needs nothing in the embedded mode and keeps its data with the user', () => {
    const config = readConfig({ HOME: '/home/zoey' })
    expect(config).toMatchObject({
      root: '/home/zoey/.local/share/left4me',
      databasePath: '/home/zoey/.local/share/left4me/data/left4me.db',
      listen: { host: '127.0.0.1', port: 8000 },
      hostDriver: 'process',
      simulated: true,
      secretKey: null,
      portRange: { start: 27015, end: 27115 },
      jobWorkers: 4,
      sessionCookieSecure: false,
      proxySecret: null,
      publicAddress: null,
      readOnlyWhile: null,
    })
    expect(config.steamcmd).toMatch(/packages\/simulator\/bin\/steamcmd$/)
  })

  test.each([
    [{ XDG_DATA_HOME: '/data', HOME: '/home/zoey' }, '/data/left4me'],
    [{ XDG_DATA_HOME: 'relative', HOME: '/home/zoey' }, '/home/zoey/.local/share/left4me'],
    [{ XDG_DATA_HOME: '/data', LEFT4ME_ROOT: '/srv/left4me/' }, '/srv/left4me'],
    [{ LEFT4ME_ROOT: '', HOME: '/home/zoey' }, '/home/zoey/.local/share/left4me'],
  ])('finds the data directory from %j', (environment, root) => {
    expect(readConfig(environment).root).toBe(root)
  })

  test('takes all that production sets', () => {
    const environment = {
      ...production(),
      LEFT4ME_LISTEN: '[::1]:0',
      DATABASE_URL: 'sqlite:/var/lib/left4me/data/other.db',
      LEFT4ME_PORT_RANGE_START: '28000',
      LEFT4ME_PORT_RANGE_END: '28010',
      JOB_WORKER_THREADS: '2',
      STEAM_WEB_API_KEY: 'ABCDEF',
      STEAM_WEB_API_URL: 'https://steam.example/',
      LOG_LISTENER_ADDR: '192.0.2.1:27500',
      LOG_LISTENER_BIND: '0.0.0.0:27500',
      LEFT4ME_PROXY_SECRET: 'fedcba9876543210fedcba9876543210',
      LEFT4ME_PUBLIC_ADDRESS: 'games.example.org',
      LEFT4ME_READ_ONLY_WHILE: '/var/lib/left4me/app/unproven',
      LEFT4ME_LOG_LEVEL: 'info',
      NOTIFY_SOCKET: '/run/systemd/notify',
      WATCHDOG_USEC: '60000000',
      WATCHDOG_PID: String(process.pid),
    }
    const config = readConfig(environment, serviceUserId)
    expect(config).toEqual({
      root: '/var/lib/left4me',
      listen: { host: '::1', port: 0 },
      databasePath: '/var/lib/left4me/data/other.db',
      secretKey: secret,
      hostDriver: 'systemd',
      steamcmd,
      simulated: false,
      portRange: { start: 28000, end: 28010 },
      jobWorkers: 2,
      steamWebApi: { key: 'ABCDEF', url: 'https://steam.example/' },
      logListener: {
        address: { host: '192.0.2.1', port: 27500 },
        bind: { host: '0.0.0.0', port: 27500 },
      },
      sessionCookieSecure: true,
      proxySecret: 'fedcba9876543210fedcba9876543210',
      publicAddress: 'games.example.org',
      readOnlyWhile: '/var/lib/left4me/app/unproven',
      service: { notifySocket: '/run/systemd/notify', watchdogMs: 60_000 },
      logLevel: 'info',
    } satisfies Config)
    expect(formatListen(config.listen)).toBe('[::1]:0')
  })

  test.each<[Environment, boolean]>([
    [{}, true],
    [{ LEFT4ME_SIMULATOR: '1' }, true],
    [{ LEFT4ME_SIMULATOR: '1', LEFT4ME_STEAMCMD: '/nowhere' }, true],
    [{ LEFT4ME_STEAMCMD: 'STEAMCMD' }, false],
    [{ LEFT4ME_SIMULATOR: '0', LEFT4ME_STEAMCMD: 'STEAMCMD' }, false],
  ])('with %j, that the game is simulated is %j', (environment, simulated) => {
    const given = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value === 'STEAMCMD' ? steamcmd : value]),
    )
    expect(readConfig({ HOME: '/home/zoey', ...given }).simulated).toBe(simulated)
  })

  test.each<[string, Environment, string]>([
    [
      'LEFT4ME_HOST_DRIVER',
      { LEFT4ME_HOST_DRIVER: 'docker' },
      'LEFT4ME_HOST_DRIVER is "docker": use process or systemd.',
    ],
    ['LEFT4ME_ROOT', { LEFT4ME_ROOT: 'data' }, 'LEFT4ME_ROOT is "data": use an absolute path.'],
    [
      'LEFT4ME_LISTEN',
      { LEFT4ME_LISTEN: '8000' },
      'LEFT4ME_LISTEN is "8000": use ADDRESS:PORT, for example 127.0.0.1:8000 or [::1]:8000.',
    ],
    [
      'LEFT4ME_LISTEN',
      { LEFT4ME_LISTEN: '127.0.0.1:70000' },
      'LEFT4ME_LISTEN has the port 70000, beyond 65535',
    ],
    ['LEFT4ME_LISTEN', { LEFT4ME_LISTEN: '127.0.0.300:80' }, 'LEFT4ME_LISTEN is "127.0.0.300:80"'],
    [
      'DATABASE_URL',
      { DATABASE_URL: 'postgres://localhost/left4me' },
      'DATABASE_URL is "postgres://localhost/left4me": use sqlite:PATH',
    ],
    ['DATABASE_URL', { DATABASE_URL: 'sqlite::memory:' }, 'DATABASE_URL names ":memory:", which is no file'],
    ['SECRET_KEY', { SECRET_KEY: 'short' }, 'SECRET_KEY has only 5 characters'],
    ['SECRET_KEY', { SECRET_KEY: 'a'.repeat(64) }, 'SECRET_KEY is not random'],
    ['LEFT4ME_PROXY_SECRET', { LEFT4ME_PROXY_SECRET: 'short' }, 'LEFT4ME_PROXY_SECRET has only 5 characters'],
    ['LEFT4ME_SIMULATOR', { LEFT4ME_SIMULATOR: 'maybe' }, 'LEFT4ME_SIMULATOR is "maybe": use 1 or 0.'],
    [
      'LEFT4ME_STEAMCMD',
      { LEFT4ME_SIMULATOR: '0' },
      'LEFT4ME_STEAMCMD is missing while LEFT4ME_SIMULATOR=0 forbids the simulated game',
    ],
    [
      'LEFT4ME_STEAMCMD',
      { LEFT4ME_STEAMCMD: '/nowhere/steamcmd' },
      'LEFT4ME_STEAMCMD is "/nowhere/steamcmd", which is no program that can be run',
    ],
    [
      'LEFT4ME_STEAMCMD',
      { LEFT4ME_STEAMCMD: '/tmp' },
      'LEFT4ME_STEAMCMD is "/tmp", which is no program that can be run',
    ],
    [
      'LEFT4ME_PORT_RANGE_START',
      { LEFT4ME_PORT_RANGE_START: '80' },
      'LEFT4ME_PORT_RANGE_START is "80": use a whole number from 1024 to 65535.',
    ],
    ['LEFT4ME_PORT_RANGE_END', { LEFT4ME_PORT_RANGE_END: '1e4' }, 'LEFT4ME_PORT_RANGE_END is "1e4"'],
    [
      'LEFT4ME_PORT_RANGE_START..END',
      { LEFT4ME_PORT_RANGE_START: '28000' },
      'LEFT4ME_PORT_RANGE_START..END begins at 28000, after its end 27115',
    ],
    [
      'LEFT4ME_PORT_RANGE_START..END',
      { LEFT4ME_PORT_RANGE_START: '65000', LEFT4ME_PORT_RANGE_END: '65100' },
      'would reach 68100, beyond 65535',
    ],
    [
      'LEFT4ME_PORT_RANGE_START..END',
      { LEFT4ME_PORT_RANGE_START: '20000', LEFT4ME_PORT_RANGE_END: '21000' },
      'holds 1001 ports',
    ],
    [
      'JOB_WORKER_THREADS',
      { JOB_WORKER_THREADS: '0' },
      'JOB_WORKER_THREADS is "0": use a whole number from 1 to 64.',
    ],
    ['STEAM_WEB_API_KEY', { STEAM_WEB_API_KEY: 'a b' }, 'STEAM_WEB_API_KEY holds blanks'],
    ['STEAM_WEB_API_URL', { STEAM_WEB_API_URL: 'ftp://x' }, 'STEAM_WEB_API_URL is "ftp://x"'],
    ['LOG_LISTENER_ADDR', { LOG_LISTENER_ADDR: 'x' }, 'LOG_LISTENER_ADDR is "x"'],
    ['SESSION_COOKIE_SECURE', { SESSION_COOKIE_SECURE: '2' }, 'SESSION_COOKIE_SECURE is "2": use 1 or 0.'],
    [
      'LEFT4ME_PUBLIC_ADDRESS',
      { LEFT4ME_PUBLIC_ADDRESS: 'games.example.org:27015' },
      'LEFT4ME_PUBLIC_ADDRESS is "games.example.org:27015"',
    ],
    [
      'LEFT4ME_PUBLIC_ADDRESS',
      { LEFT4ME_PUBLIC_ADDRESS: '256.1.1.1' },
      'LEFT4ME_PUBLIC_ADDRESS is "256.1.1.1"',
    ],
    [
      'LEFT4ME_LOG_LEVEL',
      { LEFT4ME_LOG_LEVEL: 'loud' },
      'LEFT4ME_LOG_LEVEL is "loud": use one of error, warn, info, debug.',
    ],
    [
      'SECRET_KEY',
      { ...onHost, LEFT4ME_SIMULATOR: '1' },
      'SECRET_KEY is missing: set at least 32 random characters',
    ],
    [
      'LEFT4ME_ROOT',
      { LEFT4ME_HOST_DRIVER: 'systemd' },
      'LEFT4ME_ROOT is missing: the units of a host know no other data directory than /var/lib/left4me.',
    ],
    [
      'LEFT4ME_ROOT',
      { LEFT4ME_HOST_DRIVER: 'systemd', LEFT4ME_ROOT: '/srv/left4me' },
      'LEFT4ME_ROOT is "/srv/left4me": the units of a host know no other data directory than /var/lib/left4me.',
    ],
    ['LEFT4ME_STEAMCMD', onHost, 'LEFT4ME_STEAMCMD is missing: name steamcmd'],
    [
      'LEFT4ME_STEAMCMD',
      { ...onHost, LEFT4ME_STEAMCMD: '/var/lib/left4me/steam/nothing.sh' },
      'LEFT4ME_STEAMCMD is "/var/lib/left4me/steam/nothing.sh", which is no program that can be run',
    ],
    ['WATCHDOG_USEC', { WATCHDOG_USEC: 'soon' }, 'WATCHDOG_USEC is "soon": use a whole number'],
  ])('refuses %s of %j with one line that names it', (variable, environment, message) => {
    const read = () => readConfig({ HOME: '/home/zoey', ...environment }, serviceUserId)
    expect(read).toThrow(
      expect.objectContaining({ name: 'ConfigError', code: 'bad-configuration', variable }),
    )
    expect(read).toThrow(message)
  })

  test.each([0, 1000])('refuses to be a host’s application as user %i', userId => {
    expect(() => readConfig(production(), userId)).toThrow(
      `LEFT4ME_HOST_DRIVER is "systemd", but this runs as user ${userId} rather than as left4me (980): use`,
    )
    expect(readConfig({ HOME: '/home/zoey' }, userId).hostDriver).toBe('process')
  })

  test('owes no signs of life that another process was asked for', () => {
    const environment = { HOME: '/home/zoey', WATCHDOG_USEC: '60000000', WATCHDOG_PID: '1' }
    expect(readConfig(environment).service.watchdogMs).toBeNull()
  })

  test('answers any text in any variable with a config or a one-line ConfigError', () => {
    const names = [
      'LEFT4ME_LISTEN',
      'DATABASE_URL',
      'LEFT4ME_ROOT',
      'SECRET_KEY',
      'LEFT4ME_PUBLIC_ADDRESS',
      'JOB_WORKER_THREADS',
      'STEAM_WEB_API_URL',
      'LEFT4ME_STEAMCMD',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 300 }), (name, value) => {
        try {
          readConfig({ HOME: '/home/zoey', [name]: value })
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError)
          expect(String(error)).not.toMatch(/[\n\r\0]/)
        }
      }),
    )
  })
})

test('no two servers of a range take the same port in any role', () => {
  const taken = new Set<number>()
  for (let port = 27015; port <= 27115; port += 1) {
    for (const each of [port, ...Object.values(derivedPorts(port))]) {
      expect(taken).not.toContain(each)
      taken.add(each)
    }
  }
})

describe('loadSecretKey', () => {
  const config = (root: string) => readConfig({ LEFT4ME_ROOT: root })

  test('makes a key once, which only its owner may read', () => {
    const root = join(folder, 'embedded')
    const first = loadSecretKey(config(root))
    const file = join(root, 'data/secret.key')
    expect(first).toHaveLength(32)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(loadSecretKey(config(root))).toEqual(first)
    expect(loadSecretKey(config(join(folder, 'another')))).not.toEqual(first)
  })

  test('refuses a damaged key file rather than working with an empty key', () => {
    const root = join(folder, 'damaged')
    loadSecretKey(config(root))
    writeFileSync(join(root, 'data/secret.key'), '\n')
    expect(() => loadSecretKey(config(root))).toThrow(/secret\.key, which is damaged: delete that file/)
    expect(readFileSync(join(root, 'data/secret.key'), 'utf8')).toBe('\n')
  })

  test('prefers SECRET_KEY and makes no file then', () => {
    const root = join(folder, 'given')
    expect(loadSecretKey({ ...config(root), secretKey: secret }).toString()).toBe(secret)
    expect(() => statSync(root)).toThrow(/ENOENT/)
  })
})
