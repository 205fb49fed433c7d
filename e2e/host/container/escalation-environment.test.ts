import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hostPaths } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { guarded } from '../support/guarded.ts'
import { check } from '../support/guards.ts'
import { admitIntruder, honestDescription, type Intruder, rootsMarker } from '../support/probes/intruder.ts'
import { overlayUnit, startScript } from '../support/probes/naive-unit.ts'

const file = `${hostPaths.instances}/intruder/instance.env`
const home = `${hostPaths.temporary}/intruder`

/** Lines that make a program of root's run what the service user wrote, and the proof that they leave. */
const tricks = {
  LD_PRELOAD: `LD_PRELOAD=${home}/preload.so`,
  NODE_OPTIONS: `NODE_OPTIONS=--require=${home}/require.cjs`,
  PYTHONPATH: `PYTHONPATH=${home}`,
  BASH_ENV: `BASH_ENV=${home}/shell.sh`,
  PATH: `PATH=${home}/bin:/usr/bin:/bin`,
}

describeWith(['root'], 'what the service user may write into instance.env', () => {
  let bed: Container
  let intruder: Intruder

  beforeAll(async () => {
    bed = await openContainer()
    intruder = await admitIntruder(bed)
  })
  afterEach(async () => intruder.rest())
  afterAll(async () => bed[Symbol.asyncDispose]())

  it('is what starts a server when it is honest', async () => {
    await intruder.describe(honestDescription())
    expect(await intruder.helper('left4me-systemctl', 'start', intruder.instance)).toMatchObject({ code: 0 })
    expect(await bed.succeed(`cat /run/left4me/instances/intruder.env`)).toContain('L4D2_PORT=27030\n')
  })

  for (const [name, line] of Object.entries(tricks))
    guarded({
      attempt: `a line ${name}= in instance.env runs a program of the service user's as root`,
      guard: overlayUnit,
      bed: () => bed,
      probe: async () => {
        await intruder.describe(`${honestDescription()}${line}\n`)
        const { stderr } = await bed.run(startScript(intruder.instance))
        return { outcome: await intruder.becameRoot(), detail: stderr }
      },
    })

  guarded({
    attempt: 'a FIFO in place of instance.env stops PID 1',
    guard: overlayUnit,
    bed: () => bed,
    probe: async () => {
      await intruder.succeed(`rm -rf ${file}; mkfifo ${file}`)
      await bed.run(startScript(intruder.instance))
      const { code } = await bed.run('timeout 20 systemctl list-jobs')
      // Whoever reads gets its end of file, and doesn't find the FIFO a second time.
      await bed.succeed(`exec 3<>${file}; rm ${file}; exec 3>&-; timeout 120 systemctl list-jobs`)
      return code === 0 ? 'refused' : 'succeeded'
    },
  })

  guarded({
    attempt: "a link to a file of root's in place of instance.env shows what is in that file",
    guard: overlayUnit,
    bed: () => bed,
    probe: async () => {
      await bed.succeed(`
        printf '${honestDescription()}SECRET=${rootsMarker}\\n' >/root/private/instance.env
        chmod 600 /root/private/instance.env`)
      await intruder.succeed(`rm -rf ${file}; ln -s /root/private/instance.env ${file}`)
      const { stdout, stderr } = await bed.run(startScript(intruder.instance))
      expect(`${stdout}${stderr}`).not.toContain(rootsMarker)
      return await intruder.sees(rootsMarker)
    },
  })

  guarded({
    attempt: "a second name of a file of root's in place of instance.env shows what is in that file",
    guard: check(
      'the count of names in hostile-folder.ts',
      '/opt/left4me/src/packages/privileged/src/hostile-files/hostile-folder.ts',
      text => text.replace('stats.nlink !== 1', 'stats.nlink < 1'),
    ),
    bed: () => bed,
    probe: async () => {
      // Where protected_hardlinks is off, the service user makes it itself: proc_sys_fs(5).
      await bed.succeed(`
        rm -f ${file} ${hostPaths.root}/roots.env
        printf '${honestDescription().replace('intruder', rootsMarker)}' >${hostPaths.root}/roots.env
        chmod 600 ${hostPaths.root}/roots.env
        ln ${hostPaths.root}/roots.env ${file}`)
      await bed.run(startScript(intruder.instance))
      const outcome = await intruder.sees(rootsMarker)
      await bed.succeed(`rm ${file}`)
      return outcome
    },
  })

  describe('and is refused, and leaves PID 1 alone,', () => {
    /** A line of an honest description, replaced. */
    const changed = (key: string, value: string) =>
      honestDescription().replace(new RegExp(`^${key}=.*$`, 'm'), () => `${key}=${value}`)

    it.each([
      ['when it is missing', `rm ${file}`],
      ['when it is empty', `: >${file}`],
      ['when it is a folder', `rm ${file}; mkdir ${file}`],
      [
        'when it is a socket',
        `rm ${file}; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('${file}')"`,
      ],
      ['when it is a link to a device', `rm ${file}; ln -s /dev/zero ${file}`],
      ['when it is a link to itself', `rm ${file}; ln -s instance.env ${file}`],
      ['when it is a link to an honest one', `mv ${file} ${file}.honest; ln -s instance.env.honest ${file}`],
      ['when it has 100 GB', `truncate --size=100G ${file}`],
      ['when it has 100 MB that are no lines', `head --bytes=100M /dev/zero >>${file}`],
      ['when it has 200 kB of lines', `yes L4D2_PORT=27030 | head --bytes=200K >${file} || true`],
      ['when it is random', `head --bytes=64K /dev/urandom >${file}`],
      ['when it is not UTF-8', `printf '\\xff\\xfe' >>${file}`],
      ['when it has a NUL', `printf '\\0' >>${file}`],
      ['when it ends in a carriage return', `sed -i 's/$/\\r/' ${file}`],
      [
        'when nobody may read it but its owner’s folder is shut',
        `chmod 0 ${hostPaths.instances}/intruder; chmod 755 ${hostPaths.instances}/intruder; rm ${file}`,
      ],
    ])('%s', async (_when, script) => {
      await intruder.describe(honestDescription())
      await intruder.succeed(script)
      await expectRefused()
    })

    it.each([
      ['a setting twice', `${honestDescription()}L4D2_PORT=27031\n`],
      ['an unknown setting', `${honestDescription()}L4D2_EXEC=/bin/sh\n`],
      ['a line that continues', honestDescription().replace('\n', '\\\n')],
      ['a comment', `# hello\n${honestDescription()}`],
      ['a missing setting', 'L4D2_PORT=27030\n'],
      ['port 0', changed('L4D2_PORT', '0')],
      ['a port of the system', changed('L4D2_PORT', '22')],
      ['a port beyond all', changed('L4D2_PORT', '65536')],
      ['a port in hexadecimal', changed('L4D2_PORT', '0x6978')],
      ['a port and more', changed('L4D2_PORT', '27030 27031')],
      ['a port and a property', changed('L4D2_PORT', '27030 SocketBindDeny=')],
      ['a negative port', changed('L4D2_PORT', '-1')],
      ['a layer by an absolute path', changed('L4D2_LOWERDIRS', '/root/private')],
      ['a layer by ..', changed('L4D2_LOWERDIRS', 'overlays/../../../../root/private')],
      [
        'a layer by .. behind a good beginning',
        changed('L4D2_LOWERDIRS', 'overlays/1/revisions/../../../data'),
      ],
      ['a layer with an option of mount', changed('L4D2_LOWERDIRS', 'installation,upperdir=/root')],
      ['a layer with an escaped separator', changed('L4D2_LOWERDIRS', 'installation\\:/root')],
      ['an empty layer', changed('L4D2_LOWERDIRS', 'installation::installation')],
      ['the database as a layer', changed('L4D2_LOWERDIRS', 'data')],
      ["a neighbour's upper as a layer", changed('L4D2_LOWERDIRS', 'runtime/neighbour/upper')],
      ['a layer twice', changed('L4D2_LOWERDIRS', 'installation:installation')],
      [
        '501 layers',
        changed(
          'L4D2_LOWERDIRS',
          Array.from({ length: 501 }, (_, index) => `overlays/${index + 1}/revisions/1`).join(':'),
        ),
      ],
      [
        'an overlay by an endless number',
        changed('L4D2_LOWERDIRS', `overlays/${'9'.repeat(400)}/revisions/1`),
      ],
      ['an argument with an escape character', changed('L4D2_ARGS', '"\u001b[2J"')],
      ['quotes that do not end', changed('L4D2_ARGS', '"+map')],
      ['a thousand arguments', changed('L4D2_ARGS', '+map '.repeat(1000).trim())],
    ])('when it has %s', async (_what, text) => {
      await intruder.describe(text)
      await expectRefused()
    })

    async function expectRefused(): Promise<void> {
      const started = await intruder.helper('left4me-systemctl', 'start', intruder.instance)
      expect(started).toMatchObject({ code: 1, stdout: '' })
      expect(started.stderr).toMatch(/^[^\n]+\n$/)
      expect(
        await bed.succeed(`
        timeout 120 systemctl list-jobs --no-legend 'left4me-*@*'
        grep /runtime/intruder/merged /proc/self/mountinfo || true
        ls /run/left4me/instances/intruder.env 2>/dev/null || true`),
      ).toBe('')
      const problem: unknown = JSON.parse(await bed.succeed('cat /run/left4me/instances/intruder.problem'))
      expect(problem).toMatchObject({ code: 'bad-environment' })
    }
  })
})
