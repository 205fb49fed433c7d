import { directory } from '../items/directory.ts'
import { daemonReload } from '../items/service.ts'
import type { Defined } from './selector.ts'

/** All of systemd's items share one reload, which the files trigger and the services wait for. */
export function withDaemonReload(defined: readonly Defined[]): Defined[] {
  const units = defined.flatMap(({ item }) => item.ties.unit ?? []).filter(name => !name.includes('@.'))
  const files = defined.flatMap(({ item }) =>
    item.ties.unit !== undefined && item.ties.runsUnit !== true ? [item.id] : [],
  )
  if (units.length + files.length === 0) return [...defined]
  const reload = daemonReload([...new Set(units)].sort())
  return [
    ...defined,
    { item: { ...reload, relations: { triggeredBy: [...new Set(files)] } }, bundle: 'systemd' },
  ]
}

/** Folders that items bring with them, such as a unit's: one item each, unless the node says itself what is there. */
export function withFolders(defined: readonly Defined[]): Defined[] {
  const said = new Set(defined.flatMap(({ item }) => item.ties.path ?? []))
  const implied = new Map<string, Defined>()
  for (const { item, bundle } of defined)
    for (const path of item.ties.folders ?? [])
      if (!said.has(path) && !implied.has(path)) implied.set(path, { item: directory(path), bundle })
  return [...defined, ...implied.values()]
}
