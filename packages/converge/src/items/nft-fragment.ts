import { badDefinition } from '../converge-error.ts'
import { command, quote } from '../shell/quote.ts'
import { checkAttributes, checkName, checkPath } from './attributes.ts'
import { fileItem, sha256 } from './file.ts'
import type { Item, Relations } from './item.ts'

export interface NftFragmentAttributes extends Relations {
  /** What `nft -f` reads. It replaces its own table and never flushes the others. */
  readonly content: string
  /** The table that is this fragment's alone, as `inet left4me`: what is loaded is compared, not just the file. */
  readonly table: string
  /** What is in its sets comes from the packets that it sees, and isn't compared. */
  readonly terse?: boolean
  readonly folder?: string
}

/** A table of nftables': judged by `nft -c`, kept in a file, loaded in one transaction. A rule added by hand is drift. */
export function nftFragment(name: string, attributes: NftFragmentAttributes): Item {
  const id = `nft:${name}`
  const { content, table, terse = false, folder = '/etc/nftables.d', ...relations } = attributes
  checkName(id, name, /^[A-Za-z0-9_][A-Za-z0-9_-]*$/)
  checkName(`${id}: table`, table, /^(inet|ip|ip6|arp|bridge|netdev) [A-Za-z_][A-Za-z0-9_]*$/)
  if (/^\s*flush\s+ruleset/m.test(content))
    throw badDefinition(`${id} flushes every table. Delete its own table instead.`)
  const path = `${checkPath(`${id}: folder`, folder)}/${name}.nft`
  const keeper = fileItem({
    type: 'nft',
    name,
    path,
    attributes: { ...relations, content, mode: '0644', validate: ['nft', '-c', '-f', '%s'] },
  })
  // Counters and handles aside, what is loaded prints the same as right after it was loaded.
  const listing = `nft -s ${terse ? '-t ' : ''}${command(['list', 'table', ...table.split(' ')])} 2>/dev/null | sha256sum | cut -c1-64`
  const record = `nft-${sha256(id).slice(0, 32)}`
  const fingerprint = sha256(content)
  const remembered = `"$S/records/${record}"`
  // Once the file is what it was before: it is loaded, and that it is was known.
  const undone = `if [ -e ${quote(path)} ]; then nft -f ${quote(path)}; else nft ${command(['delete', 'table', ...table.split(' ')])}; fi &&
{ [ ! -e "$KEPT/record" ] || cp "$KEPT/record" ${remembered}; }`
  return {
    ...keeper,
    ties: { ...keeper.ties, folders: [folder] },
    relations: checkAttributes(id, relations, []),
    identity: { ...(keeper.identity as object), table, terse },
    requests: [
      ...keeper.requests,
      { kind: 'command', script: listing, seconds: 30 },
      { kind: 'record', name: record },
    ],
    expected: () => ({ ...keeper.expected(), loaded: true }),
    actual: facts => ({
      ...keeper.actual(facts),
      loaded: facts.record(record) === `${fingerprint}:${facts.command(listing, 30).output.trim()}`,
    }),
    fix: (keys, actual) => {
      const present = actual?.['kind'] === undefined ? null : actual
      const stored = present === null || ['kind', 'content', 'mode'].some(key => keys.has(key))
      return [
        ...(stored ? [keeper.fix(present === null ? new Set(['exists', 'content']) : keys, present)] : []),
        `keep_undo ${command([id, 'true', 'true', undone])}`,
        `[ ! -e ${remembered} ] || cp ${remembered} "$KEPT/record"`,
        `nft -f ${quote(path)}`,
        `write_record ${record} "${fingerprint}:$(${listing})"`,
      ].join('\n')
    },
  }
}
