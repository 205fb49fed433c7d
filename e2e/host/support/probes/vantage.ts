import type { Bed, Finished } from '../bed.ts'
import type { Outcome } from '../guarded.ts'
import { probeFolder } from './install-probes.ts'

/** What an attempt came to, with what the probe says about it: an errno, or the evidence. */
export interface Answer {
  readonly outcome: Outcome
  readonly detail: string
}

/** A place from which attempts are made: verbs and arguments of attempt.pl. Rejects when the probe itself broke. */
export interface Vantage {
  attempt(...request: string[]): Promise<Answer>
}

/** As the plain service user, outside of every unit: what a person who broke out of one would be. */
export function asServiceUser(bed: Bed): Vantage {
  return {
    attempt: async (...request) =>
      answerOf(
        await bed.run(`xargs -0 perl ${probeFolder}/attempt.pl`, {
          user: 'left4me',
          input: nulEnded(request),
        }),
        request,
      ),
  }
}

/** Inside a unit that runs listener.pl. */
export interface Listener extends Vantage {
  /** An attempt that leaves nobody to answer. Resolves when it was taken up. */
  send(...request: string[]): Promise<void>
}

/** `folder` is where listener.pl looks for requests, a path of the bed that the service user may write. */
export function insideListener(bed: Bed, folder: string): Listener {
  let count = 0
  const ask = (): string => {
    count += 1
    return `
        cd ${folder}
        name=${process.pid}-${Date.now()}-${count}
        cat >$name.new
        mv $name.new $name.request`
  }
  return {
    send: async (...request) => {
      // As root: what the attempt does may end every process of the service user's.
      await bed.succeed(`${ask()}\nuntil [ ! -e $name.request ]; do sleep 0.02; done`, {
        input: nulEnded(request),
      })
    },
    attempt: async (...request) => {
      const script = `${ask()}
        for _ in $(seq 10000); do
          [ -e $name.answer ] && break
          sleep 0.02
        done
        read -r code <$name.answer || { echo "the probe's unit gave no answer"; exit 120; }
        tail -n +2 $name.answer
        rm $name.answer
        exit $code`
      return answerOf(await bed.run(script, { user: 'left4me', input: nulEnded(request) }), request)
    },
  }
}

function nulEnded(words: readonly string[]): string {
  return words.map(word => `${word}\0`).join('')
}

/** Of what attempt.pl printed last: programs that it ran may have printed before. */
export function answerOf(finished: Finished, request: readonly string[]): Answer {
  const last = finished.stdout.trimEnd().split('\n').at(-1) ?? ''
  const match = /^(refused|succeeded)(?: (.*))?$/.exec(last)
  if (finished.code !== 0 || match === null)
    throw new Error(
      `the probe broke at ${request.join(' ')}: exit code ${finished.code}\n${finished.stdout}${finished.stderr}`,
    )
  return { outcome: match[1] === 'refused' ? 'refused' : 'succeeded', detail: match[2] ?? '' }
}
