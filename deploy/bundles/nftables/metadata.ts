import type { NftablesMetadata } from '../../src/metadata.ts'
import type { PortRange } from '../../src/network/port-ranges.ts'
import { MetadataSection } from '../metadata-section.ts'
import { mergeRanges, parsePortRange } from './port-ranges.ts'

/** What the table is made of. */
export interface FirewallSettings {
  /** Sorted, at least one. */
  readonly sshPorts: readonly number[]
  /** Sorted. */
  readonly input: readonly string[]
  /** Sorted, apart from each other. */
  readonly gamePorts: readonly PortRange[]
  readonly connectionlessPackets: NftablesMetadata['connectionless_packets']
}

const rule = {
  pattern: { test: isWholeRule },
  wanted: 'one whole rule such as tcp dport 443 accept',
  longest: 1000,
}
const portRange = {
  pattern: { test: (text: string) => parsePortRange(text) !== null },
  wanted: 'ports from 1 to 65535, the lower one first, such as 27015-27115',
}
const packets = { least: 1, most: 100_000 }

/** Throws a ConvergeError that names the key. */
export function parseNftables(metadata: Readonly<Record<string, unknown>>): FirewallSettings {
  const section = MetadataSection.of(metadata, 'nftables')
  section.refuseOthers(['input', 'game_ports', 'connectionless_packets'])
  const ranges = section.texts('game_ports', portRange).flatMap(text => parsePortRange(text) ?? [])
  const limit = section.section('connectionless_packets')
  limit.refuseOthers(['per_second', 'burst'])
  return {
    sshPorts: sshPorts(MetadataSection.of(metadata, 'host')),
    input: section.texts('input', rule),
    gamePorts: mergeRanges(ranges),
    connectionlessPackets: {
      per_second: limit.whole('per_second', packets),
      burst: limit.whole('burst', packets),
    },
  }
}

function sshPorts(host: MetadataSection): readonly number[] {
  host.refuseUnprobed('ssh_ports')
  const value = host.value('ssh_ports')
  if (!Array.isArray(value) || value.length === 0 || !value.every(isPort))
    throw host.wrongValue('ssh_ports', 'a list of the ports that sshd listens on, such as [22]')
  return [...new Set<number>(value)].sort((one, other) => one - other)
}

/** One statement within a chain: nft itself judges it on the host. */
function isWholeRule(text: string): boolean {
  const isStatement = /^(?!\s*(?:type|policy|flags)\b)[^;#\\\u0000-\u001f\u007f]+$/.test(text)
  return isStatement && isBalanced(text) && /\b(accept|drop|reject|jump|goto|return)\b/.test(text)
}

/** A brace that closes more than was opened would end the chain. */
function isBalanced(text: string): boolean {
  let open = 0
  for (const letter of text) {
    open += letter === '{' ? 1 : letter === '}' ? -1 : 0
    if (open < 0) return false
  }
  return open === 0
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= 65_535
}
