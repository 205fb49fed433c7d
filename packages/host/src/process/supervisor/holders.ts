import { basename } from 'node:path'
import { commandLine, readProcessTable } from '../process-table.ts'
import { isOutsideNamespaces } from '../process-tree.ts'
import type { Identity } from './instance-record.ts'

/** A process that holds the namespaces of a run, found by its command line. */
export interface FoundHolder extends Identity {
  readonly nonce: string
}

/**
 * Every running stage of one data directory, by instance. A game can give itself any command line, but only inside its
 * own PID namespace, whose processes are passed over here.
 */
export function findHolders(root: string): Map<number, FoundHolder[]> {
  const found = new Map<number, FoundHolder[]>()
  for (const entry of readProcessTable().values()) {
    if (entry.state === 'Z' || entry.state === 'X') continue
    const arguments_ = commandLine(entry.pid)
    if (!arguments_ || basename(arguments_[0] ?? '') !== 'unshare') continue
    const script = arguments_.findIndex(argument => basename(argument) === 'stage.sh')
    const [stageRoot, id, , , , nonce] = arguments_.slice(script + 1)
    if (script < 0 || stageRoot !== root || !id || !nonce || !isOutsideNamespaces(entry.pid)) continue
    const holders = found.get(Number(id)) ?? []
    holders.push({ pid: entry.pid, start: entry.start, nonce })
    found.set(Number(id), holders)
  }
  return found
}
