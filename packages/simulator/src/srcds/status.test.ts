import { describe, expect, it } from 'vitest'
import { startSimulatedServer } from '../start-servers.ts'
import { connectedTime, statusText } from './status.ts'

describe('status', () => {
  it('of an empty server is its header and nobody', async () => {
    await using server = await startSimulatedServer({
      files: { 'cfg/server.cfg': 'hostname "Größe"\n' },
      commandLine: ['+map', 'c2m1_highway', '-insecure'],
    })
    expect(statusText(server.game)).toBe(`hostname: Größe
version : 2.2.4.3 10097 insecure  (simulated)
udp/ip  : 127.0.0.1:${server.port} [ public n/a ]
os      : Linux Dedicated
map     : c2m1_highway
players : 0 humans, 0 bots (4 max) (hibernating) (unreserved)

# userid name uniqueid connected ping loss state rate adr
#end
`)
  })

  it('has rows of humans and bots as the engine writes them, and says 0 bots all the same', async () => {
    await using server = await startSimulatedServer({ switches: { lobby: true, seed: 3 } })
    server.game.population.join()
    server.game.population.join('connecting')
    const lines = statusText(server.game).split('\n')
    expect(lines).toContain('players : 2 humans, 0 bots (4 max) (not hibernating) (reserved 186000000d26f34)')
    const rows = lines.filter(line => /^#(?! userid)[ \d]/.test(line))
    expect(rows[0]).toMatch(
      /^# {2}2 1 "[^"]+" STEAM_1:[01]:\d+ 00:\d\d \d+ \d+ active \d+ (198\.51\.100|203\.0\.113)\.\d+:\d+$/,
    )
    expect(rows.slice(2)).toEqual([
      '# 3 "Nick" BOT active',
      '# 4 "Rochelle" BOT active',
      '# 5 "Coach" BOT active',
    ])
    expect(rows[1]).toMatch(/^# {2}6 2 "[^"]+" STEAM_ID_PENDING 00:\d\d \d+ \d+ connecting \d+ /)
  })

  it('can be cut before its end, and can have foreign lines in between', async () => {
    await using server = await startSimulatedServer({ switches: { 'status-cut': true } })
    server.game.population.join()
    expect(statusText(server.game)).not.toContain('#end')
    server.game.switches['status-cut'] = false
    server.game.switches['status-noise'] = true
    const noisy = statusText(server.game)
    expect(noisy).toContain('[META] Loaded 2 plugins.\n')
    expect(noisy).toMatch(/\nL \d\d\/.*"sm_noise" = "1"\n\[SM\] /)
    expect(noisy.endsWith('#end\n')).toBe(true)
  })

  it('prints names that imitate it as they are', async () => {
    await using server = await startSimulatedServer({
      switches: { names: 'hostile', seed: 1 },
      files: { 'cfg/server.cfg': 'sv_maxplayers 12\nhostname "map     : fake"\n' },
    })
    for (let round = 0; round < 12; round += 1) server.game.population.join()
    const text = statusText(server.game)
    expect(text).toContain('hostname: map     : fake\n')
    expect(text).toContain('"#end" STEAM_1:')
    expect(text).toContain('"a" STEAM_1:0:1 00:01 1 0 active 30000 1.2.3.4:27005" STEAM_1:')
  })

  it.each([
    [0, '00:00'],
    [59_999, '00:59'],
    [3_599_000, '59:59'],
    [3_600_000, '1:00:00'],
    [90_061_000, '25:01:01'],
  ])('writes %i ms as %s', (milliseconds, text) => {
    expect(connectedTime(milliseconds)).toBe(text)
  })
})
