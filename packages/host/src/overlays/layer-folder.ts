import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { LayerSource } from '@left4me/protocols'
import { VpkFile } from '@left4me/protocols/client'
import type { SealedTree } from './tree-work/tree-work.ts'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/** A folder that only we change, as pre-flight wants to read it. */
export function layerFolder(root: string, tree: Pick<SealedTree, 'files' | 'emptyFolders'>): LayerSource {
  return {
    files: tree.files,
    emptyFolders: tree.emptyFolders,
    openVpk: path => VpkFile.open(join(root, path)),
    async readStart(path, maxBytes) {
      await using file = await open(join(root, path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      const { size } = await file.stat()
      const buffer = Buffer.alloc(Math.min(maxBytes, size))
      let done = 0
      while (done < buffer.length) {
        const { bytesRead } = await file.read(buffer, done, buffer.length - done, done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return buffer.subarray(0, done)
    },
  }
}
