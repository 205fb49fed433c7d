import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { hostPaths, parseDiskLimit } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { type Guard, guarded, type Outcome } from '../support/guarded.ts'
import { check } from '../support/guards.ts'
import { probeFolder } from '../support/probes/install-probes.ts'
import { type Scene, setScene } from '../support/probes/scene.ts'
import { moveToSmallDisk } from '../support/probes/small-disk.ts'

const { root, runtime } = hostPaths
const held = `${runtime}/.held-reserve`
const mebibyte = 1024 ** 2

const watcher: Guard = {
  name: 'left4me-disk-limit.timer',
  off: async bed => {
    await bed.succeed('systemctl is-active left4me-disk-limit.timer; systemctl stop left4me-disk-limit.timer')
    return {
      [Symbol.asyncDispose]: async () => {
        await bed.succeed('systemctl start left4me-disk-limit.timer')
      },
    }
  },
}

const journalSettings = '/etc/systemd/journald@left4me.conf.d/50-cap.conf'
/** That of the file that is deployed, made smaller so that it is quick to reach. */
const smallCap = '[Journal]\nSystemMaxUse=16M\nSystemMaxFileSize=4M\n'
const journalCap: Guard = {
  name: 'SystemMaxUse= of the journal of servers',
  off: async bed => {
    const set = async (text: string): Promise<void> => {
      await bed.write(journalSettings, text)
      await bed.succeed('systemctl restart systemd-journald@left4me.service')
    }
    await set(smallCap.replace('16M', '2G'))
    return { [Symbol.asyncDispose]: () => set(smallCap) }
  },
}

describeWith(['root'], 'a disk that somebody fills', () => {
  let bed: Container
  let scene: Scene

  beforeAll(async () => {
    bed = await openContainer()
    await bed.write('/etc/left4me/limits.env', `DISK_RESERVE_BYTES=${150 * mebibyte}\n`)
    await bed.write(
      '/etc/systemd/system/left4me-disk-limit.timer.d/often.conf',
      '[Timer]\nOnBootSec=\nOnUnitInactiveSec=\nOnActiveSec=1s\nOnUnitInactiveSec=2s\n',
    )
    await bed.succeed('systemctl daemon-reload')
    await bed.write(journalSettings, smallCap)
    await moveToSmallDisk(bed)
    scene = await setScene(bed)
  })
  afterEach(async () => {
    await bed.succeed(`
      systemctl stop ${scene.server.unit} left4me-overlay@${scene.server.name}.service left4me-script-9.service || true
      rm -rf ${scene.server.upper}/* ${hostPaths.overlays}/9 ${root}/occupied ${root}/data/rows.db*`)
  })
  afterAll(async () => bed[Symbol.asyncDispose]())

  /** Gives the watcher, if there is one, so many looks to take its reserve. */
  const awaitHeldReserve = async (looks: number): Promise<void> => {
    await bed.succeed(`
      rm -f ${root}/occupied
      for _ in $(seq ${looks}); do
        [ -e ${held} ] || ! systemctl --quiet is-active left4me-disk-limit.timer && break
        sleep 1
      done`)
  }
  /** With so many MiB left for everybody, root's held reserve aside. */
  const leave = async (mebibytes: number): Promise<void> => {
    await awaitHeldReserve(30)
    await bed.succeed(`
      available=$(df --block-size=1M --output=avail ${root} | tail -n 1)
      fallocate --length $((available - ${mebibytes}))M ${root}/occupied`)
  }

  interface Course {
    /** Whether the database took every row. */
    readonly databaseWell: boolean
    /** Whether it took them in the end. */
    readonly databaseWellAtLast: boolean
    /** Whether the neighbour and the web application run as before, and may write. */
    readonly othersWell: boolean
    /** Why the offender was stopped, null if it wasn't. */
    readonly reason: string | null
  }

  const othersMayWrite = async (): Promise<boolean> => {
    const answers = await Promise.allSettled([
      scene.neighbour.attempt('write', `${scene.neighbour.merged}/note.txt`, 'x'.repeat(8192)),
      scene.web.attempt('write', `${root}/tmp/note.txt`, 'x'.repeat(8192)),
    ])
    return answers.every(answer => answer.status === 'fulfilled' && answer.value.outcome === 'succeeded')
  }

  /**
   * What becomes of the others while somebody fills the disk. `fill` resolves once that has begun, or, with `toItsEnd`,
   * once it is over: the helper of a script takes the report away.
   */
  const whileFilling = async (
    report: string,
    fill: () => Promise<unknown>,
    toItsEnd = false,
  ): Promise<Course> => {
    const others = async () => [await scene.neighbour.process(), await scene.web.process()]
    const before = await others()
    const inserting = bed.run(
      `exec timeout 150 python3 ${probeFolder}/insert-forever.py ${root}/data/rows.db >/tmp/inserted`,
      { user: 'left4me', timeoutMs: 170_000 },
    )
    await fill()
    await bed.succeed(`
      # Until somebody notices: the watcher, or the database.
      for _ in $(seq ${toItsEnd ? 0 : 400}); do
        [ -e /run/left4me/disk-limit/${report} ] || [ -s /tmp/inserted ] && break
        sleep 0.25
      done
      # And until the other one could have noticed too.
      sleep 5`)
    const said = await bed.succeed('cat /tmp/inserted; pkill -f "^python3 .*insert-forever" || true')
    await inserting
    const databaseWellAtLast = said === '' || said.endsWith('well')
    const text = await bed.succeed(`cat /run/left4me/disk-limit/${report} 2>/dev/null || true`)
    return {
      databaseWell: said === '',
      databaseWellAtLast,
      // Where there is no room for a row, there is none for an answer: it would be waited for in vain.
      othersWell:
        databaseWellAtLast &&
        JSON.stringify(await others()) === JSON.stringify(before) &&
        (await othersMayWrite()),
      reason: parseDiskLimit(text)?.message ?? null,
    }
  }

  /** Refused is the offender when nobody else noticed anything and it was stopped and named. */
  const judge = (course: Course): { outcome: Outcome; detail: string } => {
    const { databaseWell, othersWell, reason } = course
    const detail = JSON.stringify(course)
    if (databaseWell && othersWell && reason !== null) return { outcome: 'refused', detail }
    if (!databaseWell && reason === null) return { outcome: 'succeeded', detail }
    throw new Error(`neither harmless nor harmful: ${detail}`)
  }

  /** Nobody waits for the answer: the server is stopped meanwhile, or fills on. */
  const fillUpper = (how: string, mebibytesASecond: number) =>
    scene.server.send('fill', `${scene.server.merged}/filler`, '1000', String(mebibytesASecond), how)

  for (const [how, what] of [
    ['file', 'a file in its upper'],
    ['deleted', 'a file in its upper that it deleted and goes on writing'],
    ['odd', 'a file in its upper whose name is no text'],
  ] as const)
    guarded({
      attempt: `a server fills the disk by ${what}, and the database fails`,
      guard: watcher,
      bed: () => bed,
      timeoutMs: 250_000,
      probe: async () => {
        await scene.refresh()
        await scene.server.restart()
        await leave(90)
        return judge(await whileFilling(scene.server.name, () => fillUpper(how, 8)))
      },
    })

  guarded({
    attempt: 'a script fills the disk by its build, and the database fails',
    guard: watcher,
    bed: () => bed,
    timeoutMs: 250_000,
    probe: async () => {
      await scene.refresh()
      await leave(90)
      await bed.succeed(`
        mkdir -p ${hostPaths.overlays}/9/draft ${root}/tmp/scripts
        echo 'exec perl ${probeFolder}/attempt.pl fill /overlay/filler 1000 8 file' >${root}/tmp/scripts/fill
        chown -R left4me:left4me ${hostPaths.overlays}/9 ${root}/tmp/scripts`)
      let reported = ''
      const course = await whileFilling(
        'script.9',
        async () => {
          const { stderr } = await bed.run(
            'sudo --non-interactive /usr/local/libexec/left4me/left4me-script-sandbox 9 fill',
            { user: 'left4me', timeoutMs: 200_000 },
          )
          reported = stderr
        },
        true,
      )
      // The helper has read the reason, and passed it on.
      const outcome = /"outcome":"disk-limit"/.test(reported) ? reported : null
      return judge({ ...course, reason: outcome })
    },
  })

  const heldReserve: Guard = {
    name: 'the reserve that root holds',
    off: async on => {
      const edited = await check(
        'its taking',
        '/opt/left4me/src/packages/privileged/src/disk/held-reserve.ts',
        text => text.replace('wanted >= least', 'wanted < 0'),
      ).off(on)
      await on.succeed(`rm -f ${held}`)
      return edited
    },
  }
  guarded({
    attempt: 'a server fills the disk faster than anybody looks, and the database fails for good',
    guard: heldReserve,
    bed: () => bed,
    timeoutMs: 250_000,
    probe: async () => {
      await scene.refresh()
      await scene.server.restart()
      await awaitHeldReserve(10)
      const course = await whileFilling(scene.server.name, async () => {
        // Nobody looks until it is full, as where a disk takes more in a moment than is left.
        await bed.succeed('systemctl stop left4me-disk-limit.timer left4me-disk-limit.service')
        await fillUpper('file', 0)
        await bed.succeed(`
          until [ $(df --block-size=1K --output=avail ${root} | tail -n 1) -lt 64 ]; do sleep 0.1; done
          sleep 2
          systemctl start left4me-disk-limit.timer
          until [ -e /run/left4me/disk-limit/${scene.server.name} ]; do sleep 0.2; done; sleep 5`)
      })
      // Whether the database noticed depends on when somebody looked.
      expect(course.reason).toContain('grew fastest')
      return {
        outcome: course.databaseWellAtLast && course.othersWell ? 'refused' : 'succeeded',
        detail: JSON.stringify(course),
      }
    },
  })

  guarded({
    attempt: 'a server that prints without end takes the disk by its journal',
    guard: journalCap,
    bed: () => bed,
    probe: async on => {
      const used = await on.succeed(`
        systemctl start systemd-journald@left4me.service
        journalctl --namespace=left4me --rotate --vacuum-size=1 2>/dev/null
        systemd-run --quiet --wait --property=LogNamespace=left4me --property=LogRateLimitIntervalSec=0 \\
          bash -c 'head --bytes=60M /dev/urandom | base64 --wrap=4000'
        journalctl --namespace=left4me --sync
        du --summarize --block-size=1M /var/log/journal/*.left4me | cut -f 1`)
      return { outcome: Number(used) <= 32 ? 'refused' : 'succeeded', detail: `${used} MiB` }
    },
  })
})
