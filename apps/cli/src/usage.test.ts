import { describe, expect, it } from 'vitest'
import { commands } from './commands.ts'
import { runCli } from './testing/run-cli.ts'

describe('wrong usage', () => {
  it.each([
    ['no command', [], /^left4me: which command\? There are .*query/],
    ['an unknown command', ['qery'], /^left4me: there is no command qery; did you mean query\?/],
    ['a command that resembles none', ['xyzzy'], /^left4me: there is no command xyzzy; left4me --help/],
    [
      'an unknown flag',
      ['query', 'a:1', '--jsn'],
      /^left4me: query has no flag --jsn; did you mean --json\?/,
    ],
    ['a short flag', ['query', 'a:1', '-j'], /^left4me: query has no flag -j/],
    ['a flag with a value', ['query', 'a:1', '--json=1'], /^left4me: --json takes no value/],
    ['a missing argument', ['query'], /^left4me: query needs HOST:PORT/],
    ['an argument too many', ['query', 'a:1', 'b'], /^left4me: query doesn't know what to do with “b”/],
    ['a target without a port', ['query', 'a'], /^left4me: “a” is not HOST:PORT/],
    ['a port out of range', ['query', 'a:65536'], /^left4me: “a:65536” is not HOST:PORT/],
    [
      'a secret that nobody can be asked for',
      ['rcon', '127.0.0.1:1', 'status'],
      /set LEFT4ME_RCON_PASSWORD\n$/,
    ],
  ])('%s is one line on stderr and exit code 2', async (_, words, line) => {
    const { exitCode, stdout, stderr } = await runCli(words)
    expect(stderr).toMatch(line)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  })
})

describe('help', () => {
  it('lists every command', async () => {
    const { exitCode, stdout } = await runCli(['--help'])
    expect(exitCode).toBe(0)
    for (const { name } of commands) expect(stdout).toContain(`  ${name} `)
  })

  it.each(commands.map(({ name }) => name))(
    'of %s needs none of its arguments and says its flags',
    async name => {
      const { exitCode, stdout } = await runCli([name, '--help'])
      expect(exitCode).toBe(0)
      expect(stdout).toMatch(new RegExp(`^left4me ${name}`))
      expect(stdout).toContain('--debug')
    },
  )
})

describe('a failure', () => {
  // The name is reserved never to exist (RFC 6761).
  it('is one line on stderr and exit code 1, without a stack', async () => {
    const { exitCode, stdout, stderr } = await runCli(['query', 'nowhere.invalid:27015'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^left4me: .*nowhere\.invalid.*\n$/)
  })

  it('shows its stack and its cause after --debug', async () => {
    const { exitCode, stderr } = await runCli(['query', 'nowhere.invalid:27015', '--debug'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/\n {4}at /)
    expect(stderr).toContain('caused by: ')
  })
})

describe('left4me routes', () => {
  it('lists each route with who may call it', async () => {
    const { exitCode, stdout } = await runCli(['routes'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^GET +\/health +anyone /m)
  })

  it('prints the same as JSON', async () => {
    const { stdout } = await runCli(['routes', '--json'])
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ name: 'createServer', method: 'POST', path: '/api/v1/servers' }),
    )
  })
})
