import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  apply,
  debianPackage,
  defineBundle,
  defineNode,
  file,
  foreignArchitecture,
} from '../../../packages/converge/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { outside } from '../../host/support/outside.ts'
import { type DeployBed, openDeployBed } from '../support/deploy-bed.ts'

/** A node of nothing but these items. */
const nodeOf = (...items: ReturnType<typeof file>[]) =>
  defineNode({ name: 'bed', bundles: [defineBundle({ name: 'bed', items: () => items })] })

describeWith(['root'], 'a bed for deployments', () => {
  let bed: DeployBed

  beforeAll(async () => {
    bed = await openDeployBed()
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })

  test('is applied to over ssh, before and after a reboot', async () => {
    const node = nodeOf(file('/etc/deployed', { content: 'yes\n' }))
    expect(await apply(node, bed.transport)).toMatchObject({ exitCode: 0, counts: { fixed: 1 } })
    await bed.reboot()
    expect(await apply(node, bed.transport)).toMatchObject({ exitCode: 0, counts: { ok: 1, fixed: 0 } })
  })

  test('has nothing of left4me on it, a way out, and whatever a host downloads', async () => {
    const { container, metadata } = bed
    expect(await container.succeed('ls -A /var/lib/left4me /opt | grep -v :')).toBe('')
    expect(await container.run('id left4me')).toMatchObject({ code: 1 })
    expect(await container.succeed('ip route show default')).toContain(`dev ${outside.device}`)
    expect(await container.succeed(`curl --silent --fail ${metadata.steamcmd_url} | tar --list --gzip`)).toBe(
      'steamcmd.sh\nlinux32/\nlinux32/steamcmd',
    )
    expect(await bed.outside(`nc -z ${outside.public.host4} 22`)).toMatchObject({ code: 0 })
  })

  test('installs packages, of the foreign architecture too, without a network', async () => {
    await using bare = await openDeployBed({ equipment: 'bare' })
    const node = nodeOf(
      foreignArchitecture('i386'),
      debianPackage('hello'),
      debianPackage('zlib1g:i386', { needs: ['architecture:i386'] }),
    )
    const report = await apply(node, bare.transport)
    expect(report).toMatchObject({ exitCode: 0 })
    expect(await bare.container.succeed('hello --version | head -1')).toContain('GNU Hello')
  })
})
