import { ProtocolError } from '../../protocol-error.ts'
import type { ReadableVpk } from '../addon/readable-vpk.ts'
import type { ImageType, IndexedImage } from '../layers/layer-index.ts'

/** Bytes of a picture that is given to browsers. */
const mostBytes = 4 * 1024 * 1024
const magicBytes = 8

const magics: readonly (readonly [ImageType, readonly number[]])[] = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
]

/**
 * The picture by which a VPK shows itself: `addonimage.jpg`, as the game's own list of addons takes it, or another
 * JPEG or PNG at its top. null where there is none: posters of campaigns are textures, which no browser shows.
 */
export async function findImage(vpk: ReadableVpk): Promise<IndexedImage | null> {
  for (const name of ['addonimage.jpg', 'addonimage.jpeg', 'addonimage.png', 'poster.jpg', 'poster.png']) {
    const entry = vpk.find(name)
    if (entry === null || entry.size > mostBytes) continue
    const type = await attempt(async () => imageTypeOf(await vpk.read(entry, { length: magicBytes })))
    if (type !== null) return { path: entry.path.toLowerCase(), size: entry.size, type }
  }
  return null
}

/**
 * The picture that `findImage` found, to be sent with exactly this type. null when the VPK has another one by now, or
 * it can't be read.
 */
export async function readImage(
  vpk: ReadableVpk,
  image: Pick<IndexedImage, 'path'>,
): Promise<{ readonly type: ImageType; readonly bytes: Uint8Array } | null> {
  const entry = vpk.find(image.path)
  if (entry === null) return null
  return attempt(async () => {
    const bytes = await vpk.read(entry, { maxBytes: mostBytes })
    const type = imageTypeOf(bytes)
    return type === null ? null : { type, bytes }
  })
}

/** By its first bytes, whatever it is called: null for anything but JPEG and PNG. */
export function imageTypeOf(start: Uint8Array): ImageType | null {
  return magics.find(([, magic]) => magic.every((byte, at) => start[at] === byte))?.[0] ?? null
}

async function attempt<T>(run: () => Promise<T | null>): Promise<T | null> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof ProtocolError) return null
    throw error
  }
}
