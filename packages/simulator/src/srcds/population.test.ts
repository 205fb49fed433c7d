import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startSimulatedServer } from '../start-servers.ts'

describe('players', () => {
  it('come, play and go by themselves', async () => {
    await using server = await startSimulatedServer({
      switches: { players: 2, 'player-interval-ms': 4, seed: 11 },
      files: { 'cfg/server.cfg': 'log on\n' },
    })
    await expect
      .poll(() => [/entered the game/, /Disconnect by user/].every(text => text.test(server.output())))
      .toBe(true)
    expect(server.output()).toMatch(/"[^"]+<\d+><STEAM_1:[01]:\d+><>" connected, address "[\d.]+:\d+"/)
    expect(server.output()).toMatch(/<Unassigned>" joined team "Survivor"/)
    expect(server.output()).toMatch(/<Survivor>" disconnected \(reason "Disconnect by user\."\)/)
  })

  it('kill with their place and health when mp_logdetail asks for it', async () => {
    await using server = await startSimulatedServer({
      switches: { players: 2, 'player-interval-ms': 4, seed: 11 },
      files: { 'cfg/server.cfg': 'log on\nmp_logdetail 3\n' },
    })
    const place = String.raw`<setpos_exact -?[\d.]+ -?[\d.]+ -?[\d.]+; setang 0\.00 -?[\d.]+ 0\.00><Area \d+>`
    await expect
      .poll(() => server.output())
      .toMatch(
        new RegExp(
          `<Survivor><(Nick|Rochelle|Coach|Ellis)><ALIVE><\\d+\\+0>${place}" killed "infected<\\d+><><Infected><infected><DEAD><0>${place}" with "\\w+"`,
        ),
      )
  })

  it('never come when nobody is asked for', async () => {
    await using server = await startSimulatedServer({ switches: { players: 0, 'player-interval-ms': 1 } })
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(server.game.population.players()).toEqual([])
    expect(server.game.hibernating).toBe(true)
  })

  it('stay, where nobody is asked for, when somebody was let in', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    await using server = await startSimulatedServer()
    server.game.population.join()
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(server.game.population.players()).toHaveLength(1)
  })

  it('are the same for the same seed', async () => {
    const people = async (seed: number): Promise<unknown> => {
      await using server = await startSimulatedServer({ switches: { seed } })
      for (let round = 0; round < 4; round += 1) server.game.population.join()
      return server.game.population
        .players()
        .map(({ name, steamId, address, rate }) => [name, steamId, address, rate])
    }
    expect(await people(5)).toEqual(await people(5))
    expect(await people(5)).not.toEqual(await people(6))
  })

  it('fill the slots of the game mode and no more, and free the lowest slot first', async () => {
    await using server = await startSimulatedServer()
    const { population } = server.game
    const joined = Array.from({ length: 6 }, () => population.join())
    expect(joined.map(player => player?.slot)).toEqual([1, 2, 3, 4, undefined, undefined])
    server.input('mp_gamemode versus')
    expect(population.join()?.slot).toBe(5)
    if (joined[1] !== undefined) population.leave(joined[1], 'x')
    expect(population.join()?.slot).toBe(2)
  })

  it('are replaced by bots only while a human plays', async () => {
    await using server = await startSimulatedServer({ commandLine: ['+map', 'c8m1_apartment'] })
    const { population } = server.game
    expect(population.bots()).toEqual([])
    const player = population.join()
    expect(population.bots().map(bot => bot.name)).toEqual(['Bill', 'Zoey', 'Francis'])
    if (player !== undefined) population.leave(player, 'x')
    expect(population.bots()).toEqual([])
  })

  it('keep their userid over a change of level and are dropped by a new map', async () => {
    await using server = await startSimulatedServer()
    const { population } = server.game
    const userId = population.join()?.userId
    server.input('changelevel c1m2_streets')
    await expect.poll(() => server.game.phase).toBe('playing')
    expect(population.players().map(player => [player.userId, player.state])).toEqual([[userId, 'active']])
    server.input('map c1m1_hotel')
    expect(population.players()).toEqual([])
  })

  it('are kicked by userid with a reason, by name, and banned for good in a file', async () => {
    await using server = await startSimulatedServer({ files: { 'cfg/server.cfg': 'log on\n' } })
    const { population } = server.game
    const [first, second, third] = [population.join(), population.join(), population.join()]
    if (first === undefined || second === undefined || third === undefined) throw new Error('nobody joined')
    server.input(`kickid ${first.userId} "be kind"`)
    server.input(`kick "${second.name}"`)
    server.input(`banid 0 "${third.steamId}" kick`)
    expect(population.players()).toEqual([])
    expect(server.output()).toContain(`Dropped "${first.name}" from server (be kind)\n`)
    expect(server.output()).toContain(
      `Banid: "${third.name}<><${third.steamId}><>" was banned "permanently" by "Console"`,
    )
    server.input('listid')
    expect(server.output()).toContain(`ID filter list: 1 entries\n1 ${third.steamId} : permanent\n`)
    server.input('kickid 999')
    expect(server.output()).toContain('userid "999" not found\n')
  })
})
