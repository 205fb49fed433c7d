import { DeployError } from '../deploy-error.ts'

/** Presets of tc-cake(8): how many tins there are, and what goes into them. */
export const cakePresets = ['besteffort', 'diffserv3', 'diffserv4', 'diffserv8', 'precedence'] as const
export type CakePreset = (typeof cakePresets)[number]

/**
 * Refuses settings that cancel each other: with one tin for everything, marks do nothing. Throws `DeployError`
 * (`bad-traffic-shaping`). `cake` is null where another queue is used.
 */
export function checkTrafficShaping({ cake, marks }: { cake: CakePreset | null; marks: boolean }): void {
  if (!marks || cake !== 'besteffort') return
  throw new DeployError(
    'bad-traffic-shaping',
    'CAKE with besteffort puts all packets into one queue, so that marking those of the games does nothing.',
    { remedy: 'Set CAKE to diffserv4, or turn the marks off.' },
  )
}
