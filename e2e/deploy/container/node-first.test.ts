import { afterAll, beforeAll, expect, test } from 'vitest'
import { programs } from '../../../packages/privileged/src/program/run-command.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { applyAndTell } from '../support/apply-and-tell.ts'
import { type DeployBed, openDeployBed } from '../support/deploy-bed.ts'
import { mustSucceed, type NodeBed, nodeBedOn, notOk } from '../support/node-bed.ts'

describeWith(['root'], 'a bare Debian 13', () => {
  let bed: DeployBed
  let host: NodeBed

  beforeAll(async () => {
    bed = await openDeployBed({ equipment: 'bare' })
    host = nodeBedOn(bed)
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })

  test('becomes a left4me host by one apply, packages and all, and the same again changes nothing', async () => {
    const first = mustSucceed(await applyAndTell(host.node(), bed.transport))
    expect(first.counts.fixed).toBeGreaterThan(100)
    expect(notOk(mustSucceed(await applyAndTell(host.node(), bed.transport)))).toEqual([])
    expect(await bed.container.succeed('systemctl is-active left4me-web nginx')).toBe('active\nactive')
  })

  test('has every program that root’s helpers call', async () => {
    const paths = Object.values(programs)
    expect(paths.length).toBeGreaterThan(5)
    const missing = `for path in ${paths.join(' ')}; do [ -x "$path" ] || echo "$path"; done`
    expect(await bed.container.succeed(missing)).toBe('')
  })

  test('needs nothing to be done after a reboot', async () => {
    await bed.reboot()
    await waitFor(
      'the panel has started',
      async () => (await bed.container.run('systemctl is-active left4me-web')).code === 0,
    )
    expect(await host.verify()).toMatchObject({ exitCode: 0, counts: { changes: 0, failed: 0 } })
    expect(notOk(mustSucceed(await applyAndTell(host.node(), bed.transport)))).toEqual([])
  })
})
