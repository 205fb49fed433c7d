import { describe, expect, it } from 'vitest'
import { parseCommandLine } from './command-line.ts'

describe("srcds's command line", () => {
  it('reads - arguments once and + arguments as commands in their order', () => {
    const { options, commands } = parseCommandLine(
      '-game left4dead2 -console -strictportbind -ip 0.0.0.0 -port 27016 -port 27017 +mp_gamemode versus +map c5m1_waterfront -maxplayers 8 +exec server.cfg'.split(
        ' ',
      ),
    )
    expect(Object.fromEntries(options)).toEqual({
      game: 'left4dead2',
      console: '',
      strictportbind: '',
      ip: '0.0.0.0',
      port: '27016',
      maxplayers: '8',
    })
    expect(commands).toEqual(['mp_gamemode versus', 'map c5m1_waterfront', 'exec server.cfg'])
  })

  it('takes a negative number for a value', () => {
    expect(parseCommandLine(['+sv_region', '-1', '-port', '1']).commands).toEqual(['sv_region -1'])
  })

  it('keeps a value with blanks together, and lets no value bring a command of its own', () => {
    expect(parseCommandLine(['+hostname', 'a b; quit', '+say', 'x"; quit; "']).commands).toEqual([
      'hostname "a b; quit"',
      'say "x; quit; "',
    ])
  })
})
