import { hostPaths } from '../../../../packages/privileged/src/index.ts'
import type { Bed, Finished } from '../bed.ts'
import { probeFolder } from './install-probes.ts'
import { answerOf, type Vantage } from './vantage.ts'

const helper = '/usr/local/libexec/left4me/left4me-script-sandbox'

/** A script of an overlay, run in the sandbox by sudo as the web application does. */
export interface ScriptProbe extends Vantage {
  readonly overlayId: string
  readonly draft: string
  /** Runs a script's text to its end. Its output is `stdout`, the helper's report `stderr`. */
  run(text: string): Promise<Finished>
  cancel(): Promise<Finished>
}

export function scriptProbe(bed: Bed, overlayId: string): ScriptProbe {
  const draft = `${hostPaths.overlays}/${overlayId}/draft`
  const scripts = `${hostPaths.temporary}/scripts`
  const run = async (text: string): Promise<Finished> => {
    await bed.succeed(`mkdir -p ${scripts} ${draft}; cat >${scripts}/probe-${overlayId}`, {
      user: 'left4me',
      input: text,
    })
    return await bed.run(`sudo --non-interactive ${helper} ${overlayId} probe-${overlayId}`, {
      user: 'left4me',
    })
  }
  return {
    overlayId,
    draft,
    run,
    attempt: async (...request) => {
      const words = request.map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
      return answerOf(await run(`exec perl ${probeFolder}/attempt.pl ${words}\n`), request)
    },
    cancel: () => bed.run(`sudo --non-interactive ${helper} cancel ${overlayId}`, { user: 'left4me' }),
  }
}
