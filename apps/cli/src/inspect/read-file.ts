import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { CommandError } from '../cli-error.ts'

/** A day's log of a busy server has a few MiB. */
const maxBytes = 64 * 1024 * 1024

/** The bytes of a regular file of at most 64 MiB; anything else (a FIFO would block for ever) is a CommandError. */
export async function readFileToInspect(path: string): Promise<Uint8Array> {
  const file = await openToRead(path)
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new CommandError(`${path} is no regular file`)
    if (found.size > maxBytes)
      throw new CommandError(`${path} has ${found.size} bytes; ${maxBytes} are read at most`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

async function openToRead(path: string) {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new CommandError(missing ? `there is no file ${path}` : `${path} can't be opened`, { cause })
  }
}

/** As a server writes text: UTF-8, with whatever bytes mods put in between. */
export async function readTextToInspect(path: string): Promise<string> {
  return new TextDecoder().decode(await readFileToInspect(path))
}
