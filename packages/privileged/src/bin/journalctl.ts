import { journalctlArguments, parseJournalRequest } from '../journal/journal-arguments.ts'
import { replaceProcess } from '../program/replace-process.ts'
import { programs } from '../program/run-command.ts'
import { runProgram, UsageError } from '../program/run-program.ts'

await runProgram(words => {
  const request = parseJournalRequest(words)
  if (!request)
    throw new UsageError(
      'usage: left4me-journalctl NAME --lines N [--after-cursor CURSOR] --follow|--no-follow',
    )
  // Nothing of ours stays beside a follower.
  replaceProcess(programs.journalctl, journalctlArguments(request))
})
