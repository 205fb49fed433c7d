import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { UsageReader } from './usage.ts'
import { parseFlatKeyed, parsePressure, parseProcesses, parseSingle, parseTraffic } from './usage-files.ts'

const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const noise = fc.string({ unit: fc.constantFrom(...'0123456789 =:.-\nabcmaxrwytes') })

describe('the files of a control group', () => {
  test('give their numbers whatever else is in them', () => {
    const key = fc.constantFrom('usage_usec', 'throttled_usec', 'nr_periods', 'core_sched.force_idle_usec')
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, whole), { selector: ([name]) => name }),
        noise,
        (pairs, more) => {
          const text = pairs.map(([name, value]) => `${name} ${value}\n`).join('')
          expect([...parseFlatKeyed(text)]).toEqual(pairs)
          const values = parseFlatKeyed(`${text}${more.replaceAll(/[a-z]/g, '')}\n`)
          for (const [name, value] of pairs) expect(values.get(name)).toBe(value)
        },
      ),
    )
  })

  test('give one number, or none for “max” and for anything else', () => {
    fc.assert(
      fc.property(whole, value => {
        expect(parseSingle(`${value}\n`)).toBe(value)
        expect(parseSingle(String(value))).toBe(value)
      }),
    )
    for (const text of ['max\n', '', '\n', '-1', '1.5', '1 2', 'x', '1\n\n', '99999999999999999999'])
      expect(parseSingle(text)).toBeNull()
  })

  test('give what was read and written by device', () => {
    const traffic = fc.record({
      device: fc.tuple(fc.nat(4095), fc.nat(99)).map(([major, minor]) => `${major}:${minor}`),
      readBytes: whole,
      writtenBytes: whole,
    })
    fc.assert(
      fc.property(fc.array(traffic), devices => {
        const text = devices
          .map(
            each =>
              `${each.device} rbytes=${each.readBytes} wbytes=${each.writtenBytes} rios=1 wios=2 dbytes=0 dios=0\n`,
          )
          .join('')
        expect(parseTraffic(text)).toEqual(devices)
      }),
    )
    // A device without traffic has its number alone (seen with Linux 6.12).
    expect(parseTraffic('254:0 \n7:0 rbytes=1\nnone rbytes=1 wbytes=1\n')).toEqual([])
  })

  test('give pressure as a share from 0 to 1', () => {
    const rest =
      'avg60=0.90 avg300=0.80 total=133950023\nfull avg10=99.00 avg60=0.02 avg300=0.01 total=35077549\n'
    expect(parsePressure(`some avg10=0.53 ${rest}`)).toBeCloseTo(0.0053)
    expect(parsePressure(`some avg10=100.00 ${rest}`)).toBe(1)
    expect(parsePressure('full avg10=1.00 avg60=0.02\n')).toBeNull()
    fc.assert(
      fc.property(noise, text => {
        const share = parsePressure(text)
        if (share !== null) expect(share).toSatisfy((value: number) => value >= 0 && value <= 1)
      }),
    )
  })

  test('give processes, but none that is not in our namespace', () => {
    expect(parseProcesses('12\n0\n4194304\n')).toEqual([12, 4194304])
    expect(parseProcesses('')).toEqual([])
  })
})

describe('what a server uses', () => {
  let root: string
  let folder: string
  const group = '/l4d2.slice/l4d2-game.slice/left4me-server@1.service'

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-usage-'))
    folder = join(root, 'cgroup', group)
    await mkdir(folder, { recursive: true })
  })
  afterEach(() => rm(root, { recursive: true }))

  const write = async (files: Readonly<Record<string, string>>) => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  }
  const read = () =>
    new UsageReader({
      controlGroups: join(root, 'cgroup'),
      processes: join(root, 'proc'),
      blockDevices: join(root, 'devices'),
    }).read(group)

  const pressure = (percent: string) =>
    `some avg10=${percent} avg60=2.08 avg300=2.23 total=112608595\nfull avg10=3.01 avg60=1.96 avg300=2.01 total=95222652\n`

  /** As Linux 6.12 has them with every controller on. */
  const complete = {
    'cpu.stat':
      'usage_usec 97943606\nuser_usec 56385584\nsystem_usec 41558021\nnice_usec 0\ncore_sched.force_idle_usec 0\nnr_periods 12\nnr_throttled 3\nthrottled_usec 250000\nnr_bursts 0\nburst_usec 0\n',
    'memory.current': '734003200\n',
    'memory.high': '1610612736\n',
    'memory.max': '2147483648\n',
    'pids.current': '42\n',
    'pids.max': '256\n',
    'io.stat':
      '254:0 \n8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2 rios=1 wios=1 dbytes=0 dios=0\n',
    'cpu.pressure': pressure('3.18'),
    'memory.pressure': pressure('0.00'),
    'io.pressure': pressure('50.00'),
    'cgroup.procs': '100\n101\n',
  }

  it('is what the kernel accounts', async () => {
    await write(complete)
    expect(read()).toEqual({
      cpuSeconds: 97.943606,
      memoryBytes: 734_003_200,
      processes: 42,
      memoryHighBytes: 1_610_612_736,
      memoryLimitBytes: 2_147_483_648,
      processLimit: 256,
      throttledSeconds: 0.25,
      readBytes: 4097,
      writtenBytes: 8194,
      pressure: { cpu: 0.0318, memory: 0, io: 0.5 },
    })
  })

  it('is not limited where the kernel says “max”', async () => {
    await write({ ...complete, 'memory.high': 'max\n', 'memory.max': 'max\n', 'pids.max': 'max\n' })
    expect(read()).toMatchObject({ memoryHighBytes: null, memoryLimitBytes: null, processLimit: null })
  })

  it('counts bytes once that pass through a device on another', async () => {
    await write({ ...complete, 'io.stat': '8:0 rbytes=10 wbytes=20\n253:0 rbytes=10 wbytes=20\n' })
    await mkdir(join(root, 'devices/253:0/slaves'), { recursive: true })
    await mkdir(join(root, 'devices/8:0/slaves'), { recursive: true })
    await symlink('../../8:0', join(root, 'devices/253:0/slaves/sda'))
    expect(read()).toMatchObject({ readBytes: 10, writtenBytes: 20 })
  })

  it('is counted by processes where there are no controllers', async () => {
    const { 'cgroup.procs': processes, 'cpu.pressure': cpu } = complete
    await write({ 'cgroup.procs': processes, 'cpu.pressure': cpu })
    await write({ 'cpu.stat': 'usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n' })
    await mkdir(join(root, 'proc/100'), { recursive: true })
    await writeFile(join(root, 'proc/100/statm'), '10000 250 100 1 0 200 0\n')
    // 101 has ended meanwhile.
    expect(read()).toEqual({
      cpuSeconds: 1.5,
      memoryBytes: 250 * 4096,
      processes: 2,
      memoryHighBytes: null,
      memoryLimitBytes: null,
      processLimit: null,
      throttledSeconds: null,
      readBytes: null,
      writtenBytes: null,
      pressure: null,
    })
  })

  it('is nothing of a server that does not run', async () => {
    expect(read()).toBeNull()
    await write({ ...complete, 'pids.current': '0\n' })
    expect(read()).toBeNull()
    await rm(folder, { recursive: true })
    expect(read()).toBeNull()
  })
})
