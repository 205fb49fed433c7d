import { ProtocolError } from '../src/protocol-error.ts'
import type { FuzzCodec } from './codec.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'

/** Inputs that did something new and are changed further. The oldest of them make room. */
const maxFound = 512

export interface FuzzTally {
  readonly inputs: number
  /** Inputs that were refused with a ProtocolError. */
  readonly refused: number
  /** Different things that inputs turned out to be. */
  readonly kinds: number
}

/** The codec has a defect: it threw something else, or what must hold doesn't. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure'
  readonly input: Uint8Array

  constructor(input: Uint8Array, cause: unknown) {
    super(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), { cause })
    this.input = input
  }
}

/**
 * Gives a codec `inputs` inputs. Each is a change of a seed or of an earlier input that was read in a new way, which leads
 * into the codec as coverage would. `before` is called with each input before it is read. Throws FuzzFailure.
 */
export function fuzz(
  codec: FuzzCodec,
  inputs: number,
  seed: number,
  before: (input: Uint8Array, index: number) => void = () => {},
): FuzzTally {
  const random = new Random(seed)
  const found: Uint8Array[] = []
  const kinds = new Set<string>()
  let refused = 0
  for (let index = 0; index < inputs; index += 1) {
    const input = nextInput(codec, found, random, index)
    before(input, index)
    const outcome = readOne(codec, input)
    if (outcome.refused) refused += 1
    if (kinds.has(outcome.kind)) continue
    if (kinds.size < 10_000) kinds.add(outcome.kind)
    if (found.length < maxFound) found.push(input)
    else found[random.below(maxFound)] = input
  }
  return { inputs, refused, kinds: kinds.size }
}

/** First the seeds as they are. */
function nextInput(
  codec: FuzzCodec,
  found: readonly Uint8Array[],
  random: Random,
  index: number,
): Uint8Array {
  const seed = codec.seeds[index]
  if (seed !== undefined) return seed
  const start = found.length > 0 && random.below(2) === 0 ? random.pick(found) : random.pick(codec.seeds)
  return mutate(start, random.pick(codec.seeds), codec.dictionary, random)
}

function readOne(codec: FuzzCodec, input: Uint8Array): { kind: string; refused: boolean } {
  try {
    return { kind: codec.run(input), refused: false }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw new FuzzFailure(input, error)
    return { kind: error.message.replace(/-?\d+|“[^”]*”|\[[^\]]*\]/g, 'N').slice(0, 80), refused: true }
  }
}
