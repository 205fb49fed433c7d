import { watchDisk } from '../disk/watch-disk.ts'
import { hostPaths } from '../host-paths.ts'
import { runProgram, UsageError } from '../program/run-program.ts'
import { writeLine } from '../program/write-line.ts'

// Called by its timer only; whom it stops goes to the journal.
await runProgram(words => {
  if (words.length > 0) throw new UsageError('usage: left4me-disk-limit')
  for (const { tree, message } of watchDisk(hostPaths)) writeLine(`Stopped ${tree.key}: ${message}\n`)
})
