import { useId } from 'react'
import { findMap, type Scene } from '../game/campaigns.ts'
import { hashOf, randomFrom } from '../game/random.ts'
import { classes } from './classes.ts'
import { drawScene, type Shape, sceneNames } from './poster-scenes.ts'

/** Hue of the sky at its top and at the horizon, degrees. */
const skies: Record<Scene, readonly [number, number]> = {
  city: [222, 18],
  fair: [285, 325],
  swamp: [165, 62],
  rain: [212, 200],
  bridge: [205, 38],
  river: [250, 345],
  port: [215, 28],
  hills: [198, 172],
  corn: [232, 48],
  lighthouse: [236, 210],
}

interface PosterProps {
  /** The map whose campaign is pictured; another map gets a picture of its own from its name; null: nothing runs. */
  map: string | null
  /** Decides the picture where there is no map. */
  seed: string
  size?: 'small' | 'wide'
}

/** A picture of a campaign, drawn from its name. Decoration: what it shows stands beside it as text. */
export function Poster({ map, seed, size = 'small' }: PosterProps) {
  const id = useId()
  const known = map === null ? undefined : findMap(map)
  const hash = hashOf(map === null ? seed : (known?.campaign.prefix ?? map))
  const random = randomFrom(hash)
  const scene = known?.campaign.scene ?? sceneNames[Math.floor(random() * sceneNames.length)] ?? 'city'
  const turn = (random() - 0.5) * 26
  const [high, low] = skies[scene]
  const tints: Record<Shape['tint'], string> = {
    far: `hsl(${high + turn} 26% 25%)`,
    near: `hsl(${high + turn} 32% 10%)`,
    light: `hsl(${low + turn} 85% 84%)`,
    water: `hsl(${high + turn} 34% 32%)`,
  }
  const sun = { x: 10 + random() * 40, y: 8 + random() * 9, r: 3 + random() * 3.5 }
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 64 40"
      preserveAspectRatio="xMidYMid slice"
      className={classes(
        'block shrink-0 rounded-md',
        map === null && 'opacity-45 grayscale',
        size === 'small' ? 'h-10 w-16' : 'h-full w-full',
      )}
    >
      <defs>
        <linearGradient id={id} x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" stopColor={`hsl(${high + turn} 42% 24%)`} />
          <stop offset="0.85" stopColor={`hsl(${low + turn} 52% 58%)`} />
        </linearGradient>
      </defs>
      <rect width="64" height="40" fill={`url(#${id})`} />
      <circle cx={sun.x} cy={sun.y} r={sun.r} fill={tints.light} fillOpacity="0.75" />
      {drawScene(scene, hash).map((shape, index) => (
        <path
          key={index}
          d={shape.path}
          fill={shape.stroke ? 'none' : tints[shape.tint]}
          stroke={shape.stroke ? tints[shape.tint] : undefined}
          strokeWidth={shape.stroke}
          strokeLinecap="round"
          opacity={shape.opacity}
        />
      ))}
    </svg>
  )
}
