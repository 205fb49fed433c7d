import { type ProcessFacts, processesOf } from './process-table.ts'

/**
 * The srcds_run that serves on `port` for the left4me with the data directory `root`, out of the process table; null
 * when there is none.
 */
export function findGame(root: string, port: number): ProcessFacts | null {
  const found = processesOf(root).filter(({ commandLine }) => {
    const program = commandLine.findIndex(argument => argument.endsWith('srcds_run'))
    return program >= 0 && commandLine[commandLine.indexOf('-port', program) + 1] === String(port)
  })
  // srcds_run is a shell script: its subshells have its command line for a moment.
  return found.find(({ parent }) => found.every(({ pid }) => pid !== parent)) ?? null
}

/** The same, which has to be there. */
export function gameAt(root: string, port: number): ProcessFacts {
  const game = findGame(root, port)
  if (game === null) throw new Error(`there is no srcds_run on port ${port}`)
  return game
}
