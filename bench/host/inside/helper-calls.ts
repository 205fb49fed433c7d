import type { Measured } from '../measured.ts'
import { timed } from './systemd.ts'

const rounds = 40
const serviceUser = { uid: 980, gid: 980 }
const helper = '/usr/local/libexec/left4me/left4me-systemctl'

/** In turns, so that other work on the machine slows both. */
export async function measureHelper(): Promise<Measured['helper']> {
  const samples: Measured['helper'] = { helper: [], directly: [] }
  for (let round = -2; round < rounds; round += 1) {
    const byHelper = await timed(
      ['/usr/bin/sudo', '--non-interactive', '--', helper, 'show', '1'],
      serviceUser,
    )
    const directly = await timed(['/usr/bin/systemctl', 'show', 'left4me-server@1.service'], null)
    if (round < 0) continue
    samples.helper.push(byHelper)
    samples.directly.push(directly)
  }
  return samples
}
