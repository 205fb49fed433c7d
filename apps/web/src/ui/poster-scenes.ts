import type { Scene } from '../game/campaigns.ts'
import { randomFrom } from '../game/random.ts'

/** A shape of a poster in a box of 64 by 40. `tint` says which colour of the palette fills it. */
export interface Shape {
  readonly path: string
  readonly tint: 'far' | 'near' | 'light' | 'water'
  /** Drawn as a line of this width instead of filled. */
  readonly stroke?: number
  readonly opacity?: number
}

type Random = () => number

const box = (x: number, y: number, width: number, height: number) =>
  `M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}z`
const circle = (x: number, y: number, r: number) =>
  `M${n(x - r)} ${n(y)}a${r} ${r} 0 1 0 ${n(2 * r)} 0a${r} ${r} 0 1 0 ${n(-2 * r)} 0z`
const n = (value: number) => Math.round(value * 10) / 10

/** A row of houses from `ground` upwards. */
function skyline(random: Random, ground: number, low: number, high: number, width: number): string {
  let path = ''
  for (let x = -2; x < 66; ) {
    const wide = width * (0.6 + random() * 0.9)
    const tall = low + random() * (high - low)
    path += box(x, ground - tall, wide, tall + 20)
    x += wide + (random() < 0.25 ? 0.8 : 0)
  }
  return path
}

function windows(random: Random, count: number, top: number, bottom: number): string {
  let path = ''
  for (let index = 0; index < count; index += 1) {
    path += box(
      Math.floor(random() * 32) * 2 + 0.5,
      top + Math.floor(random() * ((bottom - top) / 2)) * 2,
      0.8,
      0.9,
    )
  }
  return path
}

/** A ridge of hills across the picture. */
function ridge(random: Random, height: number, swing: number): string {
  let path = `M-2 42V${n(height)}`
  for (let x = -2; x < 66; x += 11) {
    path += `Q${n(x + 5)} ${n(height - swing * (0.3 + random()))} ${n(x + 11)} ${n(height + (random() - 0.5) * swing * 0.4)}`
  }
  return `${path}V42z`
}

function pines(random: Random, count: number, ground: number, size: number): string {
  let path = ''
  for (let index = 0; index < count; index += 1) {
    const x = (index + random() * 0.8) * (66 / count) - 1
    const tall = size * (0.6 + random() * 0.7)
    path += `M${n(x)} ${n(ground - tall)}l${n(tall * 0.28)} ${n(tall + 1)}h${n(-tall * 0.56)}z`
  }
  return path
}

function crane(x: number, ground: number, size: number): string {
  const top = ground - size
  return (
    box(x, top, 1, size) +
    box(x + size * 0.45, top, 1, size) +
    box(x - size * 0.5, top, size * 1.5, 1.1) +
    box(x - size * 0.4, top, 0.4, size * 0.45)
  )
}

const scenes: Record<Scene, (random: Random) => Shape[]> = {
  city: random => [
    { tint: 'far', path: skyline(random, 36, 10, 24, 5) },
    { tint: 'near', path: skyline(random, 40, 5, 17, 8) },
    { tint: 'light', opacity: 0.85, path: windows(random, 16, 27, 40) },
  ],
  fair: random => {
    const x = 40 + random() * 8
    const spokes = Array.from({ length: 6 }, (_, index) => {
      const angle = (index * Math.PI) / 6
      const [dx, dy] = [Math.cos(angle) * 11, Math.sin(angle) * 11]
      return `M${n(x - dx)} ${n(20 - dy)}L${n(x + dx)} ${n(20 + dy)}`
    }).join('')
    const tents = [2, 14, 27, 56].map(left => `M${left - 3} 40v-5l7-7l7 7v5z`).join('')
    return [
      { tint: 'far', path: ridge(random, 33, 3) },
      { tint: 'light', stroke: 0.9, opacity: 0.9, path: circle(x, 20, 11) },
      { tint: 'light', stroke: 0.4, opacity: 0.6, path: spokes },
      { tint: 'near', stroke: 1, path: `M${n(x)} 20l-6 20M${n(x)} 20l6 20` },
      { tint: 'near', path: tents + box(-2, 37, 70, 5) },
    ]
  },
  swamp: random => {
    const trunks = Array.from({ length: 9 }, (_, index) => {
      const x = index * 7.4 + random() * 4 - 1
      const lean = (random() - 0.5) * 3
      const top = 3 + random() * 9
      return `M${n(x)} 34L${n(x + lean)} ${n(top)}M${n(x + lean * 0.6)} ${n(top + 9)}l${n(4 * (random() - 0.5) * 2)} -5`
    })
    return [
      { tint: 'far', path: ridge(random, 24, 5) },
      { tint: 'water', path: box(-2, 32, 70, 10) },
      { tint: 'near', stroke: 1.5, path: trunks.join('') },
      { tint: 'light', stroke: 0.4, opacity: 0.4, path: 'M6 35h12M30 37h16M50 34.5h9' },
    ]
  },
  rain: random => {
    const drops = Array.from(
      { length: 26 },
      () => `M${n(random() * 70)} ${n(random() * 36 - 2)}l-1.6 4.6`,
    ).join('')
    const silos = [36, 43, 50].map(x => `M${x} 40V${n(17 + random() * 4)}a3 3 0 0 1 6 0V40z`).join('')
    return [
      { tint: 'far', path: skyline(random, 38, 4, 9, 7) },
      { tint: 'near', path: silos + box(22, 10, 2.6, 30) + box(10, 26, 28, 16) + box(-2, 36, 70, 6) },
      { tint: 'light', stroke: 0.35, opacity: 0.55, path: drops },
    ]
  },
  bridge: random => {
    const hangers = Array.from({ length: 11 }, (_, index) => {
      const x = 17 + index * 3
      const sag = 14 - 13 * ((x - 32) / 16) ** 2
      return `M${x} 29V${n(10 + sag)}`
    }).join('')
    return [
      { tint: 'far', path: skyline(random, 31, 1, 5, 4) },
      { tint: 'water', path: box(-2, 31, 70, 11) },
      { tint: 'near', path: `${box(14.5, 8, 2.4, 26)}${box(47, 8, 2.4, 26)}${box(-2, 28.5, 70, 1.8)}` },
      { tint: 'near', stroke: 0.8, path: 'M-6 25Q6 22 15.7 9Q32 39 48.2 9Q58 22 70 25' },
      { tint: 'near', stroke: 0.35, path: hangers },
      { tint: 'light', stroke: 0.4, opacity: 0.4, path: 'M4 35h14M26 37h18M48 34.5h12' },
    ]
  },
  river: random => [
    { tint: 'far', path: ridge(random, 23, 8) },
    { tint: 'water', path: 'M20 24Q36 27 30 31T8 42H54Q40 34 46 30T34 24z' },
    {
      tint: 'near',
      path: `M-2 42V27Q10 29 16 33T-2 42zM66 42V26Q52 28 50 33T66 42z${pines(random, 4, 30, 8)}`,
    },
    { tint: 'light', opacity: 0.8, path: box(55, 24, 1.2, 1.2) },
  ],
  port: random => [
    { tint: 'far', path: skyline(random, 33, 1, 6, 6) + crane(12 + random() * 4, 33, 17) },
    {
      tint: 'near',
      path:
        crane(42 + random() * 4, 37, 24) +
        box(-2, 36, 70, 6) +
        box(4, 31, 9, 5) +
        box(14, 31, 9, 5) +
        box(9, 26.5, 9, 4.5),
    },
    { tint: 'light', opacity: 0.9, path: circle(47, 12, 0.8) },
  ],
  hills: random => [
    { tint: 'far', path: `M-2 42L${n(12 + random() * 6)} 9L27 30L${n(42 + random() * 8)} 6L66 42z` },
    { tint: 'near', path: ridge(random, 33, 4) + pines(random, 11, 36, 10) },
    { tint: 'water', path: 'M30 32Q36 34 33 37T38 42H26Q26 37 30 32z' },
  ],
  corn: random => {
    const rows = Array.from({ length: 13 }, (_, index) => `M32 27L${index * 11 - 34} 42`).join('')
    return [
      { tint: 'far', path: ridge(random, 27, 4) },
      { tint: 'near', path: `${box(-2, 27, 70, 15)}M40 27V20l5.5-5l5.5 5v7z${box(52, 12, 2.5, 15)}` },
      { tint: 'light', stroke: 0.45, opacity: 0.35, path: rows },
      { tint: 'light', opacity: 0.9, path: box(44.6, 22, 1.8, 2) },
    ]
  },
  lighthouse: random => [
    { tint: 'far', path: ridge(random, 32, 3) },
    { tint: 'light', opacity: 0.25, path: 'M44 12L-4 1V20zM44 12L68 7V17z' },
    { tint: 'water', path: box(-2, 33, 70, 9) },
    {
      tint: 'near',
      path: `M41.5 36L42.6 14h2.8L46.5 36z${box(42, 10.5, 4, 3.5)}M41.5 10.5l2.5-3l2.5 3zM26 42Q34 32 44 33T66 42z`,
    },
    { tint: 'light', path: box(43, 11.2, 2, 2) },
  ],
}

export const sceneNames = Object.keys(scenes) as Scene[]

/** The shapes of a scene, from the back to the front; the same for the same seed. */
export function drawScene(scene: Scene, seed: number): Shape[] {
  return scenes[scene](randomFrom(seed))
}
