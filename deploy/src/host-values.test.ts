import { describe, expect, test } from 'vitest'
import { type HostWishes, hostValues } from './host-values.ts'

const facts = {
  topology: [0, 1, 2, 3]
    .map(cpu => `/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list:${cpu}\n`)
    .join(''),
  memory: 8192,
}
const wishes: HostWishes = { gamePorts: { start: 27015, end: 27115 }, cake: 'diffserv4', marks: true }

describe('the values of a host', () => {
  test('are its files, its environment and its ports', () => {
    const { files, environment, remarks } = hostValues(facts, { ...wishes, logListenerPort: 27500 })
    expect(files.map(({ path }) => path.replace('/usr/local/lib/systemd/system/', ''))).toEqual([
      'l4d2-game.slice.d/99-left4me-cpuset.conf',
      'l4d2-build.slice.d/99-left4me-cpuset.conf',
      'system.slice.d/99-left4me-cpuset.conf',
      'user.slice.d/99-left4me-cpuset.conf',
      'l4d2.slice.d/99-left4me-memory.conf',
      'l4d2-game.slice.d/99-left4me-memory.conf',
      '/etc/left4me/nftables.d/log-listener.nft',
    ])
    expect(environment).toMatchObject({ LEFT4ME_PORT_RANGE_START: '27015' })
    expect(remarks).toEqual([])
  })

  test('pin nothing on a machine of one core, and say so', () => {
    const topology = '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list:0\n'
    const { files, remarks } = hostValues({ ...facts, topology }, wishes)
    expect(files.filter(({ path }) => path.includes('cpuset'))).toEqual([])
    expect(remarks).toEqual([expect.stringContaining('one core')])
  })

  test('are refused for a core that the machine does not have, before there is any file', () => {
    expect(() => hostValues(facts, { ...wishes, systemCpus: '0,9' })).toThrow("Core 9 isn't there")
  })

  test('are refused when marks would go into a queue that has no tins', () => {
    const settings: HostWishes = { ...wishes, cake: 'besteffort' }
    expect(() => hostValues(facts, settings)).toThrow('CAKE with besteffort')
    expect(hostValues(facts, { ...settings, marks: false }).files).not.toEqual([])
    expect(hostValues(facts, { ...settings, cake: null }).files).not.toEqual([])
  })

  test('are refused with everything that is wrong, not only the first', () => {
    const wrong: HostWishes = {
      gamePorts: { start: 1, end: 2 },
      systemCpus: '0-3',
      serverMemoryMax: 1,
      cake: 'besteffort',
      marks: true,
    }
    expect(() => hostValues(facts, wrong)).toThrow(
      expect.objectContaining({
        errors: ['bad-cores', 'bad-memory', 'bad-ports', 'bad-traffic-shaping'].map(code =>
          expect.objectContaining({ code, remedy: expect.stringMatching(/\.$/) }),
        ),
      }),
    )
  })
})
