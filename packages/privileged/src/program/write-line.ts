import { writeSync } from 'node:fs'

/** Writes to stderr by the descriptor: `process.stderr` would first load Node's streams, which takes milliseconds. */
export function writeLine(line: string): void {
  const bytes = Buffer.from(line)
  for (let written = 0; written < bytes.length; )
    try {
      written += writeSync(2, bytes, written)
    } catch (error) {
      // A pipe that the reader's side made non-blocking and that is full at the moment.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
    }
}
