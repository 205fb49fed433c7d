import type { List, Player, Server } from '@left4me/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

describeWith(['overlayfs'], 'the console', () => {
  let bed: ProductBed
  let owner: Person
  let server: Server
  let path: string
  beforeAll(async () => {
    bed = await ProductBed.open()
    await bed.install()
    owner = await bed.addPerson('zoey')
    server = await bed.newServer(owner, 'Talks', {
      // The last of several counts: four people, with names that imitate rows and commands.
      arguments: [
        '-simulate-players',
        '4',
        '-simulate-player-interval-ms',
        '100',
        '-simulate-names',
        'hostile',
      ],
      config: ['sv_hibernate_when_empty 0'],
    })
    path = `/api/v1/servers/${server.id}`
    const job = await bed.done(owner, `${path}/start`)
    expect(job.error).toBeNull()
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const run = (command: string) => owner.send<{ output: string }>('POST', `${path}/console`, { command })
  const playing = (least: number) =>
    bed.until('people play', async () => {
      const { items } = (await owner.get<List<Player>>(`${path}/players`)).body
      const people = items.filter(player => !player.bot)
      return people.length >= least && people
    })

  test('answers a command, also one with a long answer', async () => {
    expect((await run('status')).body.output).toContain('hostname: Talks')
    expect((await run('cvarlist')).body.output).toMatch(/total convars\/concommands/)
  })

  describe('refuses what belongs to the platform or to the buttons', () => {
    test.each([
      ['quit', 'Stop button'],
      ['EXIT', 'Stop button'],
      ['_restart', 'Restart button'],
      ['say bye;quit', 'Stop button'],
      ['rcon_password', 'rcon_password'],
      ['rcon_password x', 'rcon_password'],
      ['log off', 'log'],
      ['sv_rcon_banpenalty 0', 'sv_rcon_banpenalty'],
      ['alias a "quit"; a', 'Stop button'],
    ])('%s', async (command, word) => {
      const problem = await owner.refused('POST', `${path}/console`, { command })
      expect(problem).toMatchObject({ code: 'reserved-setting', errors: [{ path: '/command' }] })
      expect(problem.detail).toContain(word)
      expect((await bed.server(owner, server.id)).state).toBe('running')
    })

    test.each(['', 'a\nb', 'say \0', 'é'.repeat(300), 'exec ../../../data/secret.key'])(
      '%j',
      async command => {
        expect(await owner.refused('POST', `${path}/console`, { command })).toMatchObject({
          code: 'invalid-input',
          errors: [{ path: '/command' }],
        })
      },
    )
  })

  test('shows who plays, each with the number that kick and ban take, whatever they call themselves', async () => {
    const people = await playing(2)
    for (const player of people) {
      // Steam confirms who somebody is while they connect.
      if (player.state !== 'active') continue
      expect(player).toMatchObject({ bot: false, steamId: expect.stringMatching(/^7656119\d{10}$/) })
    }
    expect(new Set(people.map(player => player.userId)).size).toBe(people.length)
  })

  /** People come and go all the time: who has left meanwhile is not found, and another one is taken. */
  const doneTo = (action: string, body: object) =>
    bed.until(`${action} works`, async () => {
      const [victim] = await playing(1)
      if (victim === undefined) return null
      const { status } = await owner.send('POST', `${path}/players/${victim.userId}/${action}`, body)
      expect([204, 404, ...(victim.steamId === null ? [409] : [])]).toContain(status)
      return status === 204 && victim
    })

  test('kicks exactly the one who was meant, with the reason as it was written', async () => {
    const reason = 'no // comments, please'
    const victim = await doneTo('kick', { reason })
    const dropped = await bed.until('the console says so', async () => {
      const lines = (await bed.host.logTail(server.id, 5000)).map(line => line.text)
      const found = lines.filter(text => text.startsWith('Dropped ') && text.includes(`(${reason})`))
      return found.length > 0 && found
    })
    expect(dropped).toHaveLength(1)
    expect(dropped[0]).toContain(victim.name)
    await bed.until('the list is without them', async () => {
      const { items } = (await owner.get<List<Player>>(`${path}/players`)).body
      return items.every(player => player.userId !== victim.userId)
    })
  })

  test('bans for good so that the next start knows it', async () => {
    await doneTo('ban', { minutes: 0 })
    const banned = await bed.host.files(server.id).read('left4dead2/cfg/banned_user.cfg', 10_000)
    expect(banned?.toString()).toMatch(/^banid 0 "?STEAM_/m)
    expect((await bed.admin.get<List<{ detail: string }>>('/api/v1/audit')).body.items[0]?.detail).toMatch(
      /^STEAM_.* for good$/,
    )
  })

  test.each(['a"; quit; "', 'a;b', 'say "x"'])(
    'refuses the reason %j, which could become a command',
    async reason => {
      const [someone] = await playing(1)
      const problem = await owner.refused('POST', `${path}/players/${someone?.userId}/kick`, { reason })
      expect(problem).toMatchObject({ code: 'invalid-input', errors: [{ path: '/reason' }] })
      expect((await bed.server(owner, server.id)).state).toBe('running')
    },
  )

  test('says when nobody has the number', async () => {
    expect(await owner.refused('POST', `${path}/players/65000/kick`, {})).toMatchObject({ code: 'not-found' })
  })

  test('passwords that people set stay out of the audit', async () => {
    await run('sv_password hunter2')
    await run('say hello')
    const { body } = await bed.admin.get<List<{ action: string; detail: string }>>('/api/v1/audit')
    const commands = body.items.filter(item => item.action === 'server.command').map(item => item.detail)
    expect(commands).toEqual(expect.arrayContaining(['say hello', 'sv_password (kept secret)']))
    expect(JSON.stringify(body)).not.toContain('hunter2')
  })

  test('is refused, with the reason, while the server does not run', async () => {
    const stopped = await bed.newServer(owner, 'Silent')
    const problem = await owner.refused('POST', `/api/v1/servers/${stopped.id}/console`, {
      command: 'status',
    })
    expect(problem).toMatchObject({
      code: 'action-not-allowed',
      detail: 'The server is stopped. Start it first.',
    })
    expect((await owner.get<List<Player>>(`/api/v1/servers/${stopped.id}/players`)).body.items).toEqual([])
  })
})
