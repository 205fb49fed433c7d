import { expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { guarded, type Outcome } from '../../host/support/guarded.ts'
import { useNodeBed } from '../support/node-bed.ts'
import { changeableByService, trustedByRoot, violations } from '../support/trusted-paths.ts'

/** What is the service user's: its own folders below /var/lib/left4me, caches of its own, and what is everybody's. */
const own = [
  '/var/lib/left4me/.steam',
  '/var/lib/left4me/data',
  '/var/lib/left4me/installation',
  '/var/lib/left4me/instances',
  '/var/lib/left4me/overlays',
  '/var/lib/left4me/steam',
  '/var/lib/left4me/tmp',
  '/var/lib/left4me/workshop_cache',
  '/var/cache/left4me',
  '/tmp',
  '/var/tmp',
  '/run/lock',
]
describeWith(['root'], 'the service user of a left4me host', () => {
  const host = useNodeBed()
  const run = (script: string): Promise<string> =>
    host().bed.container.succeed(script, { timeoutMs: 900_000 })

  test('can change what is its own and nothing else on the whole machine', async () => {
    const paths = await changeableByService(host().bed.container)
    expect(paths).toContain('/var/lib/left4me/data')
    expect(paths.filter(path => !own.includes(path))).toEqual([])
  })

  test('can’t change the paths that root executes or trusts, nor a folder above them', async () => {
    const trusted = await trustedByRoot(host().bed.container)
    expect(trusted.length).toBeGreaterThan(5000)
    expect(trusted).toContain('/opt/left4me/src/deploy/scripts/libexec/left4me-overlay')
    expect(violations(trusted, await changeableByService(host().bed.container))).toEqual([])
  })

  for (const [attempt, change, back] of [
    [
      'rewrites a helper that sudo runs as root',
      'chown left4me /opt/left4me/src/deploy/scripts/libexec/left4me-overlay',
      'chown root /opt/left4me/src/deploy/scripts/libexec/left4me-overlay',
    ],
    ['puts another folder in the place of the helpers’', 'chmod 0777 /usr/local', 'chmod 0755 /usr/local'],
    [
      'puts another build in the place of the one that is served',
      'chown left4me /var/lib/left4me/app',
      'chown root /var/lib/left4me/app',
    ],
    [
      'gives a root unit its environment',
      `mkdir -p /etc/systemd/system/left4me-overlay@.service.d
      printf '[Service]\\nEnvironmentFile=-/var/lib/left4me/data/environment\\n' >/etc/systemd/system/left4me-overlay@.service.d/z.conf
      systemctl daemon-reload`,
      'rm -r /etc/systemd/system/left4me-overlay@.service.d; systemctl daemon-reload',
    ],
  ] as const)
    guarded({
      attempt,
      guard: {
        name: 'what the deployment says of owners, modes and units',
        off: async () => {
          await run(change)
          return {
            [Symbol.asyncDispose]: async () => {
              await run(back)
            },
          }
        },
      },
      bed: () => host().bed.container,
      timeoutMs: 1_200_000,
      probe: async (): Promise<{ outcome: Outcome; detail: string }> => {
        const { container } = host().bed
        const found = violations(await trustedByRoot(container), await changeableByService(container))
        return {
          outcome: found.length === 0 ? 'refused' : 'succeeded',
          detail: found.slice(0, 20).join('\n'),
        }
      },
    })
})
