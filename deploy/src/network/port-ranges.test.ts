import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logListenerFragment } from './log-listener.ts'
import { firstEphemeralPort, portEnvironment, serverPorts } from './port-ranges.ts'

describe('the ports of a host', () => {
  test('are derived from the game ports', () => {
    const ports = serverPorts({ start: 27015, end: 27115 })
    expect(ports).toEqual({
      game: { start: 27015, end: 27115 },
      client: { start: 28015, end: 28115 },
      television: { start: 29015, end: 29115 },
      steam: { start: 30015, end: 30115 },
    })
    expect(portEnvironment(ports)).toEqual({
      LEFT4ME_PORT_RANGE_START: '27015',
      LEFT4ME_PORT_RANGE_END: '27115',
    })
  })

  test('never overlap, nor reach those that the kernel gives away', () => {
    fc.assert(
      fc.property(fc.nat({ max: 70_000 }), fc.integer({ min: -10, max: 1500 }), (start, length) => {
        let ports: ReturnType<typeof serverPorts>
        try {
          ports = serverPorts({ start, end: start + length })
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-ports' })
          return
        }
        const ranges = Object.values(ports).sort((a, b) => a.start - b.start)
        for (const [index, range] of ranges.entries()) {
          expect(range.end - range.start).toBe(length)
          expect(range.start).toBeGreaterThan(ranges[index - 1]?.end ?? 1023)
          expect(range.end).toBeLessThan(firstEphemeralPort)
        }
      }),
    )
  })

  test.each([
    [80, 90, 'belong to the system'],
    [27115, 27015, 'the end comes before the start'],
    [20000, 21000, 'more than 1000'],
    [30000, 30100, 'would reach 33100'],
    [27015.5, 27115, 'whole numbers'],
  ])('are refused from %d to %d', (start, end, sentence) => {
    expect(() => serverPorts({ start, end })).toThrow(sentence)
  })

  test('let servers send their logs to the listener', () => {
    const file = logListenerFragment(27500, serverPorts({ start: 27015, end: 27115 }))
    expect(file.path).toBe('/etc/left4me/nftables.d/log-listener.nft')
    expect(file.content).toContain('\nadd element inet left4me ports_to_send_to { 27500 }\n')
  })

  test.each([80, 27020, 29015, 40000, Number.NaN])('refuse %d to the listener', port => {
    expect(() => logListenerFragment(port, serverPorts({ start: 27015, end: 27115 }))).toThrow(
      expect.objectContaining({ code: 'bad-ports' }),
    )
  })
})
