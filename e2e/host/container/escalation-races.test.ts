import { afterAll, beforeAll, expect, it } from 'vitest'
import { formatInstanceEnvironment, hostPaths } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { guarded } from '../support/guarded.ts'
import { check } from '../support/guards.ts'
import { probeFolder } from '../support/probes/install-probes.ts'
import { admitIntruder, type Intruder, rootsMarker } from '../support/probes/intruder.ts'

const { overlays, instances, runtime } = hostPaths
const helper = '/usr/local/libexec/left4me/left4me-overlay'
const file = `${instances}/intruder/instance.env`
/** With the guard so many; without it as many as it takes. */
const tries = 80
const untilItSucceeds = 5000
/** Between the look and the use, so that on a machine with one processor too somebody else comes in between. */
const moment = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)'

/** Looks whether it is a link, and then opens it by its name: what one would write at first. */
const noFollow = check(
  'O_NOFOLLOW in hostile-folder.ts, in place of a look before',
  '/opt/left4me/src/packages/privileged/src/hostile-files/hostile-folder.ts',
  text =>
    text
      .replace(
        'return openSync(place, O_RDONLY | O_NOFOLLOW',
        `if (lstatSync(place).isSymbolicLink()) throw new HostileFileError(path, "is a link")\n    ${moment}\n    return openSync(place, O_RDONLY`,
      )
      .replace('fstatSync,', 'fstatSync, lstatSync,'),
)
/** Each component is opened and found good, and then mounted by the whole path. */
const byDescriptor = check(
  'layers by descriptor in server-mount.ts, in place of their paths',
  '/opt/left4me/src/packages/privileged/src/overlay/server-mount.ts',
  text =>
    text
      .replace(
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program.
        '`lowerdir+=/proc/self/fd/${firstDescriptor + index}`',
        `index === 0 ? 'lowerdir+=${overlays}/9/revisions/1' : \`lowerdir+=/proc/self/fd/\${firstDescriptor + index}\``,
      )
      .replace('  const layers = ', `  ${moment}\n  const layers = `),
)

describeWith(['root'], 'while root mounts, the service user exchanges', () => {
  let bed: Container
  let intruder: Intruder

  beforeAll(async () => {
    bed = await openContainer()
    intruder = await admitIntruder(bed)
    await intruder.succeed(`mkdir -p ${overlays}/9/revisions/1`)
  })
  afterAll(async () => bed[Symbol.asyncDispose]())

  /** Exchanges two names in a loop while `script` runs as root; resolves to what that printed. */
  const racing = async (first: string, second: string, script: string): Promise<string> =>
    await bed.succeed(
      `setpriv --reuid=left4me --regid=left4me --clear-groups perl ${probeFolder}/racer.pl ${first} ${second} &
      racer=$!
      trap 'kill $racer' EXIT
      ${script}
      kill -0 $racer`,
      { timeoutMs: 1_200_000 },
    )

  /** Mounts until something of root's is seen in the merged layers; says how often it came to a mount. */
  const mountAndLook = (count: number): string => `
    mounted=0
    for _ in $(seq ${count}); do
      ${helper} mount intruder 2>/dev/null || continue
      mounted=$((mounted + 1))
      if grep --quiet ${rootsMarker} ${runtime}/intruder/merged/secret.txt 2>/dev/null; then echo seen; break; fi
      ${helper} umount intruder
    done
    ${helper} umount intruder
    echo $mounted`

  for (const { what, guard, first, second, target } of [
    {
      what: 'a layer and a link to a folder of root’s',
      guard: byDescriptor,
      first: `${overlays}/9/revisions/1`,
      second: `${overlays}/9/revisions/2`,
      target: '/root/private/overlay/revisions/1',
    },
    {
      what: 'the folder of its revisions and a link to one of root’s',
      guard: noFollow,
      first: `${overlays}/9/revisions`,
      second: `${overlays}/9/link`,
      target: '/root/private/overlay/revisions',
    },
  ])
    guarded({
      attempt: `exchanging ${what} gives a server files that root alone may read`,
      guard,
      bed: () => bed,
      timeoutMs: 1_260_000,
      probe: async (_bed, inPlace) => {
        await intruder.describe(
          formatInstanceEnvironment({
            port: 27_030,
            arguments: [],
            lowerdirs: ['overlays/9/revisions/1', 'installation'],
          }),
        )
        await intruder.succeed(
          `rm -rf ${overlays}/9; mkdir -p ${overlays}/9/revisions/1; ln -s ${target} ${second}`,
        )
        const lines = (await racing(first, second, mountAndLook(inPlace ? tries : untilItSucceeds))).split(
          '\n',
        )
        // A race in which root always lost its patience proves nothing.
        expect(Number(lines.at(-1))).toBeGreaterThan(0)
        return { outcome: lines.includes('seen') ? 'succeeded' : 'refused', detail: lines.join(' ') }
      },
    })

  guarded({
    attempt: 'exchanging instance.env and a link shows what is in a file of root’s',
    guard: noFollow,
    bed: () => bed,
    timeoutMs: 1_260_000,
    probe: async (_bed, inPlace) => {
      const text = (hostname: string) =>
        formatInstanceEnvironment({
          port: 27_030,
          arguments: ['+hostname', hostname],
          lowerdirs: ['installation'],
        })
      await intruder.describe(text('honest'))
      await bed.succeed('cat >/root/private/instance.env; chmod 600 /root/private/instance.env', {
        input: text(rootsMarker),
      })
      await intruder.succeed(`ln -sfn /root/private/instance.env ${file}.link`)
      const lines = (
        await racing(
          file,
          `${file}.link`,
          `
          mounted=0
          for _ in $(seq ${inPlace ? tries : untilItSucceeds}); do
            ${helper} mount intruder 2>/dev/null || continue
            mounted=$((mounted + 1))
            if grep --quiet ${rootsMarker} /run/left4me/instances/intruder.env; then echo seen; break; fi
          done
          ${helper} umount intruder
          echo $mounted`,
        )
      ).split('\n')
      expect(Number(lines.at(-1))).toBeGreaterThan(0)
      return { outcome: lines.includes('seen') ? 'succeeded' : 'refused', detail: lines.join(' ') }
    },
  })

  it('a folder of its upper and a link to a folder of root’s, and removing the server deletes nothing of root’s', async () => {
    const upper = `${runtime}/intruder/upper`
    await bed.succeed(
      'mkdir -p /root/private/kept/inner; seq 500 | while read n; do echo $n >/root/private/kept/inner/$n; done',
    )
    for (let round = 0; round < 5; round++) {
      await bed.succeed(`${helper} prepare intruder`)
      await intruder.succeed(`
        mkdir -p ${upper}/deep/inner
        seq 500 | while read n; do echo $n >${upper}/deep/inner/$n; done
        ln -s /root/private/kept ${upper}/link`)
      await bed.run(`
        setpriv --reuid=left4me --regid=left4me --clear-groups perl ${probeFolder}/racer.pl ${upper}/deep ${upper}/link 2>/dev/null &
        racer=$!
        ${helper} remove intruder
        kill $racer`)
      expect(await bed.succeed('ls /root/private/kept/inner | wc -l')).toBe('500')
    }
  })
})
