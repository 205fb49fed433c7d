import { parseInstanceName } from '../arguments/names.ts'
import { hostPaths } from '../host-paths.ts'
import { runProgram, UsageError } from '../program/run-program.ts'

const usage = 'usage: left4me-overlay mount|umount|prepare|remove NAME'

await runProgram(async ([verb, text, ...rest]) => {
  const name = text === undefined || rest.length > 0 ? null : parseInstanceName(text)
  if (name === null) throw new UsageError(usage)
  switch (verb) {
    case 'mount':
      return (await import('../overlay/mount.ts')).mountServer(hostPaths, name)
    case 'umount':
      return (await import('../overlay/unmount.ts')).unmountServer(hostPaths, name)
    case 'prepare':
      ;(await import('../overlay/prepare.ts')).prepareServer(hostPaths, name)
      return
    case 'remove':
      return (await import('../overlay/remove.ts')).removeServer(hostPaths, name)
    default:
      throw new UsageError(usage)
  }
})
