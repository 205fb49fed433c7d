import { SwitchError, setSwitch } from '../../switch-table.ts'
import type { Game } from '../game.ts'
import { srcdsSwitches } from '../switches.ts'

/** Commands that no real server has, for tests: misbehaviour at a moment of the test's choice. */
export function registerSimulatorCommands(game: Game): void {
  const { console } = game
  console.register('crash', 'Cause the engine to crash (Debug!!)', () => game.crash())
  console.register('simulate', 'simulate < switch > [ value ]: changes one of -simulate-…', invocation => {
    const [name, value] = invocation.arguments
    try {
      setSwitch(srcdsSwitches, game.switches, name ?? '', value)
      invocation.print(`simulate: ${name ?? ''} is set\n`)
    } catch (error) {
      if (!(error instanceof SwitchError)) throw error
      invocation.print(`${error.message}\n`)
    }
  })
  console.register('simulate_hang', 'From now on nothing is answered.', () => game.hang())
  console.register('simulate_join', 'A player joins now.', ({ print }) => {
    const player = game.population.join()
    print(player === undefined ? 'the server is full\n' : `${player.userId} "${player.name}" joined\n`)
  })
  console.register('simulate_leave', 'Every player leaves now.', () => {
    game.population.dropAll('Disconnect by user.')
  })
  console.register(
    'simulate_lines',
    'simulate_lines < count >: numbered lines on the console.',
    invocation => {
      const count = Math.min(Number(invocation.arguments[0]) || 0, 1_000_000)
      for (let line = 1; line <= count; line += 1) game.print(`simulated line ${line} ${Date.now()}\n`)
    },
  )
  console.register(
    'simulate_reply',
    'simulate_reply < bytes >: a reply of so many bytes of UTF-8.',
    invocation => {
      // One byte, then three a character, so that frames of 4086 bytes cut through characters.
      const bytes = Math.min(Number(invocation.arguments[0]) || 1, 16 * 1024 * 1024)
      invocation.print(`.${'€'.repeat((bytes - 1) / 3)}`)
    },
  )
}
