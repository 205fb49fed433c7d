import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  apply,
  atomic,
  buildNode,
  defineBundle,
  defineGroup,
  defineNode,
  defineReactor,
  derivedSecret,
  describeItems,
  describeMetadata,
  directory,
  file,
  hashNode,
  localShell,
  plan,
  renderReport,
  secretText,
  summaryLine,
  testNode,
  verify,
} from '../index.ts'
import { Scratch } from '../testing/scratch.ts'

const key = () => Buffer.alloc(32, 3).toString('base64url')

interface AppMetadata {
  readonly root: string
  readonly domain: string
  readonly cores: readonly number[]
}

const app = defineBundle<AppMetadata>({
  name: 'app',
  requires: ['base'],
  defaults: { app: { workers: 1 } },
  facts: [
    { path: 'machine/cores', script: 'echo 0 1 2', parse: output => output.trim().split(' ').map(Number) },
  ],
  reactors: [
    defineReactor({
      name: 'cores',
      provides: ['app/cores'],
      react: metadata => ({ app: { cores: atomic(metadata.get<number[]>('machine/cores').slice(1)) } }),
    }),
  ],
  parse: metadata => {
    const { root, domain, cores } = metadata['app'] as Partial<AppMetadata>
    if (domain === undefined) throw new Error('app/domain is missing. Set it on the node.')
    return { root: root ?? '/nowhere', domain, cores: cores ?? [] }
  },
  items: ({ root, domain, cores }, { node }) => [
    directory(`${root}/etc`),
    file(`${root}/etc/env`, {
      content: secretText`DOMAIN=${domain}\nCORES=${cores.join()}\nKEY=${derivedSecret(key, `${node} key`)}\n`,
      mode: '0640',
    }),
  ],
})
const base = defineBundle({ name: 'base', items: () => [] })
const group = defineGroup({ name: 'all', bundles: [base], metadata: { app: { domain: 'example.org' } } })
const nodeIn = (root: string, more: object = {}) =>
  defineNode({ name: 'host1', groups: [group], bundles: [app], metadata: { app: { root } }, ...more })

describe('a node', () => {
  it('is probed for its facts, applied, verified, and told in the lines that other programs read', async () => {
    using scratch = new Scratch()
    const options = { stateFolder: scratch.stateFolder }
    const first = await apply(nodeIn(scratch.folder), localShell(), options)
    expect(summaryLine(first)).toBe('host1: 0 ok, 2 fixed, 0 skipped, 0 failed')
    expect(readFileSync(scratch.path('etc/env'), 'utf8')).toMatch(
      /^DOMAIN=example.org\nCORES=1,2\nKEY=\S{43}\n$/,
    )
    const drift = scratch.path('etc/env')
    expect((await verify(nodeIn(scratch.folder), localShell(), options)).exitCode).toBe(0)
    writeFileSync(drift, 'x')
    const report = await plan(nodeIn(scratch.folder), localShell(), options)
    expect(report.exitCode).toBe(3)
    const lines = renderReport(report).split('\n')
    expect(lines[0]).toMatch(new RegExp(`^change file:${drift}: content 2d711642b726 → [0-9a-f]{12}$`))
    expect(lines.at(-1)).toBe('host1: 1 ok, 1 fixed, 0 skipped, 0 failed')
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('that is defined wrongly is refused before anything is written', async () => {
    using scratch = new Scratch()
    const wrong = defineNode({
      name: 'host2',
      bundles: [app, base],
      metadata: { app: { root: scratch.folder } },
    })
    await expect(apply(wrong, localShell(), { stateFolder: scratch.stateFolder })).rejects.toThrow(
      'The node host2, bundle app: app/domain is missing. Set it on the node.',
    )
    expect(existsSync(scratch.stateFolder)).toBe(false)
    await expect(apply(defineNode({ name: 'host3', bundles: [app] }), localShell())).rejects.toThrow(
      'The bundle app needs the bundle base, which host3',
    )
  })

  it('without facts is unknown until it was probed, and is tested with recorded ones', () => {
    expect(() => testNode(nodeIn('/srv'))).toThrow(
      'machine/cores, which the reactor app/cores reads, is unknown until',
    )
    const recorded = nodeIn('/srv', { facts: { machine: { cores: [0, 1] } } })
    expect(testNode(recorded)).toMatchObject({ items: 2 })
    expect(hashNode(buildNode(recorded))).toBe(testNode(recorded, { seed: 9 }).hash)
    const other = nodeIn('/srv', { facts: { machine: { cores: [0, 2] } } })
    expect(testNode(other).hash).not.toBe(testNode(recorded).hash)
  })

  it('that depends on the order of its bundles is found by the test', () => {
    let built = 0
    const fickle = defineBundle({ name: 'fickle', items: () => [file('/srv/f', { content: `${built++}` })] })
    expect(() => testNode(defineNode({ name: 'n', bundles: [fickle] }))).toThrow('comes out differently')
  })

  it('tells its items and its metadata, each value with who gave it', () => {
    const built = buildNode(nodeIn('/srv', { facts: { machine: { cores: [0, 1] } } }))
    expect(describeItems(built).map(({ id, bundle, needs }) => [id, bundle, needs])).toEqual([
      ['directory:/srv/etc', 'app', []],
      ['file:/srv/etc/env', 'app', ['directory:/srv/etc']],
    ])
    expect(JSON.stringify(describeItems(built))).toContain('[secret host1 key]')
    expect(describeMetadata(built, 'app')).toEqual([
      { path: 'app/cores', value: [1], layers: ['reactor app/cores'] },
      { path: 'app/domain', value: 'example.org', layers: ['group all'] },
      { path: 'app/root', value: '/srv', layers: ['node host1'] },
      { path: 'app/workers', value: 1, layers: ['defaults of app'] },
    ])
  })

  it('that can not be reached is a report with exit code 1 and what was said', async () => {
    const nobody = {
      description: 'nobody',
      argv: () => ['sh', '-c', 'echo "Permission denied (publickey)." >&2; exit 255'],
    }
    const report = await apply(nodeIn('/srv'), nobody)
    expect(report).toMatchObject({ exitCode: 1, error: { code: 'unreachable' } })
    expect(report.error?.message).toContain('Permission denied (publickey).')
    const missing = await apply(nodeIn('/srv'), { description: 'x', argv: () => [join('/nowhere', 'ssh')] })
    expect(missing.error?.message).toContain('ENOENT')
    const chatty = await apply(nodeIn('/srv'), { description: 'x', argv: () => ['printf', 'Welcome!\\0'] })
    expect(chatty.error).toMatchObject({ code: 'bad-answer' })
  })
})
