export interface VpkBuilderFile {
  readonly path: string
  readonly content: Uint8Array | string
  /** Bytes of the content that stand in the tree. */
  readonly preload?: number
  /** Number of the archive; none: in the same file. */
  readonly archive?: number
  /** 0x12345678 unless said otherwise: most readers don't look at it. */
  readonly crc32?: number
  /** In the place of the right values, for broken VPKs. */
  readonly broken?: { readonly terminator?: number; readonly length?: number; readonly offset?: number }
}

/** Builds a VPK by the description of its format, sharing nothing with the reader. Returns the archives too. */
export function buildVpk(
  files: readonly VpkBuilderFile[],
  version: 1 | 2 = 1,
): { directory: Buffer; archives: Map<number, Buffer> } {
  const own: Buffer[] = []
  const archives = new Map<number, Buffer[]>()
  const grouped = new Map<string, Map<string, Buffer[]>>()
  for (const file of files) {
    const { folder, name, extension } = splitPath(file.path)
    const content = Buffer.from(file.content as string)
    const preload = content.subarray(0, file.preload ?? 0)
    const rest = content.subarray(preload.length)
    const store = file.archive === undefined ? own : (archives.get(file.archive) ?? [])
    if (file.archive !== undefined) archives.set(file.archive, store)
    const head = Buffer.alloc(18)
    head.writeUInt32LE(file.crc32 ?? 0x1234_5678, 0)
    head.writeUInt16LE(preload.length, 4)
    head.writeUInt16LE(file.archive ?? 0x7fff, 6)
    head.writeUInt32LE(file.broken?.offset ?? store.reduce((sum, part) => sum + part.length, 0), 8)
    head.writeUInt32LE(file.broken?.length ?? rest.length, 12)
    head.writeUInt16LE(file.broken?.terminator ?? 0xffff, 16)
    store.push(rest)
    const folders = grouped.get(extension) ?? new Map<string, Buffer[]>()
    grouped.set(extension, folders)
    folders.set(folder, [
      ...(folders.get(folder) ?? []),
      Buffer.concat([Buffer.from(`${name}\0`), head, preload]),
    ])
  }
  const tree = Buffer.concat([
    ...[...grouped].flatMap(([extension, folders]) => [
      Buffer.from(`${extension}\0`),
      ...[...folders].flatMap(([folder, entries]) => [
        Buffer.from(`${folder}\0`),
        ...entries,
        Buffer.from('\0'),
      ]),
      Buffer.from('\0'),
    ]),
    Buffer.from('\0'),
  ])
  const data = Buffer.concat(own)
  const header = Buffer.alloc(version === 1 ? 12 : 28)
  header.writeUInt32LE(0x55aa1234, 0)
  header.writeUInt32LE(version, 4)
  header.writeUInt32LE(tree.length, 8)
  if (version === 2) header.writeUInt32LE(data.length, 12)
  return {
    directory: Buffer.concat([header, tree, data]),
    archives: new Map([...archives].map(([number, parts]) => [number, Buffer.concat(parts)])),
  }
}

function splitPath(path: string): { folder: string; name: string; extension: string } {
  const slash = path.lastIndexOf('/')
  const dot = path.lastIndexOf('.')
  return {
    folder: slash < 0 ? ' ' : path.slice(0, slash),
    name: path.slice(slash + 1, dot > slash ? dot : undefined),
    extension: dot > slash ? path.slice(dot + 1) : ' ',
  }
}
