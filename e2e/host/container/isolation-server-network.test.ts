import { afterAll, beforeAll } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { attemptsOf } from '../support/probes/attempts-of.ts'
import { guardChain } from '../support/probes/firewall-guard.ts'
import { ports, type Scene, setScene } from '../support/probes/scene.ts'

/** An address of the host that isn't a loopback one; TEST-NET-3, RFC 5737. */
const hostAddress = '203.0.113.5'

describeWith(['root'], 'connections that a server must not open', () => {
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

  beforeAll(async () => {
    bed = await openContainer()
    scene = await setScene(bed)
    await bed.succeed(`ip address add ${hostAddress}/32 dev lo`)
  })
  afterAll(async () => bed[Symbol.asyncDispose]())

  for (const address of ['127.0.0.1', '127.0.0.53', hostAddress, '::1']) {
    refuses(`connects to the web application at ${address}`, guardChain, [
      'connect',
      address,
      String(ports.web),
    ])
    refuses(`connects to a neighbour's RCON at ${address}`, guardChain, [
      'connect',
      address,
      String(ports.neighbour),
    ])
  }
})
