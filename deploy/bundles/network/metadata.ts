import { type CakePreset, cakePresets } from '../../src/network/traffic-shaping.ts'
import { MetadataSection } from '../metadata-section.ts'
import { type Bandwidth, parseBandwidth } from './bandwidth.ts'

/** One interface whose queue is shaped. */
export interface ShapedInterface {
  readonly name: string
  readonly preset: CakePreset
  /** null: as fast as the link. */
  readonly bandwidth: Bandwidth | null
  /** The .network file by which systemd-networkd sets it up: `10-eth0.network`. */
  readonly networkFile: string
}

const container = { pattern: /^[a-z0-9-]+$/, wanted: 'a kind of container such as lxc, or null' }
/** netdevice(7): at most 15 bytes; `/`, `:` and blanks are the kernel's. */
const interfaceName = {
  pattern: /^(?!(?:\.{1,2}|lo)$)[A-Za-z0-9_.-]{1,15}$/,
  wanted: 'that of an interface that `ip link` tells, other than lo',
}
const bandwidthRule = {
  pattern: { test: (text: string) => parseBandwidth(text) !== null },
  wanted: 'what the link carries in bits a second, from 64K to 400G, such as 100M',
}
const networkFileRule = {
  pattern: /^\/.*\.network$/,
  wanted: 'a file such as /etc/systemd/network/10-eth0.network, or null',
  longest: 4000,
}

/**
 * Throws a ConvergeError that names the key, also for an interface that isn't there or isn't systemd-networkd's. In a
 * container nothing is shaped: the queue is its machine's.
 */
export function parseNetwork(metadata: Readonly<Record<string, unknown>>): readonly ShapedInterface[] {
  const section = MetadataSection.of(metadata, 'network')
  const host = MetadataSection.of(metadata, 'host')
  const inContainer = host.textOrNull('container', container) !== null
  const queues = queuesOf(section)
  return inContainer
    ? []
    : queues.map(queue => ({ ...queue, networkFile: networkFileOf(section, host, queue.name) }))
}

/** The presets that are asked for, on whatever interface, in a container too. */
export function parsePresets(metadata: Readonly<Record<string, unknown>>): readonly CakePreset[] {
  return queuesOf(MetadataSection.of(metadata, 'network')).map(({ preset }) => preset)
}

function queuesOf(section: MetadataSection): Omit<ShapedInterface, 'networkFile'>[] {
  return section.names(interfaceName).flatMap(name => {
    const settings = section.section(name)
    settings.refuseOthers(['cake'])
    return settings.keys.includes('cake') ? [{ name, ...queueOf(settings.section('cake')) }] : []
  })
}

function queueOf(cake: MetadataSection): Pick<ShapedInterface, 'preset' | 'bandwidth'> {
  cake.refuseOthers(['preset', 'bandwidth'])
  const preset = cakePresets.find(each => each === cake.value('preset'))
  if (preset === undefined) throw cake.wrongValue('preset', `one of tc-cake(8): ${cakePresets.join(', ')}`)
  const text = cake.textOrNull('bandwidth', bandwidthRule)
  return { preset, bandwidth: text === null ? null : parseBandwidth(text) }
}

function networkFileOf(section: MetadataSection, host: MetadataSection, name: string): string {
  host.refuseUnprobed('network_files')
  const files = host.section('network_files')
  if (!files.keys.includes(name))
    throw section.refusal(
      name,
      'isn’t an interface of this host',
      `It has ${files.keys.join(', ') || 'none'}`,
    )
  const path = files.textOrNull(name, networkFileRule)
  if (path === null)
    throw section.refusal(
      `${name}/cake`,
      'needs systemd-networkd, and something else sets this interface up',
      `Move it to a .network file (systemd.network(5)), or leave the key out and put “tc qdisc replace dev ${name} root cake …” where it is set up, such as a post-up line of interfaces(5)`,
    )
  const others = files.keys.filter(
    other => other !== name && files.textOrNull(other, networkFileRule) === path,
  )
  if (others.length > 0)
    throw section.refusal(
      `${name}/cake`,
      `would be ${others.join(', ')}’s as well: ${path} sets them all up`,
      `Give ${name} a .network file of its own`,
    )
  const file = path.slice(path.lastIndexOf('/') + 1)
  if (!/^[A-Za-z0-9_.@-]+\.network$/.test(file) || file.startsWith('.'))
    throw section.refusal(
      name,
      `is set up by a file with the name ${JSON.stringify(file)}`,
      'Rename it to letters, digits, _, - and .',
    )
  return file
}
