import { ProtocolError } from '@left4me/protocols'
import { VpkFile } from '@left4me/protocols/client'
import type { SafeFolder } from '../files/safe-folder.ts'
import { HostError } from '../host-error.ts'

/** A file within a VPK; null when either isn't there. Rejects with `file-refused` when it can't be read. */
export async function readFromVpk(
  folder: SafeFolder,
  name: string,
  path: string,
  maxBytes: number,
): Promise<Buffer | null> {
  if (!(await folder.stat(name))?.isFile()) return null
  try {
    await using vpk = await VpkFile.open(folder.place(name))
    const entry = vpk.find(path)
    return entry ? Buffer.from(await vpk.read(entry, { maxBytes })) : null
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new HostError('file-refused', `${name} can’t be read: ${error.message}`, { cause: error })
  }
}
