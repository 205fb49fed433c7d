import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Gate } from './gate.ts'

it('never lets more through than it is wide, and all of them in the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom('well', 'fails', 'gives up')),
      async (width, kinds) => {
        const gate = new Gate(width)
        let inside = 0
        let most = 0
        const outcomes = await Promise.all(
          kinds.map(kind => {
            const giveUp = new AbortController()
            const passing = gate
              .pass(giveUp.signal, async () => {
                inside += 1
                most = Math.max(most, inside)
                await new Promise(resolve => setImmediate(resolve))
                inside -= 1
                if (kind === 'fails') throw new Error('failed')
                return 'well'
              })
              .catch(() => 'not')
            if (kind === 'gives up') giveUp.abort()
            return passing
          }),
        )
        expect(most).toBeLessThanOrEqual(width)
        expect(inside).toBe(0)
        for (const [at, kind] of kinds.entries()) if (kind === 'well') expect(outcomes[at]).toBe('well')
        expect(await gate.pass(new AbortController().signal, async () => 'open')).toBe('open')
      },
    ),
  )
})
