import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../testing/run-cli.ts'
import { openDeployScene, slowStep } from '../testing/run-deploy.ts'

const local = "export default { metadata: { greeting: { text: 'good day' } }, connection: { kind: 'local' } }"

describe('apply', () => {
  it('makes the host what its node file says, changes nothing again, and ends with the line for programs', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    const first = await scene.run(['apply', 'host1'])
    expect(first).toMatchObject({ exitCode: 0, stderr: '', remarks: [] })
    expect(first.stdout).toMatch(/^fixed file:.*\nhost1: 0 ok, 1 fixed, 0 skipped, 0 failed\n$/)
    expect(await readFile(scene.greeting, 'utf8')).toBe('good day\nprobed\n')
    const second = await scene.run(['apply', 'host1'])
    expect(second).toMatchObject({ exitCode: 0, stdout: 'host1: 1 ok, 0 fixed, 0 skipped, 0 failed\n' })
  })

  it('passes on what bundles remark about the host, for people and for programs', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode(
      'host1',
      local.replace('metadata: {', "metadata: { remarks: new Set(['It has one core.']),"),
    )
    expect((await scene.run(['plan', 'host1'])).remarks).toEqual(['It has one core.'])
    const { stdout } = await scene.run(['apply', 'host1', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ remarks: ['It has one core.'], exitCode: 0 })
  })

  it('fails with exit code 1 and the same line when a host is not reached', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode(
      'host1',
      "export default { metadata: {}, connection: { kind: 'ssh', host: 'nowhere.invalid' } }",
    )
    const { exitCode, stdout } = await scene.run(['apply', 'host1'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^error: The connection to root@nowhere\.invalid is gone/)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('host1: 0 ok, 0 fixed, 0 skipped, 0 failed')
  })

  it('leaves out what --skip selects, and refuses a selector that means nothing', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    const skipped = await scene.run(['apply', 'host1', '--skip', 'bundle:greeting'])
    expect(skipped.stdout).toContain('host1: 0 ok, 0 fixed, 1 skipped, 0 failed')
    const wrong = await scene.run(['apply', 'host1', '--only', 'file:/nothing'])
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' })
    expect(wrong.stderr).toContain('file:/nothing')
    await expect(readFile(scene.greeting)).rejects.toThrow('ENOENT')
  })

  it('ends with exit code 1 and the line for programs when the person interrupts it', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    const { exitCode, stdout } = await scene.run(['apply', 'host1'], { signal: AbortSignal.abort() })
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^error: .*aborted\nhost1: 0 ok, 0 fixed, 0 skipped, 0 failed\n$/)
    await expect(readFile(scene.greeting)).rejects.toThrow('ENOENT')
  })

  it('tells who watches a terminal which step is at work, and takes that away at the end', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    const steps: (string | null)[] = []
    await scene.run(['apply', 'host1'], { showStep: step => steps.push(step) })
    expect(steps.filter(step => !slowStep.test(step ?? ''))).toEqual([`file:${scene.greeting}`, null])
  })
})

describe('plan and verify', () => {
  it('show the difference, change nothing, and have exit code 3 until there is none', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    await writeFile(scene.greeting, 'good night\nprobed\n', { mode: 0o644 })
    for (const command of ['plan', 'verify']) {
      const { exitCode, stdout } = await scene.run([command, 'host1'])
      expect(exitCode).toBe(3)
      expect(stdout).toContain('    -good night\n    +good day\n     probed\n')
      expect(stdout).toMatch(/host1: 0 ok, 1 fixed, 0 skipped, 0 failed\n$/)
    }
    expect(await readFile(scene.greeting, 'utf8')).toBe('good night\nprobed\n')
    await scene.run(['apply', 'host1'])
    expect(await scene.run(['verify', 'host1'])).toMatchObject({ exitCode: 0 })
  })

  it('are coloured for people and never for programs', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    const coloured = await scene.run(['plan', 'host1'], { colours: true })
    expect(coloured.stdout).toContain('\u001b[32m    +good day\u001b[0m\n')
    const json = await scene.run(['plan', 'host1', '--json'], { colours: true })
    expect(JSON.parse(json.stdout)).toMatchObject({
      summary: 'host1: 0 ok, 1 fixed, 0 skipped, 0 failed',
      counts: { changes: 1 },
      exitCode: 3,
    })
  })
})

describe('what a host will be', () => {
  it('is told from recorded facts without asking it, and from its own answers on demand', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    const facts = await scene.run(['facts', 'host1'])
    expect(JSON.parse(facts.stdout)).toEqual({ host: { word: 'probed' } })
    await writeFile(join(scene.folder, 'nodes', 'host1.facts.json'), '{"host": {"word": "recorded"}}')
    const metadata = ['metadata', 'host1', '-k', 'host', '-k', 'greeting/text', '--blame']
    expect((await scene.run(metadata)).stdout).toBe(
      'host/word      facts       "recorded"\ngreeting/text  node host1  "good day"\n',
    )
    expect((await scene.run([...metadata, '--probe'])).stdout).toContain('"probed"')
  })

  it('lists items with their bundles, tells all of one, and what its file will contain', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    const id = `file:${scene.greeting}`
    expect((await scene.run(['items', 'host1'])).stdout).toBe(`${id}  greeting\n`)
    const one = await scene.run(['items', 'host1', id])
    expect(JSON.parse(one.stdout)).toMatchObject({ id, attributes: { mode: '0644' } })
    expect((await scene.run(['items', 'host1', id, '--preview'])).stdout).toBe('good day\nunknown\n')
    const wrong = await scene.run(['items', 'host1', `${id}s`])
    expect(wrong).toMatchObject({ exitCode: 2 })
    expect(wrong.stderr).toContain(`did you mean ${id}?`)
  })

  it('is judged for each node, with exit code 2 when one is wrong', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    await scene.writeNode('host2', 'export default { metadata: {}, conection: {} }')
    const { exitCode, stdout } = await scene.run(['test'])
    expect(exitCode).toBe(2)
    expect(stdout).toMatch(
      /^host1: 1 items, [0-9a-f]{12}\nhost2: .* has no conection\. Did you mean connection\?\n$/,
    )
    expect(await scene.run(['test', 'host1'])).toMatchObject({ exitCode: 0 })
  })
})

describe('a node that cannot be used', () => {
  it.each([
    ['is not there', null, /^left4me-deploy: There is no node host1\. There are other\.\n$/],
    ['is nearly named otherwise', 'hosts1', /There is no node host1\. Did you mean hosts1\?/],
    ['has an error in its text', 'export default {', /host1\.ts can't be read: .*Mend it\./],
    ['exports nothing', 'export const a = 1', /exports nothing by default/],
    ['has no metadata', 'export default {}', /host1\.ts: metadata is no object/],
    [
      'names a host that is an option of ssh',
      "export default { metadata: {}, connection: { kind: 'ssh', host: '-oProxyCommand=x' } }",
      /"-oProxyCommand=x" is no usable host/,
    ],
    [
      'has a wrong port',
      "export default { metadata: {}, connection: { kind: 'ssh', port: 0 } }",
      /port is 0/,
    ],
    ['has no address', 'export default { metadata: {} }', /The node host1 has no left4me\/domain/],
  ])('because it %s is one line and exit code 2', async (_, text, line) => {
    await using scene = await openDeployScene()
    await scene.writeNode('other', local)
    if (text === 'hosts1') await scene.writeNode('hosts1', local)
    else if (text !== null) await scene.writeNode('host1', text)
    const { exitCode, stdout, stderr } = await scene.run(['apply', 'host1'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(line)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})

describe('lock', () => {
  it('lets others leave items alone until it is taken away, and never stops its holder', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    const locked = await scene.run([
      'lock',
      'host1',
      'bundle:greeting',
      '--for',
      '1h',
      '--comment',
      'maintenance',
    ])
    expect(locked.stdout).toMatch(/^locked as by-hand, held by .*@/)
    expect((await scene.run(['apply', 'host1'])).stdout).toContain('1 fixed, 0 skipped')
    expect(await scene.run(['unlock', 'host1'])).toMatchObject({ exitCode: 0 })
    expect(await scene.run(['lock', 'host1', 'file:', '--for', 'ever'])).toMatchObject({ exitCode: 2 })
  })
})

describe('rollback', () => {
  it('undoes the last run that changed something', async () => {
    await using scene = await openDeployScene()
    await scene.writeNode('host1', local)
    await writeFile(scene.greeting, 'before\n', { mode: 0o600 })
    await scene.run(['apply', 'host1'])
    const { exitCode, stdout } = await scene.run(['rollback', 'host1'])
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`restored ${scene.greeting}\ngeneration 1 is undone\n`)
    expect(await readFile(scene.greeting, 'utf8')).toBe('before\n')
    expect(await scene.run(['rollback', 'host1'])).toMatchObject({ exitCode: 1 })
  })

  it('refuses to lose what was written since, unless told to', async () => {
    await using scene = await openDeployScene()
    const answered = join(scene.folder, 'answered')
    await scene.writeNode(
      'host1',
      local.replace("'good day'", `'good day', answered: ${JSON.stringify(answered)}`),
    )
    await scene.run(['apply', 'host1'])
    const refused = await scene.run(['rollback', 'host1'])
    expect(refused.exitCode).toBe(1)
    expect(refused.stdout).toBe(
      'nothing is undone: The answer would be lost.\nWith --accept-loss it is, and what was written since is lost.\n',
    )
    expect(existsSync(answered)).toBe(true)
    await writeFile(`${answered}.final`, '')
    expect((await scene.run(['rollback', 'host1'])).stdout).toBe('nothing is undone: There is no way back.\n')
    await rm(`${answered}.final`)
    const undone = await scene.run(['rollback', 'host1', '--accept-loss'])
    expect(undone).toMatchObject({ exitCode: 0 })
    expect([existsSync(answered), existsSync(scene.greeting)]).toEqual([false, false])
  })
})

describe('the program', () => {
  it('lists its commands, and tests the example that is shipped with it', async () => {
    const help = await runCli(['--help'], {}, 'left4me-deploy')
    expect(help.exitCode).toBe(0)
    for (const name of ['apply', 'plan', 'verify', 'test', 'items', 'metadata', 'rollback'])
      expect(help.stdout).toContain(`  ${name} `)
    const tested = await runCli(['test', 'example'], {}, 'left4me-deploy')
    expect(tested).toMatchObject({ exitCode: 0, stderr: '' })
    expect(tested.stdout).toMatch(/^example: \d+ items, /)
  })
})
