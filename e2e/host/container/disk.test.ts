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

  /** A function of the shell: waits for a look of the watcher that begins from now on, if there is a watcher. */
  const nextLook = `
      look() { systemctl show --property=InvocationID --value left4me-disk-limit.service; }
      next_look() {
        local before=$(look)
        while systemctl --quiet is-active left4me-disk-limit.timer; do
          case $(systemctl is-active left4me-disk-limit.service) in
            inactive | failed) [ "$(look)" = "$before" ] || break ;;
          esac
          sleep 0.1
        done
      }`
  /** Gives the watcher, if there is one, so many looks to take its reserve. */
  const awaitHeldReserve = async (looks: number): Promise<void> => {
    await bed.succeed(`${nextLook}
      rm -f ${root}/occupied
      for _ in $(seq ${looks}); do
        [ ! -e ${held} ] || break
        next_look
      done`)
  }
  /** With so many MiB left for everybody, root's held reserve aside. */
  const leave = async (mebibytes: number): Promise<void> => {
    await awaitHeldReserve(10)
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

  interface Filling {
    /** A file of as many bytes as MiB may be written: eight more at each look of the watcher. */
    readonly pace: string
    /** Whether it is over, for a shell. */
    readonly isOver: string
    /** Resolves when it is, to why it was stopped where that isn't told by a report. */
    end(): Promise<string | null>
  }

  /** What becomes of the others while somebody fills the disk. `fill` resolves once that has begun. */
  const whileFilling = async (report: string, fill: () => Promise<Filling>): Promise<Course> => {
    const others = async () => [await scene.neighbour.process(), await scene.web.process()]
    const before = await others()
    const inserting = bed.run(
      `exec timeout 550 python3 ${probeFolder}/insert-forever.py ${root}/data/rows.db >/tmp/inserted`,
      { user: 'left4me', timeoutMs: 600_000 },
    )
    await bed.succeed(`until [ -s ${root}/data/rows.db-wal ]; do sleep 0.05; done`)
    const { pace, isOver, end } = await fill()
    await bed.succeed(`${nextLook}
      allowed=0
      until ${isOver} || [ $allowed -ge 1000 ]; do
        allowed=$((allowed + 8))
        truncate --no-create --size=$allowed ${pace}
        next_look
      done`)
    const told = await end()
    await bed.succeed(`
      # Until somebody notices: the watcher, or the database.
      until ${told !== null} || [ -e /run/left4me/disk-limit/${report} ] || [ -s /tmp/inserted ]; do sleep 0.25; done
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
      reason: told ?? parseDiskLimit(text)?.message ?? null,
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
  const fillUpper = (how: string, pace: string) =>
    scene.server.send('fill', `${scene.server.merged}/filler`, '1000', pace, how)

  for (const [how, what] of [
    ['file', 'a file in its upper'],
    ['deleted', 'a file in its upper that it deleted and goes on writing'],
    ['odd', 'a file in its upper whose name is no text'],
  ] as const)
    guarded({
      attempt: `a server fills the disk by ${what}, and the database fails`,
      guard: watcher,
      bed: () => bed,
      timeoutMs: 900_000,
      probe: async () => {
        await scene.refresh()
        await scene.server.restart()
        await leave(90)
        const pace = `${scene.server.merged}/pace`
        return judge(
          await whileFilling(scene.server.name, async () => {
            await bed.succeed(`touch ${pace}`, { user: 'left4me' })
            await fillUpper(how, pace)
            return {
              pace,
              isOver: `[ -e /run/left4me/disk-limit/${scene.server.name} ]`,
              end: async () => null,
            }
          }),
        )
      },
    })

  guarded({
    attempt: 'a script fills the disk by its build, and the database fails',
    guard: watcher,
    bed: () => bed,
    timeoutMs: 900_000,
    probe: async () => {
      await scene.refresh()
      await leave(90)
      const draft = `${hostPaths.overlays}/9/draft`
      await bed.succeed(`
        mkdir -p ${draft} ${root}/tmp/scripts
        echo 'touch begun; exec perl ${probeFolder}/attempt.pl fill /overlay/filler 1000 /overlay/pace file' >${root}/tmp/scripts/fill
        touch ${draft}/pace
        chown -R left4me:left4me ${hostPaths.overlays}/9 ${root}/tmp/scripts`)
      return judge(
        await whileFilling('script.9', async () => {
          const running = bed.run(
            'sudo --non-interactive /usr/local/libexec/left4me/left4me-script-sandbox 9 fill',
            { user: 'left4me', timeoutMs: 600_000 },
          )
          await bed.succeed(`until [ -e ${draft}/begun ]; do sleep 0.05; done`)
          return {
            pace: `${draft}/pace`,
            isOver: '! systemctl --quiet is-active left4me-script-9.service',
            // The helper has read the reason, passed it on, and taken the report away.
            end: async () => {
              const { stderr } = await running
              return /"outcome":"disk-limit"/.test(stderr) ? stderr : null
            },
          }
        }),
      )
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
    timeoutMs: 900_000,
    probe: async () => {
      await scene.refresh()
      await scene.server.restart()
      await awaitHeldReserve(4)
      const course = await whileFilling(scene.server.name, async () => {
        // Nobody looks until it is full, as where a disk takes more in a moment than is left.
        await bed.succeed('systemctl stop left4me-disk-limit.timer left4me-disk-limit.service')
        await fillUpper('file', '-')
        await bed.succeed(`
          until [ $(df --block-size=1K --output=avail ${root} | tail -n 1) -lt 64 ]; do sleep 0.1; done
          sleep 2
          systemctl start left4me-disk-limit.timer
          until [ -e /run/left4me/disk-limit/${scene.server.name} ]; do sleep 0.2; done
          # Until the database is well again, which without a reserve it never is.
          for _ in $(seq 60); do
            [ ! -s /tmp/inserted ] || [ "$(tail -n 1 /tmp/inserted)" = well ] && break
            sleep 0.5
          done`)
        return { pace: '/nothing', isOver: 'true', end: async () => null }
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
    timeoutMs: 600_000,
    probe: async on => {
      const used = await on.succeed(
        `
        systemctl start systemd-journald@left4me.service
        journalctl --namespace=left4me --rotate --vacuum-size=1 2>/dev/null
        systemd-run --quiet --wait --property=LogNamespace=left4me --property=LogRateLimitIntervalSec=0 \\
          bash -c 'head --bytes=60M /dev/urandom | base64 --wrap=4000'
        journalctl --namespace=left4me --sync
        du --summarize --block-size=1M /var/log/journal/*.left4me | cut -f 1`,
        { timeoutMs: 500_000 },
      )
      return { outcome: Number(used) <= 32 ? 'refused' : 'succeeded', detail: `${used} MiB` }
    },
  })
})
