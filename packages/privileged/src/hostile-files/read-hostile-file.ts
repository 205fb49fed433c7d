import { isUtf8 } from 'node:buffer'
import { closeSync, readSync } from 'node:fs'
import { HostileFileError, type HostileFolder } from './hostile-folder.ts'

/**
 * The whole content of a plain file, read from one descriptor and never more than `maxBytes` of it, whatever its size
 * claims to be. Throws `HostileFileError`.
 */
export function readHostileFile(folder: HostileFolder, name: string, maxBytes: number): Buffer {
  const { descriptor, stats } = folder.openFile(name)
  try {
    const tooLarge = new HostileFileError(`${folder.path}/${name}`, `has more than ${maxBytes} bytes`)
    if (stats.size > maxBytes) throw tooLarge
    const buffer = Buffer.alloc(maxBytes + 1)
    let length = 0
    while (length < buffer.length) {
      const read = readSync(descriptor, buffer, length, buffer.length - length, null)
      if (read === 0) break
      length += read
    }
    if (length > maxBytes) throw tooLarge
    return buffer.subarray(0, length)
  } finally {
    closeSync(descriptor)
  }
}

/** The same of text in UTF-8. */
export function readHostileText(folder: HostileFolder, name: string, maxBytes: number): string {
  const content = readHostileFile(folder, name, maxBytes)
  if (!isUtf8(content)) throw new HostileFileError(`${folder.path}/${name}`, "isn't text in UTF-8")
  return content.toString('utf8')
}
