import type { Random } from './random.ts'

/** Bytes of one input. Sizes beyond this are what the linear-time tests are for. */
export const maxInputBytes = 1024

const interestingBytes = [
  0, 1, 9, 10, 13, 0x20, 0x22, 0x2f, 0x30, 0x3c, 0x3e, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xfe, 0xff,
]

/** A changed copy of a seed: one to eight of the mutations below. */
export function mutate(
  seed: Uint8Array,
  other: Uint8Array,
  dictionary: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  let bytes = seed
  for (let count = 1 + random.below(8); count > 0; count -= 1)
    bytes = mutateOnce(bytes, other, dictionary, random)
  return bytes.length > maxInputBytes ? bytes.subarray(0, maxInputBytes) : bytes
}

function mutateOnce(
  bytes: Uint8Array,
  other: Uint8Array,
  dictionary: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  const at = random.below(bytes.length + 1)
  const length = 1 + random.below(Math.min(32, bytes.length))
  switch (random.below(9)) {
    case 0:
      return changeByte(bytes, at, byte => byte ^ (1 << random.below(8)))
    case 1:
      return changeByte(bytes, at, () => random.pick(interestingBytes))
    case 2:
      return changeByte(bytes, at, () => random.below(256))
    case 3:
      return replace(bytes, at, length, nothing)
    case 4:
      return replace(
        bytes,
        at,
        0,
        bytes.subarray(random.below(bytes.length), random.below(bytes.length) + length),
      )
    case 5:
      return replace(
        bytes,
        at,
        0,
        other.subarray(random.below(other.length), random.below(other.length) + length * 4),
      )
    case 6:
      return replace(
        bytes,
        at,
        random.below(2) * length,
        dictionary.length === 0 ? nothing : random.pick(dictionary),
      )
    case 7:
      return repeat(bytes, at, length, 2 + random.below(30))
    default:
      return replace(bytes, at, bytes.length, nothing)
  }
}

const nothing = new Uint8Array()

function changeByte(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  if (bytes.length === 0) return bytes
  const changed = bytes.slice()
  const index = Math.min(at, bytes.length - 1)
  changed[index] = change(changed[index] ?? 0)
  return changed
}

function replace(bytes: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array {
  const rest = bytes.subarray(Math.min(bytes.length, at + removed))
  const result = new Uint8Array(at + inserted.length + rest.length)
  result.set(bytes.subarray(0, at), 0)
  result.set(inserted, at)
  result.set(rest, at + inserted.length)
  return result
}

function repeat(bytes: Uint8Array, at: number, length: number, times: number): Uint8Array {
  const part = bytes.subarray(at, at + length)
  const repeated = new Uint8Array(part.length * times)
  for (let time = 0; time < times; time += 1) repeated.set(part, time * part.length)
  return replace(bytes, at, 0, repeated)
}
