import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { type Guard, guarded } from '../support/guarded.ts'
import { all, check } from '../support/guards.ts'
import { admitIntruder, honestDescription, type Intruder } from '../support/probes/intruder.ts'

const folder = '/usr/local/libexec/left4me'
const source = '/opt/left4me/src/packages/privileged/src'
const home = '/var/lib/left4me/tmp/intruder'
const sudo = ['sudo', '--non-interactive'] as const

const listedCommands = check('the list of commands in sudoers', '/etc/sudoers.d/left4me', text =>
  text.replace(/NOPASSWD: LEFT4ME_.*/, 'NOPASSWD: ALL'),
)
/** Programs without what they are called with: what a list of paths alone would allow. */
const anyArguments = check('the arguments in sudoers', '/etc/sudoers.d/left4me', text =>
  text.replace(/^(Cmnd_Alias \S+ = ).*$/gm, (line, alias: string) => {
    const programs = [...new Set(line.match(/\/usr\/local\/libexec\/left4me\/left4me-[a-z-]+/g))]
    return `${alias}${programs.join(', ')}`
  }),
)
const anyName = check('the shape of names in names.ts', `${source}/arguments/names.ts`, text =>
  text.replace('const name = /^[a-z0-9][a-z0-9_-]{0,63}$/', 'const name = /^/'),
)

describeWith(['root'], 'what the service user may ask of sudo', () => {
  let bed: Container
  let intruder: Intruder

  beforeAll(async () => {
    bed = await openContainer()
    intruder = await admitIntruder(bed)
    await intruder.describe(honestDescription())
  })
  afterAll(async () => bed[Symbol.asyncDispose]())

  /** A program with exactly these words, as the service user. A word may hold whatever a process may be given. */
  const call = async (words: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
    return await intruder.run(
      `mapfile -d '' words; exec env "\${words[@]}" </dev/null`,
      [...assignments, ...words].map(word => `${word}\0`).join(''),
    )
  }
  /** sudo's own words when it refuses: of an option, of a command that isn't listed, of a user. */
  const saysSudo =
    /^sudo: (?!.* unchanged$)|^sudoedit: |^usage: sudo |may not run sudo|is not allowed to (run|execute|set)/m

  describe('is, and no more than,', () => {
    it.each([
      ['left4me-systemctl', ['show', 'intruder']],
      ['left4me-systemctl', ['reset-failed', 'intruder']],
      ['left4me-journalctl', ['intruder', '--lines', '0', '--no-follow']],
      ['left4me-overlay', ['prepare', 'intruder']],
      ['left4me-script-sandbox', ['cancel', '1']],
    ])('%s %j', async (name, words) => {
      expect(await intruder.helper(name, ...words)).toMatchObject({ code: 0 })
    })
  })

  /** Guarded by sudoers: without the list, or without its arguments, the same words are run as root. */
  const refusedBySudo = (attempt: string, guard: Guard, words: readonly string[]): void =>
    guarded({
      attempt: `sudo runs ${attempt}`,
      guard,
      bed: () => bed,
      probe: async () => {
        const { stdout, stderr } = await call([...sudo, ...words], { SUDO_EDITOR: '/usr/bin/true' })
        await intruder.becameRoot()
        return { outcome: saysSudo.test(stderr) ? 'refused' : 'succeeded', detail: `${stdout}${stderr}` }
      },
    })

  refusedBySudo('id', listedCommands, ['/usr/bin/id'])
  refusedBySudo('a shell', listedCommands, ['--shell', 'true'])
  refusedBySudo('a login shell', listedCommands, ['--login', 'true'])
  refusedBySudo('systemctl itself', listedCommands, ['/usr/bin/systemctl', 'is-system-running'])
  refusedBySudo('the interpreter of the helpers', listedCommands, [
    '/usr/local/lib/left4me/node/bin/node',
    '--version',
  ])
  refusedBySudo("a helper's own program by another path", listedCommands, [
    '/opt/left4me/src/deploy/scripts/libexec/left4me-systemctl',
    'show',
    'intruder',
  ])
  refusedBySudo('a listed program by a link of the service user’s', listedCommands, [
    `${home}/bin/systemctl`,
    'show',
    'intruder',
  ])
  refusedBySudo('an editor: sudoedit', listedCommands, ['--edit', '/etc/left4me/host.env'])
  refusedBySudo('the command that its units have for mounting', anyArguments, [
    `${folder}/left4me-overlay`,
    'umount',
    'x',
  ])
  refusedBySudo('attach, which is of the sandbox’s own unit', anyArguments, [
    `${folder}/left4me-script-sandbox`,
    'attach',
    '999',
  ])
  for (const words of [
    ['daemon-reload'],
    ['isolate', 'intruder'],
    ['start', 'ssh.service'],
    ['show', '../intruder'],
    ['show', 'in/truder'],
    ['show', '.'],
    ['show', ''],
    ['show', '-intruder'],
    ['show', '--', 'intruder'],
    ['--no-block', 'show', 'intruder'],
    ['show', 'intruder', 'ssh'],
    ['show', 'intruder '],
    ['show', 'intruder\n'],
    ['show', 'intruder\nssh'],
    ['show', 'intrüder'],
    ['show', 'intruder\u202e'],
    ['show', 'INTRUDER'],
    ['show', 'intruder;id'],
    ['show', 'intruder*'],
    ['show', 'x'.repeat(65)],
    ['show', 'x'.repeat(100_000)],
    ['SHOW', 'intruder'],
    ['show\tintruder'],
    [],
  ])
    refusedBySudo(`left4me-systemctl ${shown(words)}`, anyArguments, [
      `${folder}/left4me-systemctl`,
      ...words,
    ])
  for (const words of [
    ['intruder', '--lines', '-1', '--no-follow'],
    ['intruder', '--lines', '10', '--no-follow', '--file=/var/log/journal/x'],
    ['intruder', '--lines', '10', '--after-cursor', 's=1;i=1;b=1;m=1;t=1;x=1 --file', '--no-follow'],
    ['intruder', '--lines', '10', '--after-cursor', '--output=cat', '--no-follow'],
    ['intruder', '--lines', '99999999', '--no-follow'],
    ['--root=/', '--lines', '10', '--no-follow'],
  ])
    refusedBySudo(`left4me-journalctl ${shown(words)}`, anyArguments, [
      `${folder}/left4me-journalctl`,
      ...words,
    ])
  for (const words of [
    ['0', 'script'],
    ['1', '../../data/left4me.db'],
    ['1', '/etc/shadow'],
    ['1', '.hidden'],
    ['1', '--help'],
    ['1', 'script', 'more'],
    ['cancel', '../1'],
    ['cancel', '1e3'],
    ['1.5', 'script'],
    ['-1', 'script'],
  ])
    refusedBySudo(`left4me-script-sandbox ${shown(words)}`, anyArguments, [
      `${folder}/left4me-script-sandbox`,
      ...words,
    ])

  it('sudo lists what it allows, and that is all', async () => {
    const { stdout } = await call([...sudo, '--list'])
    const allowed = stdout.slice(stdout.indexOf('may run the following'))
    expect(allowed.match(/\(root : root\) NOPASSWD:/g)).toHaveLength(1)
    expect(allowed.match(/\/[\w/.-]+/g)?.filter(path => !path.startsWith(`${folder}/left4me-`))).toEqual([])
  })

  describe('is not, with a listed command,', () => {
    const listed = [`${folder}/left4me-systemctl`, 'show', 'intruder']
    it.each([
      ['its own environment', ['--preserve-env']],
      ['one variable of it', ['--preserve-env=NODE_OPTIONS']],
      ['another user', ['--user=daemon']],
      ['another group', ['--group=shadow']],
      ['another root', ['--chroot=/tmp']],
      ['another folder', ['--chdir=/tmp']],
      ['the file descriptors above 2', ['--close-from=100']],
      ['another host', ['--host=elsewhere']],
      ['an askpass program of its own', ['--askpass']],
      ['a variable on the command line', [`NODE_OPTIONS=--require=${home}/require.cjs`]],
      ['a library on the command line', [`LD_PRELOAD=${home}/preload.so`]],
    ])('%s', async (_what, options) => {
      const { code, stderr } = await call(
        ['sudo', ...(options[0] === '--askpass' ? [] : ['--non-interactive']), ...options, ...listed],
        {
          SUDO_ASKPASS: `${home}/bin/pager`,
          NODE_OPTIONS: `--require=${home}/require.cjs`,
        },
      )
      if (options[0] !== '--askpass') {
        expect(code).toBe(1)
        expect(stderr).toMatch(saysSudo)
      }
      expect(await intruder.becameRoot()).toBe('refused')
    })
  })

  const cleanEnvironment = all([
    check('env_reset in sudoers', '/etc/sudoers.d/left4me', text => text.replace('env_reset', '!env_reset')),
    check('env -i in the helper', `${folder}/left4me-systemctl`, text =>
      text.replace('/usr/bin/env -i ', '/usr/bin/env '),
    ),
  ])
  guarded({
    attempt: 'NODE_OPTIONS in the environment of sudo runs a program of the service user’s as root',
    guard: cleanEnvironment,
    bed: () => bed,
    probe: async () => {
      const { code, stderr } = await call([...sudo, `${folder}/left4me-systemctl`, 'show', 'intruder'], {
        NODE_OPTIONS: `--require=${home}/require.cjs`,
      })
      expect(code, stderr).toBe(0)
      return await intruder.becameRoot()
    },
  })
  guarded({
    attempt: 'PATH in the environment of sudo runs a program of the service user’s as root',
    guard: all([
      check('env_reset and secure_path in sudoers', '/etc/sudoers.d/left4me', text =>
        text
          .replace('env_reset', '!env_reset')
          .replace(/, secure_path = "[^"]*"/, ', !secure_path, env_keep += PATH'),
      ),
      check('env -i and absolute programs in the helper', `${folder}/left4me-systemctl`, text =>
        text.replace(/exec \/usr\/bin\/env -i PATH=\S+/, 'exec env'),
      ),
    ]),
    bed: () => bed,
    probe: async () => {
      await call(['/usr/bin/sudo', '--non-interactive', `${folder}/left4me-systemctl`, 'show', 'intruder'], {
        PATH: `${home}/bin:/usr/bin:/bin`,
      })
      return await intruder.becameRoot()
    },
  })

  it.each([
    ['LD_PRELOAD', `${home}/preload.so`],
    ['LD_AUDIT', `${home}/preload.so`],
    ['LD_LIBRARY_PATH', home],
    ['GLIBC_TUNABLES', 'glibc.malloc.check=3'],
    ['BASH_ENV', `${home}/shell.sh`],
    ['ENV', `${home}/shell.sh`],
    ['PYTHONPATH', home],
    ['NODE_PATH', home],
    ['NODE_COMPILE_CACHE', home],
    ['OPENSSL_CONF', `${home}/shell.sh`],
    ['SSLKEYLOGFILE', `${home}/proof/keys`],
    ['PAGER', `${home}/bin/pager`],
    ['SYSTEMD_PAGER', `${home}/bin/pager`],
    ['SYSTEMD_PAGERSECURE', '0'],
    ['LESSOPEN', `|${home}/bin/less %s`],
    ['EDITOR', `${home}/bin/less`],
    ['SUDO_EDITOR', `${home}/bin/less`],
    ['TERMINFO', home],
    ['TZ', `:${home}/shell.sh`],
    ['LOCPATH', home],
    ['LANGUAGE', '../../../../tmp'],
    ['TMPDIR', home],
    ['HOME', home],
    ['IFS', '/'],
    ['DBUS_SYSTEM_BUS_ADDRESS', `unix:path=${home}/bus`],
    ['SYSTEMD_BUS_ADDRESS', `unix:path=${home}/bus`],
  ])('%s in the environment of sudo changes nothing', async (name, value) => {
    const { code, stderr } = await call([...sudo, `${folder}/left4me-systemctl`, 'show', 'intruder'], {
      [name]: value,
    })
    expect(code, stderr).toBe(0)
    expect(await intruder.becameRoot()).toBe('refused')
  })

  it('a folder, a mask and limits that sudo keeps change nothing', async () => {
    const { code } = await intruder.run(`
      mkdir -p ${home}/gone; cd ${home}/gone; rmdir ${home}/gone
      umask 000
      ulimit -S -n 64
      exec sudo --non-interactive ${folder}/left4me-overlay prepare of-umask </dev/null`)
    expect(code).toBe(0)
    expect(
      await bed.succeed('stat -c "%a %U" /var/lib/left4me/runtime/of-umask{,/upper,/work,/merged}'),
    ).toBe('755 root\n755 left4me\n700 root\n755 root')
  })

  // The helpers don't rely on sudoers: the same words, given by root itself.
  for (const name of [
    '../intruder',
    '-intruder',
    '.',
    '',
    'in truder',
    'intruder\n',
    'intrüder',
    'x'.repeat(65),
  ])
    guarded({
      attempt: `a helper takes ${JSON.stringify(name.length > 60 ? `${name.length} characters` : name)} for a name`,
      guard: anyName,
      bed: () => bed,
      probe: async () => {
        const words = ['prepare', name].map(word => `${word}\0`).join('')
        const { code, stderr } = await bed.run(
          `mapfile -d '' words; ${folder}/left4me-overlay "\${words[@]}"`,
          { input: words },
        )
        return { outcome: code === 2 ? 'refused' : 'succeeded', detail: stderr }
      },
    })
  it.each([
    ['left4me-systemctl', ['show']],
    ['left4me-systemctl', ['show', 'a', 'b']],
    ['left4me-systemctl', ['show a']],
    ['left4me-systemctl', ['daemon-reload', 'a']],
    ['left4me-overlay', ['mount']],
    ['left4me-overlay', ['prepare', 'a', '--force']],
    ['left4me-journalctl', ['a', '--lines', '1']],
    ['left4me-journalctl', ['a', '--no-follow', '--lines', '1']],
    ['left4me-journalctl', ['a', '--lines', '1', '--follow', '--file=x']],
    ['left4me-script-sandbox', ['1', 'a', 'b']],
    ['left4me-script-sandbox', ['01', 'a']],
    ['left4me-script-sandbox', ['cancel', 'a']],
    ['left4me-disk-limit', ['--help']],
  ])('%s %j is wrong usage, also for root: exit code 2', async (name, words) => {
    const { code, stdout } = await bed.run(`mapfile -d '' words; ${folder}/${name} "\${words[@]}"`, {
      input: words.map(word => `${word}\0`).join(''),
    })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  const manager = [
    'org.freedesktop.systemd1',
    '/org/freedesktop/systemd1',
    'org.freedesktop.systemd1.Manager',
  ]
  it.each([
    ['systemctl', 'start', 'left4me-overlay@intruder.service'],
    ['systemctl', 'set-property', '--runtime', 'left4me-server@intruder.service', 'TasksMax=infinity'],
    ['systemctl', 'set-environment', 'A=B'],
    ['systemctl', 'daemon-reload'],
    ['systemctl', 'kill', '--signal=SIGCONT', 'systemd-journald.service'],
    ['systemd-run', '--quiet', '--wait', 'true'],
    ['busctl', 'call', ...manager, 'Reload'],
    ['nft', 'list', 'ruleset'],
    ['mount', '--types', 'tmpfs', 'tmpfs', '/media'],
  ])('without sudo, %s %s is refused, which root may', async (...words) => {
    const refused = await call(words)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toMatch(/authentication|access denied|permitted|must be superuser/i)
    expect(await bed.run(words.join(' '))).toMatchObject({ code: 0 })
  })
})

function shown(words: readonly string[]): string {
  return JSON.stringify(words.map(word => (word.length > 100 ? `${word.length} characters` : word)))
}
