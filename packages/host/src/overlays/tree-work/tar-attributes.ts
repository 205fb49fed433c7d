import { spawnSync } from 'node:child_process'

const tar = '/usr/bin/tar'
const block = 512
const outputLimit = 256 * 1024 * 1024

/**
 * Extended attributes of overlayfs by path, of folders and empty files below `root`. Node has no call for them and Debian
 * no program but tar that brings it along: it writes them into pax headers (tar(5)). `paths` are given to it as they are.
 * One that is gone meanwhile has none.
 */
export function overlayAttributes(
  root: string,
  paths: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map()
  const { stdout, error } = spawnSync(
    tar,
    [
      '--create',
      `--directory=${root}`,
      '--format=posix',
      '--xattrs',
      '--xattrs-include=user.overlay.*',
      '--xattrs-include=trusted.overlay.*',
      '--no-recursion',
      '--ignore-failed-read',
      '--null',
      '--verbatim-files-from',
      '--files-from=-',
    ],
    {
      input: paths.map(path => `./${path}\0`).join(''),
      env: { LC_ALL: 'C.UTF-8' },
      maxBuffer: outputLimit,
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  )
  if (error) throw error
  return parseTarAttributes(stdout)
}

/** Reads headers only; stops at the first one that is none. */
export function parseTarAttributes(archive: Buffer): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>()
  let extended = new Map<string, string>()
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block)
    if (header.subarray(257, 262).toString('latin1') !== 'ustar') break
    const size = Number.parseInt(textOf(header, 124, 12), 8)
    if (!Number.isSafeInteger(size) || size < 0) break
    const body = archive.subarray(at + block, at + block + size)
    const type = String.fromCharCode(header[156] ?? 0)
    at += block + Math.ceil(size / block) * block
    if (type === 'x') {
      extended = parseRecords(body)
      continue
    }
    const prefix = textOf(header, 345, 155)
    const name = `${prefix === '' ? '' : `${prefix}/`}${textOf(header, 0, 100)}`
    const attributes = new Map(
      [...extended].flatMap(([key, value]) => {
        const attribute = /^SCHILY\.xattr\.(?:user|trusted)\.overlay\.(.+)$/.exec(key)?.[1]
        return attribute === undefined ? [] : [[attribute, value] as const]
      }),
    )
    const path = (extended.get('path') ?? name).replace(/^\.\//, '').replace(/(?:\/\.)?\/*$/, '')
    if (attributes.size > 0) found.set(path, attributes)
    extended = new Map()
  }
  return found
}

/** `LENGTH KEY=VALUE\n`, the length being that of the whole record in bytes. */
function parseRecords(body: Buffer): Map<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at)
    const length = space < 0 ? 0 : Number(body.subarray(at, space).toString('latin1'))
    if (!Number.isSafeInteger(length) || length <= space - at + 1) break
    const record = body.subarray(space + 1, at + length - 1)
    const equals = record.indexOf(0x3d)
    if (equals > 0) records.set(record.subarray(0, equals).toString(), record.subarray(equals + 1).toString())
    at += length
  }
  return records
}

function textOf(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString()
}
