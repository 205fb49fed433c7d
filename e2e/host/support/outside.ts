import type { Bed } from './bed.ts'

/**
 * Addresses of a network `outside` that a bed is connected to, and of the host in it. The public ones are those of
 * documentation: RFC 5737, RFC 3849.
 */
export const outside = {
  public: { host4: '198.51.100.1', host6: '2001:db8::1', other4: '198.51.100.2', other6: '2001:db8::2' },
  private: { host4: '10.66.0.1', host6: 'fd00:66::1', other4: '10.66.0.2', other6: 'fd00:66::2' },
  /** Beyond `other4`. */
  resolver: '192.0.2.53',
  /** The host's device that leads there. */
  device: 'to-outside',
} as const

/** Makes it: another network namespace, `outside`, behind a pair of devices. */
export async function connectOutside(bed: Bed): Promise<void> {
  const { public: open, private: closed, resolver, device } = outside
  await bed.succeed(`
    ip netns add outside
    ip link add ${device} type veth peer name to-host
    ip link set to-host netns outside
    for address in ${open.host4}/24 ${closed.host4}/24; do ip address add $address dev ${device}; done
    for address in ${open.host6}/64 ${closed.host6}/64; do ip address add $address dev ${device} nodad; done
    ip link set ${device} up
    for address in ${open.other4}/24 ${closed.other4}/24; do ip -netns outside address add $address dev to-host; done
    for address in ${open.other6}/64 ${closed.other6}/64; do ip -netns outside address add $address dev to-host nodad; done
    ip -netns outside address add ${resolver}/32 dev to-host
    ip -netns outside link set to-host up
    ip -netns outside link set lo up
    ip route add ${resolver}/32 via ${open.other4}`)
}

/** Takes it away, with whatever runs in it as a unit named `outside-…`. Idempotent. */
export async function disconnectOutside(bed: Bed): Promise<void> {
  await bed.succeed(`
    systemctl stop 'outside-*'
    ip netns delete outside 2>/dev/null || true
    ip link delete ${outside.device} 2>/dev/null || true`)
}
