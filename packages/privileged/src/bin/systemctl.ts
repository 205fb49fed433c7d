import { parseInstanceName } from '../arguments/names.ts'
import { hostPaths } from '../host-paths.ts'
import { replaceProcess } from '../program/replace-process.ts'
import { programs } from '../program/run-command.ts'
import { runProgram, UsageError } from '../program/run-program.ts'
import { runServerVerb } from '../servers/run-server-verb.ts'
import { parseServerVerb, serverVerbs, showArguments } from '../servers/server-verbs.ts'

await runProgram(([verbText, nameText, ...rest]) => {
  const verb = parseServerVerb(verbText ?? '')
  const name = parseInstanceName(nameText ?? '')
  if (verb === null || name === null || rest.length > 0)
    throw new UsageError(`usage: left4me-systemctl ${serverVerbs.join('|')} NAME`)
  if (verb === 'show') replaceProcess(programs.systemctl, showArguments(name))
  runServerVerb(hostPaths, verb, name)
})
