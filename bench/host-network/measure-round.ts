import type { Bed } from '../../e2e/host/support/bed.ts'
import type { outside as outsideNetwork } from '../../e2e/host/support/outside.ts'

export interface Queue {
  readonly name: string
  /** The queueing discipline of tc(8). */
  readonly settings: string
  /** Whether CAKE has a tin into which the game's packets must go. */
  readonly voice: boolean
}

export interface Round {
  /** ms of each packet that arrived. */
  readonly delays: readonly number[]
  readonly sent: number
}

const flows = 48
const packetsPerSecond = 60
const seconds = 12
/** Until the bulk flows have filled the queue. */
const warmUpSeconds = 6

/**
 * One round with a queue before the link: bulk from the system, the game's packets from the games' slice, so that the
 * firewall table marks them. The sink runs already. Rejects when the marks did not do what the queue is named after.
 */
export async function measureRound(
  bed: Bed,
  { device, public: addresses }: typeof outsideNetwork,
  { settings, voice }: Queue,
): Promise<Round> {
  const program = 'python3 /usr/local/share/traffic.py'
  const to = addresses.other4
  const output = await bed.succeed(
    `
    tc qdisc replace dev ${device} root ${settings}
    systemctl reset-failed bulk 2>/dev/null || true
    systemd-run --quiet --unit=bulk --slice=system.slice ${program} send-bulk ${to} 5001 ${flows}
    trap 'systemctl stop bulk' EXIT
    sleep ${warmUpSeconds}
    ip netns exec outside ${program} receive-game 5002 ${seconds + 8} &
    sleep 2
    systemd-run --quiet --wait --pipe --collect --slice=l4d2-game.slice --uid=left4me \\
      ${program} send-game ${to} 5002 ${packetsPerSecond} ${seconds}
    wait $!
    systemctl is-active --quiet bulk || { journalctl --unit=bulk --no-pager >&2; exit 1; }
    tc -statistics -json qdisc show dev ${device} root`,
    { timeoutMs: 600_000 },
  )
  const lines = output.split('\n')
  const [sentText = '', delaysText = ''] = lines
  const sent = Number(sentText)
  const delays: number[] = JSON.parse(delaysText)
  if (delays.length === 0) throw new Error('no packet of the game arrived')
  if (voice) {
    const [queue]: { tins: { sent_packets: number }[] }[] = JSON.parse(lines.slice(2).join('\n'))
    const inVoice = queue?.tins[3]?.sent_packets ?? 0
    if (inVoice < delays.length) throw new Error(`only ${inVoice} of ${delays.length} packets were in Voice`)
  }
  return { delays, sent }
}
