import { readdir, readFile } from 'node:fs/promises'

/** Processes of this machine, whosever they are, that have a word on their command line. */
export async function processesByWord(word: string): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (text.split('\0').includes(word)) found.push(pid)
  }
  return found
}
