import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Controller } from '../../../deploy/src/index.ts'
import { workingTree } from '../../../deploy/testing/working-tree.ts'
import { apply, defineBundle, defineNode, unit, verify } from '../../../packages/converge/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type DeployBed, openDeployBed } from '../support/deploy-bed.ts'
import { differing, hostPart, messageOf, needsApplication } from '../support/host-part.ts'

const options = { skip: needsApplication }
/** Without fetching the installer, which only one test is about. */
const withoutSteam = { skip: [...needsApplication, 'action:steamcmd'] }

/** The working tree with one file of it changed by an edit. */
function editedTree(edit: string): Controller {
  const tree = workingTree()
  const folder = mkdtempSync(join(tmpdir(), 'left4me-edited-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const source = tree.source({ url: null, branch: 'master' })
  execFileSync('tar', ['-C', folder, '-xz'], { input: source.archive() })
  execFileSync('sh', ['-c', edit], { cwd: folder })
  const archive = () =>
    execFileSync('tar', ['--format=ustar', '-C', folder, '-cz', ...readdirSync(folder)], {
      maxBuffer: 2 ** 26,
    })
  return { ...tree, source: () => ({ revision: 'fedcba9876543210fedcba9876543210fedcba98', archive }) }
}

describeWith(['root'], 'a host that left4me comes to first', () => {
  let bed: DeployBed

  beforeAll(async () => {
    bed = await openDeployBed()
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })

  test('is refused before anything is written when its number is somebody else’s', async () => {
    await bed.container.succeed('useradd --system --uid 980 somebody')
    await expect(apply(hostPart(bed), bed.transport, options)).rejects.toThrow(
      'The number 980 is that of the user somebody on this host',
    )
    expect(await bed.container.run('ls /var/lib/left4me-apply /etc/left4me')).toMatchObject({ code: 2 })
    await bed.container.succeed('userdel somebody')
  })

  test('puts no unit live that systemd finds wrong, and goes on with the old one', async () => {
    expect(await apply(hostPart(bed), bed.transport, withoutSteam)).toMatchObject({ exitCode: 0 })
    const path = '/usr/local/lib/systemd/system/left4me-disk-limit.service'
    const before = await bed.container.succeed(`cat ${path}`)
    const controller = editedTree('echo Restrat=always >>deploy/files/systemd/left4me-disk-limit.service')
    const report = await apply(hostPart(bed, { controller }), bed.transport, withoutSteam)
    expect(report.exitCode).toBe(1)
    expect(messageOf(report, 'unit:left4me-disk-limit.service')).toContain('Unknown key')
    expect(await bed.container.succeed(`cat ${path}`)).toBe(before)
    // Negative control: without the check the same unit goes live.
    const unchecked = unit('left4me-disk-limit.service', {
      sections: `${before}\nRestrat=always\n`,
      verify: false,
    })
    const node = defineNode({ name: 'bed', bundles: [defineBundle({ name: 'x', items: () => [unchecked] })] })
    expect(await apply(node, bed.transport)).toMatchObject({ exitCode: 0 })
    expect(await bed.container.succeed(`cat ${path}`)).toContain('Restrat')
    expect(await apply(hostPart(bed), bed.transport, withoutSteam)).toMatchObject({ exitCode: 0 })
    expect(await bed.container.succeed(`cat ${path}`)).toBe(before)
  })

  test('has left what the node says now, and nothing of what it said before', async () => {
    const said = { marks: false, system_cpus: '0', web_threads: 8, limits: { FILES_LIMIT: 5000 } }
    expect(await apply(hostPart(bed, { left4me: said }), bed.transport, withoutSteam)).toMatchObject({
      exitCode: 0,
    })
    expect(await bed.container.succeed('nft list chain inet left4me expedite')).not.toContain('dscp')
    expect(await bed.container.succeed('cat /etc/left4me/limits.env')).toBe('FILES_LIMIT=5000')
    expect(
      await bed.container.succeed('systemctl show --property=Environment --value left4me-web'),
    ).toContain('UV_THREADPOOL_SIZE=8')
    expect(await apply(hostPart(bed), bed.transport, { ...withoutSteam, prune: true })).toMatchObject({
      exitCode: 0,
    })
    expect(await bed.container.succeed('nft list chain inet left4me expedite')).toContain('dscp')
    expect(await bed.container.run('ls /etc/left4me/limits.env')).toMatchObject({ code: 2 })
  })

  test('tells a unit that stands in the place of ours, which isn’t there for nothing', async () => {
    const other = '/etc/systemd/system/left4me-disk-limit.timer'
    await bed.container.succeed(
      `cp /usr/local/lib/systemd/system/left4me-disk-limit.timer ${other} && systemctl daemon-reload`,
    )
    const report = await apply(hostPart(bed), bed.transport, withoutSteam)
    expect(report.exitCode).toBe(1)
    expect(messageOf(report, 'action:units-loaded')).toContain(
      `systemd takes ${other} for left4me-disk-limit.timer`,
    )
    expect(await bed.container.succeed(`rm ${other} && systemctl daemon-reload`)).toBe('')
    expect(await verify(hostPart(bed), bed.transport, withoutSteam)).toMatchObject({ exitCode: 0 })
  })

  test('says so when sudo doesn’t read the rules that the web application needs', async () => {
    await bed.container.succeed(`sed -i.kept '/includedir/d' /etc/sudoers`)
    const report = await apply(hostPart(bed), bed.transport, withoutSteam)
    expect(differing(report)).toEqual(['action:sudo-rules-in-effect'])
    expect(messageOf(report, 'action:sudo-rules-in-effect')).toContain(
      'needs the line @includedir /etc/sudoers.d',
    )
    await bed.container.succeed('mv /etc/sudoers.kept /etc/sudoers')
    expect(await verify(hostPart(bed), bed.transport, withoutSteam)).toMatchObject({ exitCode: 0 })
  })

  test('takes nothing for steamcmd that isn’t it, and keeps what is there', async () => {
    const serve = async (name: string, make: string) => {
      await bed.container.succeed(`mkdir -p /srv/served/x && cd /srv/served && ${make}`)
      return `http://127.0.0.1:8099/${name}`
    }
    await bed.container.succeed(
      `mkdir -p /srv/served && systemd-run --quiet --unit=served python3 -m http.server --directory /srv/served --bind 127.0.0.1 8099
      until curl --silent --output /dev/null http://127.0.0.1:8099/; do sleep 0.1; done`,
    )
    const wrong = [
      [await serve('page', 'echo "<html>" >page'), 'is no archive'],
      [await serve('other.tgz', 'touch a && tar -czf other.tgz a'), 'without steamcmd.sh'],
      [
        await serve('link.tgz', 'ln -s /etc/passwd steamcmd.sh && tar -czf link.tgz steamcmd.sh'),
        'without steamcmd.sh',
      ],
      [
        await serve('out.tgz', 'touch x/steamcmd.sh && tar -czf out.tgz -C x -P ../x/steamcmd.sh'),
        'leaves its folder',
      ],
      [await serve('none', 'true'), 'can’t be fetched'],
    ] as const
    // As on the first day.
    await bed.container.succeed('rm -rf /var/lib/left4me/steam')
    for (const [url, fault] of wrong) {
      const report = await apply(hostPart(bed, { left4me: { steamcmd_url: url } }), bed.transport, {
        only: ['action:steamcmd'],
      })
      expect(messageOf(report, 'action:steamcmd'), url).toContain(fault)
      expect(await bed.container.succeed('ls -A /var/lib/left4me/steam')).toBe('')
    }
    expect(await apply(hostPart(bed), bed.transport, options)).toMatchObject({ exitCode: 0 })
    const [url] = wrong[0]
    const again = await apply(hostPart(bed, { left4me: { steamcmd_url: url } }), bed.transport, options)
    expect(again).toMatchObject({ exitCode: 0, counts: { fixed: 0 } })
  })
})
