import { afterAll, beforeAll } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { guarded } from '../support/guarded.ts'
import { directive } from '../support/guards.ts'
import { attemptsOf } from '../support/probes/attempts-of.ts'
import { markers, type Scene, secrets, setScene } from '../support/probes/scene.ts'

const template = 'left4me-server@.service'
const ownProcesses = directive('PrivatePIDs=yes', template, 'PrivatePIDs=no')
/** A user namespace of its own is reason enough for /proc to hide others: proc(5), hidepid. */
const ownProcessesInProc = directive(
  'PrivatePIDs=yes and ProtectProc=invisible',
  template,
  'PrivatePIDs=no\nProtectProc=default',
)
/** What the kernel asks of a reader of another's /proc is a look at its user namespace too: ptrace(2). */
const ownProcessesAndUsers = directive(
  'PrivatePIDs=yes and PrivateUsers=yes',
  template,
  'PrivatePIDs=no\nPrivateUsers=no',
)
const alsoUnfiltered = directive(
  'PrivatePIDs=yes, PrivateUsers=yes and SystemCallFilter=~@debug',
  template,
  'PrivatePIDs=no\nPrivateUsers=no\nSystemCallFilter=',
)

describeWith(['root'], 'processes that a server must not reach', () => {
  let bed: Container
  let scene: Scene
  const { refuses } = attemptsOf(
    'a server',
    () => bed,
    async request => {
      await scene.refresh()
      return await scene.server.attempt(...request)
    },
  )
  /** The words of a request about the web application's process, whose number is known only then. */
  const ofWeb =
    (verb: string, ...words: string[]) =>
    async () => {
      await scene.refresh()
      return [verb, String(await scene.web.process()), markers.web, ...words]
    }

  beforeAll(async () => {
    bed = await openContainer()
    scene = await setScene(bed)
  })
  afterAll(async () => bed[Symbol.asyncDispose]())

  refuses('sees the web application', ownProcessesInProc, ['see', markers.web])
  refuses('sees its neighbour', ownProcessesInProc, ['see', markers.neighbour])
  refuses('sees a process of root', ownProcessesInProc, ['see', 'systemd-journald'])
  refuses('signals the web application', ownProcesses, ofWeb('signal', '0'))
  refuses('signals its neighbour', ownProcesses, async () => {
    await scene.refresh()
    return ['signal', String(await scene.neighbour.process()), markers.neighbour, '0']
  })
  refuses(
    "reads the web application's environment",
    ownProcessesAndUsers,
    ofWeb('process-file', 'environ', secrets.web),
  )
  refuses(
    "reads the database through the web application's root",
    ownProcessesAndUsers,
    ofWeb('process-file', 'root/var/lib/left4me/data/left4me.db', secrets.database),
  )
  refuses("sees the web application's open files", ownProcessesAndUsers, ofWeb('process-descriptors'))
  refuses("opens the web application's memory", ownProcessesAndUsers, ofWeb('process-memory'))
  refuses('traces the web application', alsoUnfiltered, ofWeb('trace'))

  guarded({
    attempt: 'a server kills all that it can: kill -9 -1 ends the web application and its neighbour',
    guard: ownProcesses,
    bed: () => bed,
    probe: async () => {
      await scene.refresh()
      const others = async () => [await scene.web.process(), await scene.neighbour.process()]
      const before = await others()
      await scene.server.send('kill-everybody')
      // Only once it has killed itself too is it sure to have happened.
      await bed.succeed(
        `until [ "$(systemctl show --property=NRestarts --value ${scene.server.unit})" != 0 ]; do sleep 0.1; done`,
      )
      const after = await others()
      return after.every((process, index) => process === before[index]) ? 'refused' : 'succeeded'
    },
  })
})
