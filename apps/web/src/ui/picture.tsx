import { useState } from 'react'
import { classes } from './classes.ts'
import { Poster } from './poster.tsx'

interface PictureProps {
  /** Address of the picture; null: one is drawn. */
  src: string | null
  /** What the drawn one follows from: a map of the campaign, or its name. */
  map: string
  size?: keyof typeof sizes
}

const sizes = { small: 'h-10 w-16', wide: 'h-full w-full' }

/** A picture of a campaign or an item, drawn where there is none or it doesn't come. Decoration: a name stands beside it. */
export function Picture({ src, map, size = 'small' }: PictureProps) {
  const [failed, setFailed] = useState<string | null>(null)
  if (src === null || failed === src) return <Poster map={map} seed={map} size={size} />
  return (
    <img
      src={src}
      alt=""
      loading="lazy"
      decoding="async"
      onError={() => setFailed(src)}
      className={classes('block shrink-0 rounded-md bg-hover object-cover', sizes[size])}
    />
  )
}
