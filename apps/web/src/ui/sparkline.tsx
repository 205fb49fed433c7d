import { classes } from './classes.ts'

/** Unbroken stretches of known values, as SVG paths in a box of `values.length - 1` by 1. */
export function sparklinePaths(
  values: readonly (number | null)[],
  top: number,
): { line: string; area: string }[] {
  const paths: { line: string; area: string }[] = []
  let points: [number, number][] = []
  const finish = () => {
    const [first] = points
    const last = points.at(-1)
    if (first && last) {
      // A single known value would be invisible as a line: it gets the width of its own minute.
      if (points.length === 1) points.push([first[0] + 0.8, first[1]])
      const line = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('')
      paths.push({ line, area: `${line}L${points.at(-1)?.[0] ?? last[0]} 1L${first[0]} 1Z` })
    }
    points = []
  }
  values.forEach((value, index) => {
    if (value === null) finish()
    else points.push([index, round(1 - value / top)])
  })
  finish()
  return paths
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

interface SparklineProps {
  values: readonly (number | null)[]
  /** What the height of the box stands for. */
  top: number
  /** The whole of it in words. */
  label: string
  tall?: boolean
}

/** A small line of values over time; where nothing is known there is no line. */
export function Sparkline({ values, top, label, tall = false }: SparklineProps) {
  const width = Math.max(1, values.length - 1)
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 -0.06 ${width} 1.12`}
      preserveAspectRatio="none"
      className={classes(
        'block w-full',
        values.some(value => value) ? 'text-accent' : 'text-edge',
        tall ? 'h-16' : 'h-6',
      )}
    >
      <title>{label}</title>
      <line
        x1="0"
        x2={width}
        y1="1"
        y2="1"
        stroke="var(--color-line)"
        strokeWidth="1"
        vectorEffect="non-scaling-stroke"
      />
      {sparklinePaths(values, Math.max(1, top)).map(path => (
        <g key={path.line}>
          <path d={path.area} fill="currentColor" fillOpacity="0.14" />
          <path
            d={path.line}
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        </g>
      ))}
    </svg>
  )
}
