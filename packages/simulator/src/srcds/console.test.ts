import { describe, expect, it } from 'vitest'
import { type RunningSimulatedServer, startSimulatedServer } from '../start-servers.ts'

function answer(server: RunningSimulatedServer, text: string): string {
  const before = server.output().length
  server.input(text)
  return server.output().slice(before)
}

describe('the console', () => {
  it('shows a cvar with its initial value only when it differs, its flags and its help', async () => {
    await using server = await startSimulatedServer()
    expect(answer(server, 'sv_cheats')).toBe(
      '"sv_cheats" = "0"\n notify replicated\n - Allow cheats on server\n',
    )
    expect(answer(server, 'sv_cheats 1')).toBe('')
    expect(answer(server, 'SV_CHEATS')).toBe(
      '"sv_cheats" = "1" ( def. "0" )\n notify replicated\n - Allow cheats on server\n',
    )
  })

  it('takes the rest of the line for a value, with or without quotes', async () => {
    await using server = await startSimulatedServer()
    answer(server, 'hostname My own server')
    expect(server.game.cvars.text('hostname')).toBe('My own server')
    answer(server, 'hostname "My "quoted" server"')
    expect(server.game.cvars.text('hostname')).toBe('My "quoted" server')
    answer(server, 'sv_password ""')
    expect(server.game.cvars.text('sv_password')).toBe('')
  })

  it('refuses cheats unless sv_cheats is on, except through sm_cvar where SourceMod is', async () => {
    await using server = await startSimulatedServer()
    expect(answer(server, 'survivor_limit 8')).toContain("Can't use cheat cvar survivor_limit")
    expect(answer(server, 'sm_cvar survivor_limit 8')).toBe('Unknown command "sm_cvar"\n')
    server.game.switches.sourcemod = true
    expect(answer(server, 'sm_cvar survivor_limit 8')).toBe('[SM] Changed cvar "survivor_limit" to "8".\n')
    expect(answer(server, 'sm plugins list')).toMatch(
      /^\[SM\] Listing 4 plugins:\n {2}01 "Admin File Reader" \(1\.12\.0\.7210\) by AlliedModders LLC\n/,
    )
    expect(answer(server, 'meta list')).toMatch(/^Listing 1 plugin:\n {2}\[01\] SourceMod/)
  })

  it('knows no GSLT, and names an unknown command', async () => {
    await using server = await startSimulatedServer()
    expect(answer(server, 'sv_setsteamaccount ABC')).toBe('Unknown command "sv_setsteamaccount"\n')
  })

  it('skips a command that is longer than the engine keeps', async () => {
    await using server = await startSimulatedServer()
    expect(answer(server, `hostname ${'x'.repeat(501)}`)).toBe('')
    expect(server.game.cvars.text('hostname')).toHaveLength(501)
    expect(answer(server, `hostname ${'y'.repeat(502)}`)).toContain('overflows the tokenizer buffer')
    expect(server.game.cvars.text('hostname')).toHaveLength(501)
  })

  it('lists maps, cvars, users and figures', async () => {
    await using server = await startSimulatedServer({ switches: { 'cvarlist-rows': 2000 } })
    server.game.population.join()
    expect(answer(server, 'maps c14')).toBe(
      '-------------\nPENDING:   (fs) c14m1_junkyard.bsp\nPENDING:   (fs) c14m2_lighthouse.bsp\n',
    )
    expect(answer(server, 'cvarlist')).toMatch(
      /^cvar list\n-+\n[\s\S]*\n-+\n22\d\d total convars\/concommands\n$/,
    )
    expect(answer(server, 'users')).toMatch(/^<slot:userid:"name">\n1:2:"[^"]+"\n1 users\n$/)
    expect(answer(server, 'stats')).toMatch(
      /^CPU {4}In \(KB\/s\) {2}Out \(KB\/s\) {2}Uptime {2}Map changes {2}FPS {6}Players {2}Connects\n( +[\d.]+){8}\n$/,
    )
    expect(answer(server, 'version')).toContain('2.2.4.3 (left4dead2) simulated')
  })
})
