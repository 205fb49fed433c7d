import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'

/** In the place of left4me's command line: tells what it was started with. */
const witness = `import { readFileSync } from 'node:fs'
const status = readFileSync('/proc/self/status', 'utf8')
const field = name => new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(status)[1]
console.log(JSON.stringify({
  user: field('Uid'), groups: field('Groups').trim(), capabilities: [field('CapEff'), field('CapBnd')],
  noNewPrivileges: field('NoNewPrivs'), words: process.argv.slice(2), environment: process.env,
}))
`

interface Told {
  readonly user: string
  readonly groups: string
  readonly capabilities: readonly string[]
  readonly noNewPrivileges: string
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

describeWith(['root'], 'the command left4me on a host', () => {
  let bed: Container
  let settings: string
  beforeAll(async () => {
    bed = await openContainer()
    settings = await bed.succeed('cat /etc/left4me/web.env')
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())

  test('runs the deployed command line', async () => {
    expect(await bed.succeed('left4me --help')).toContain('create-user')
  })

  const tell = async (web: string, call = 'left4me tell'): Promise<Told> => {
    await bed.write('/run/witness/apps/cli/src/main.ts', witness)
    await bed.write('/etc/left4me/web.env', web, 0o640)
    await bed.succeed('ln -sfn /run/witness /var/lib/left4me/app/current')
    return JSON.parse(await bed.succeed(call))
  }

  test('runs as the service user, with no privilege of root’s to be had again', async () => {
    const told = await tell(settings)
    expect(told).toMatchObject({
      user: '980\t980\t980\t980',
      groups: '980',
      capabilities: ['0000000000000000', '0000000000000000'],
      noNewPrivileges: '1',
    })
  })

  test('passes arguments on as they are', async () => {
    const told = await tell(settings, `left4me tell '' 'two  words' '$(id)' A=b -- '*' "it's"`)
    expect(told.words).toEqual(['tell', '', 'two  words', '$(id)', 'A=b', '--', '*', "it's"])
  })

  test('gives it the settings of the web application, and of the caller’s environment only what it needs', async () => {
    const call =
      'NODE_OPTIONS=--title=x LD_PRELOAD=/tmp/x DATABASE_URL=sqlite:/tmp/x LEFT4ME_ADMIN_PASSWORD="p w" TERM=xterm left4me tell'
    const { environment } = await tell('SECRET_KEY=first\n# comment\n\nSECRET_KEY="of the web"\n', call)
    expect(environment).toEqual({
      HOME: '/var/lib/left4me',
      PATH: '/usr/bin:/bin',
      NODE_ENV: 'production',
      LEFT4ME_HOST_DRIVER: 'systemd',
      LEFT4ME_ROOT: '/var/lib/left4me',
      LEFT4ME_STEAMCMD: '/var/lib/left4me/steam/steamcmd.sh',
      SECRET_KEY: 'of the web',
      LEFT4ME_ADMIN_PASSWORD: 'p w',
      TERM: 'xterm',
    })
  })

  test('puts no secret on a command line, where everybody on the machine could read it', async () => {
    // Stands in for setpriv, the one program that is executed with all of them.
    await bed.write('/run/witness/setpriv', '#!/bin/sh\ntr "\\0" "\\n" </proc/$$/cmdline\n', 0o755)
    await tell('SECRET_KEY=known-to-few\n')
    const seen = await bed.succeed(
      'mount --bind /run/witness/setpriv /usr/bin/setpriv && LEFT4ME_ADMIN_PASSWORD=mine-alone left4me tell; umount /usr/bin/setpriv',
    )
    expect(seen).toContain('tell')
    expect(seen).not.toMatch(/known-to-few|mine-alone/)
    // What the same witness sees when a secret is an argument.
    expect(await bed.succeed('/run/witness/setpriv env SECRET_KEY=known-to-few true')).toContain(
      'known-to-few',
    )
  })

  test('takes settings for data, never for code', async () => {
    const hostile = '$(touch /run/owned)`touch /run/owned`;touch /run/owned;$HOME && *'
    const { environment } = await tell(`STEAM_WEB_API_KEY=${hostile}\n`)
    expect(environment['STEAM_WEB_API_KEY']).toBe(hostile)
    expect((await bed.run('test -e /run/owned')).code).toBe(1)
    // What a shell would make of the same line.
    await bed.run(`. /etc/left4me/web.env`)
    expect((await bed.run('test -e /run/owned')).code).toBe(0)
  })

  test.each([
    ['LD_PRELOAD=/tmp/evil.so', 'sets LD_PRELOAD'],
    ['PATH=/tmp', 'sets PATH'],
    ['NODE_OPTIONS=--require=/tmp/evil.js', 'sets NODE_OPTIONS'],
    ['export SECRET_KEY=1', "isn't NAME=VALUE"],
    ['touch /run/owned', "isn't NAME=VALUE"],
    ['-u root=1', "isn't NAME=VALUE"],
    ['SECRET_KEY="a" b"', 'has a quote'],
    ['SECRET_KEY=a\\', 'has a quote or backslash'],
  ])('refuses the line %s and starts nothing', async (line, complaint) => {
    await bed.write('/etc/left4me/web.env', `SECRET_KEY=1\n${line}\n`, 0o640)
    const { code, stdout, stderr } = await bed.run('left4me tell')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('/etc/left4me/web.env line 2')
    expect(stderr).toContain(complaint)
  })

  test('is root’s to run', async () => {
    const { code, stderr } = await bed.run('left4me tell', { user: 'left4me' })
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'left4me: only root may run this: sudo left4me …\n' })
  })
})
