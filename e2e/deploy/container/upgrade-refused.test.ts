import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Node, quote } from '../../../packages/converge/src/index.ts'
import { repository } from '../../../tools/bootstrap/repository.mjs'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { likeBuilt } from '../support/like-built.ts'
import { bedController, bedNode, type NodeBed, openNodeBed } from '../support/node-bed.ts'
import { RevisedCheckout } from '../support/revised-checkout.ts'
import { withItem } from '../support/with-item.ts'

const source = 'release:/opt/left4me/src'
const files = 'deploy/files'

describeWith(['root'], 'a checkout that root would trust', () => {
  let host: NodeBed
  let checkout: RevisedCheckout

  const shell = (script: string) => host.bed.container.succeed(script)
  const liveRevision = () =>
    shell(
      'find /opt/left4me/src -printf "%P %s %m %U\\n" | sort | sha256sum; readlink /var/lib/left4me/app/current',
    )
  /** What the web application asks root for. */
  const mayAskRoot = async () =>
    (
      await host.bed.container.run('sudo -n /usr/local/libexec/left4me/left4me-systemctl show 1', {
        user: 'left4me',
      })
    ).code === 0

  /** What is committed now, as if it had been built: these revisions differ in what root trusts only. */
  async function committed(message: string): Promise<Node> {
    const revision = await checkout.commit(message)
    await likeBuilt(host, checkout, revision)
    return bedNode(host.bed.metadata, {}, bedController(checkout.folder))
  }

  beforeAll(async () => {
    host = await openNodeBed()
    checkout = await RevisedCheckout.open()
  })
  afterAll(async () => {
    await checkout?.[Symbol.asyncDispose]()
    await host?.[Symbol.asyncDispose]()
  })

  test.for([
    [`${files}/sudoers`, 'left4me ALL=(root NOPASSWD: nonsense\n', 'visudo refuses'],
    [`${files}/nftables/left4me.nft`, 'table inet left4me { chain x { nonsense } }\n', 'nft refuses'],
    [`${files}/systemd/left4me-server@.service`, '[Service]\nNonsense=yes\n', 'systemd refuses units'],
    [
      `${files}/systemd/left4me-web.service.d/50-hardening.conf`,
      'PrivateTmp=nonsense\n',
      'systemd refuses units',
    ],
  ] as const)(
    'is refused with an error in %s before it is live, and nothing else is touched',
    async ([path, text, reason]) => {
      await checkout.reset('origin/HEAD')
      await checkout.append(path, text)
      const node = await committed('An error')
      const before = await liveRevision()
      const report = await host.apply(node)
      expect(report.exitCode).toBe(1)
      expect(report.items.find(({ id }) => id === source)).toMatchObject({
        status: 'failed',
        message: expect.stringContaining(reason),
      })
      expect(report.items.find(({ id }) => id === 'action:left4me-activate')).toMatchObject({
        status: 'skipped',
        reason: expect.stringMatching(/^dependency-/),
      })
      expect(await liveRevision()).toBe(before)
      expect(await mayAskRoot()).toBe(true)
    },
  )

  test('takes the web application its rights where nothing judges it: the fault that this prevents', async () => {
    await checkout.reset('origin/HEAD')
    await checkout.replace(
      `${files}/sudoers`,
      await readFile(`${checkout.folder}/${files}/sudoers`, 'utf8'),
      'nonsense\n',
    )
    const judge = quote(
      await readFile(`${repository}/deploy/bundles/left4me/release/validate-source.sh`, 'utf8'),
    )
    const node = withItem(await committed('No rights'), source, item => ({
      ...item,
      fix: (...given) => item.fix(...given).replace(judge, () => quote('')),
    }))
    await host.apply(node)
    expect(await mayAskRoot()).toBe(false)
  })
})
