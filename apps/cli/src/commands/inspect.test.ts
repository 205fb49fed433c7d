import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../testing/run-cli.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'left4me-inspect-'))
})

afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

/** A version 1 VPK with one file, `addoninfo.txt`, in it. */
function smallVpk(addonInfo: string): Uint8Array {
  const body = Buffer.from(addonInfo)
  const entry = Buffer.alloc(18)
  entry.writeUInt16LE(0x7fff, 6)
  entry.writeUInt32LE(body.length, 12)
  entry.writeUInt16LE(0xffff, 16)
  const tree = Buffer.concat([Buffer.from('txt\0 \0addoninfo\0'), entry, Buffer.from('\0\0\0')])
  const header = Buffer.alloc(12)
  header.writeUInt32LE(0x55aa_1234, 0)
  header.writeUInt32LE(1, 4)
  header.writeUInt32LE(tree.length, 8)
  return Buffer.concat([header, tree, body])
}

const status = `hostname: fixture
version : 2.2.4.3 10097 secure  (unknown)
udp/ip  : 192.0.2.1:27015 [ public n/a ]
os      : Linux Dedicated
map     : c2m1_highway
players : 1 humans, 0 bots (4 max) (not hibernating) (unreserved)

# userid name uniqueid connected ping loss state rate adr
#  2 1 "guest" STEAM_1:0:1000 00:48 29 0 active 100000 198.51.100.85:27005
#end
`

const whole: Record<string, { content: string | Uint8Array; found: unknown }> = {
  vpk: {
    content: smallVpk('"AddonInfo" { "addontitle" "A campaign" }'),
    found: { version: 1, files: 1, info: { title: 'A campaign' }, entries: [{ path: 'addoninfo.txt' }] },
  },
  keyvalues: { content: '"a" { "b" "1" "b" "2" }', found: { pairs: [{ key: 'a' }] } },
  mission: {
    content: '"mission" { "Name" "Short" "modes" { "coop" { "1" { "Map" "short1" } } } }',
    found: { name: 'Short', modes: [{ mode: 'coop', chapters: [{ map: 'short1' }] }] },
  },
  status: { content: status, found: { map: 'c2m1_highway', humans: 1, players: [{ name: 'guest' }] } },
  log: {
    content: 'L 11/22/2026 - 20:00:00: Loading map "c1m1_hotel"\n',
    found: { lines: [{ event: { kind: 'map-loading', map: 'c1m1_hotel' } }] },
  },
  steamcmd: {
    content: "Loading Steam API...OK\nSuccess! App '222860' already up to date.\n",
    found: { result: { succeeded: true, upToDate: true } },
  },
}

const broken: Record<string, string> = {
  vpk: 'PK\u0003\u0004 a renamed archive',
  keyvalues: '"a" { "b" ',
  mission: '"other" { }',
  status: status.replace('#end\n', ''),
  log: 'nothing that a server writes\n',
  steamcmd: 'nothing that steamcmd writes\n',
}

describe('left4me inspect', () => {
  it.for(Object.entries(whole))('reads a %s file', async ([kind, { content, found }]) => {
    const path = await file(`whole-${kind}`, content)
    const { exitCode, stdout, stderr } = await runCli(['inspect', kind, path, '--json'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject(found as object)
    expect((await runCli(['inspect', kind, path])).stdout).not.toBe('')
  })

  it.for(Object.entries(broken))(
    'says in one line what is wrong with a broken %s file',
    async ([kind, text]) => {
      const path = await file(`broken-${kind}`, text)
      const { exitCode, stdout, stderr } = await runCli(['inspect', kind, path, '--json'])
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(stderr).toMatch(/^left4me: [^\n]+\n$/)
      expect(stderr).toContain(path)
    },
  )

  it('refuses a kind that it does not know, and names those that it does', async () => {
    const { exitCode, stderr } = await runCli(['inspect', 'demo', 'x'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('vpk, keyvalues, mission, status, log, steamcmd')
  })

  it('does not wait for a FIFO that nobody writes to', async () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    const { exitCode, stderr } = await runCli(['inspect', 'log', path])
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `left4me: ${path} is no regular file\n` })
  })

  it('shows hostile text without what the terminal would obey', async () => {
    const path = await file('hostile', 'L 11/22/2026 - 20:00:00: \u001b[2Jwiped\n')
    const { stdout } = await runCli(['inspect', 'log', path])
    expect(stdout).toContain('\u{fffd}[2Jwiped')
  })
})
