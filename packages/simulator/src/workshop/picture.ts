import { Random } from '../random.ts'
import { pngOf } from '../steam-web-api/plain-image.ts'

/** A landscape by night that follows from `seed`: stands for a picture that only Steam has. Width and height in pixels. */
export function landscape(seed: number, width: number, height: number): Buffer {
  const random = new Random(seed)
  const hue = random.next() * Math.PI * 2
  const sky = [0, 2.1, 4.2].map(shift => 70 + 60 * Math.sin(hue + shift))
  const ranges = [0.45, 0.6, 0.75].map(level => ({
    level,
    waves: Array.from({ length: 4 }, (_, at) => ({
      length: (0.5 + random.next()) * 2 ** at * 3,
      phase: random.next() * 7,
      rise: 0.09 / (at + 1),
    })),
  }))
  const moon = {
    x: 0.15 + random.next() * 0.7,
    y: 0.12 + random.next() * 0.2,
    radius: 0.05 + random.next() * 0.04,
  }
  return pngOf(width, height, (column, row) => {
    const x = column / width
    const y = row / height
    const behind = ranges.filter(
      range =>
        y >
        range.level +
          range.waves.reduce((sum, wave) => sum + wave.rise * Math.sin(x * wave.length + wave.phase), 0),
    ).length
    if (behind > 0) return sky.map(part => (part * (0.5 - 0.13 * behind)) | 0)
    const bright = Math.hypot((x - moon.x) * (width / height), y - moon.y) < moon.radius ? 110 : 0
    return sky.map(part => Math.min(255, part * (0.6 + y) + bright) | 0)
  })
}
