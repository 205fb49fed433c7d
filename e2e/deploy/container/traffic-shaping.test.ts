import { apply, defineNode, plan } from '@left4me/converge'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { networkBundle } from '../../../deploy/bundles/network/bundle.ts'
import { systemdBundle } from '../../../deploy/bundles/systemd/bundle.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { outside } from '../../host/support/outside.ts'
import { waitFor } from '../../support/wait-for.ts'
import { type DeployBed, openDeployBed } from '../support/deploy-bed.ts'
import { notOk } from './engine-bed.ts'

const folder = '/etc/systemd/network/30-shaped.network'
const dropIn = `${folder}.d/50-cake.conf`
const cake = { preset: 'diffserv4', bandwidth: '100M' }

/** As on a machine of its own, unless the container is to be seen. */
const nodeOf = (network: object, host: object = { container: null }) =>
  defineNode({ name: 'bed', bundles: [systemdBundle, networkBundle], metadata: { network, host } })

describeWith(['root'], 'the queue of a deployed host’s interface', () => {
  let bed: DeployBed

  beforeAll(async () => {
    bed = await openDeployBed()
    await bed.container.write(
      folder,
      '[Match]\nName=shaped\n[Network]\nAddress=192.0.2.7/24\nLinkLocalAddressing=no\nConfigureWithoutCarrier=yes\n',
    )
    await bed.container.succeed(
      'ip link add shaped type veth peer name beyond; systemctl start systemd-networkd',
    )
    await untilConfigured()
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())

  const state = () =>
    bed.container.succeed(`networkctl --json=short status shaped | jq -r .AdministrativeState
      ip -4 -o address show dev shaped | awk '{print $4}'`)
  const untilConfigured = () =>
    waitFor('systemd-networkd has set the interface up', async () =>
      (await state()) === 'configured\n192.0.2.7/24' ? true : null,
    )
  /** The bed's kernel is this machine's. */
  const kernelHasCake = async (): Promise<boolean> =>
    (
      await bed.container.run(
        'ip link add probe type veth peer name probed; tc qdisc add dev probe root cake; code=$?; ip link delete probe; exit $code',
      )
    ).code === 0

  test('is left to its machine in a container', async () => {
    const report = await apply(nodeOf({ shaped: { cake } }, {}), bed.transport)
    expect(report).toMatchObject({ exitCode: 0, counts: { total: 0 } })
  })

  test('is refused, before anything is written, for an interface that isn’t systemd-networkd’s', async () => {
    await expect(plan(nodeOf({ [outside.device]: { cake } }), bed.transport)).rejects.toThrow(
      `network/${outside.device}/cake needs systemd-networkd, and something else sets this interface up.`,
    )
    await expect(plan(nodeOf({ nowhere: { cake } }), bed.transport)).rejects.toThrow(
      'network/nowhere isn’t an interface of this host. It has beyond, shaped, to-outside.',
    )
  })

  test('is written down only once the kernel has taken it: where it can’t, the interface stays as it is', async () => {
    const report = await apply(nodeOf({ shaped: { cake } }), bed.transport)
    if (await kernelHasCake()) {
      expect(report).toMatchObject({ exitCode: 0 })
      expect(await bed.container.succeed('tc qdisc show dev shaped root')).toContain('diffserv4')
    } else {
      expect(notOk(report)).toMatchObject({
        'action:cake-shaped': expect.stringContaining('Specified qdisc kind is unknown'),
        [`file:${dropIn}`]: 'skipped',
      })
      expect(await bed.container.run(`test -e ${dropIn}`)).toMatchObject({ code: 1 })
    }
    await bed.container.succeed('networkctl reload; systemctl restart systemd-networkd')
    await untilConfigured()
  })

  test('would take the interface down where it can’t be made, if it were written down regardless', async () => {
    await bed.container.write(dropIn, '[CAKE]\nParent=root\nPriorityQueueingPreset=diffserv4\n')
    await bed.container.succeed('networkctl reload')
    const expected = (await kernelHasCake()) ? 'configured' : 'failed'
    await waitFor(`systemd-networkd says ${expected}`, async () =>
      (await state()).startsWith(expected) ? true : null,
    )
    await bed.container.succeed(`rm ${dropIn}; systemctl restart systemd-networkd`)
    await untilConfigured()
  })
})
