import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { encodeMessage, type Message, MessageReader, messageLimit } from './message.ts'
import { Variant } from './value.ts'

/**
 * What dbus-daemon 1.16 and systemd 257 sent to an unprivileged user: replies to Hello, AddMatch, GetUnit of a unit that
 * isn't loaded and ListUnitsByPatterns, and signals, among them both halves of a unit's change.
 */
const recorded = Buffer.from(
  readFileSync(new URL('testing/recorded-bus.base64', import.meta.url), 'latin1'),
  'base64',
)

const messages = new MessageReader().push(recorded)
const find = (of: (message: Message) => boolean): Message => {
  const found = messages.find(of)
  if (!found) throw new RangeError('not recorded')
  return found
}

describe('what a real bus sent', () => {
  it('is read as the messages that it is', () => {
    expect(
      messages.map(({ header }) => [header.type, header.member ?? header.errorName ?? header.signature]),
    ).toEqual([
      ['return', 's'],
      ['signal', 'NameAcquired'],
      ['return', undefined],
      ['error', 'org.freedesktop.systemd1.NoSuchUnit'],
      ['signal', 'PropertiesChanged'],
      ['signal', 'PropertiesChanged'],
      ['return', 'a(ssssssouso)'],
    ])
  })

  it('tells a unit’s properties', () => {
    const { header } = find(({ header: { member } }) => member === 'PropertiesChanged')
    expect(header).toMatchObject({ path: '/org/freedesktop/systemd1/unit/left4me_2dserver_401_2eservice' })
    const halves = messages
      .filter(message => message.header.member === 'PropertiesChanged')
      .map(message => message.values('sa{sv}as'))
    expect(halves.map(([name]) => name)).toEqual([
      'org.freedesktop.systemd1.Service',
      'org.freedesktop.systemd1.Unit',
    ])
    const [service, unit] = halves.map(([, properties]) => properties as ReadonlyMap<string, Variant>)
    expect(service?.get('NRestarts')).toEqual(new Variant('u', 0))
    expect(unit?.get('ActiveState')).toEqual(new Variant('s', 'inactive'))
    expect(unit?.get('InvocationID')?.signature).toBe('ay')
  })

  it('says who is asked and what was wrong', () => {
    const refusal = find(({ header }) => header.type === 'error')
    expect(refusal.values('s')).toEqual(['Unit no-such.service not loaded.'])
    const [units] = find(({ header }) => header.signature === 'a(ssssssouso)').values('a(ssssssouso)')
    expect(units).toHaveLength(1)
    expect((units as string[][])[0]?.slice(0, 5)).toEqual([
      'left4me-server@1.service',
      'Left 4 Dead 2 server 1',
      'loaded',
      'active',
      'running',
    ])
  })

  test('it is the same in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), sizes => {
        const reader = new MessageReader()
        const found: Message[] = []
        let at = 0
        for (let index = 0; at < recorded.length; index++) {
          const end = at + (sizes[index % sizes.length] ?? 1)
          found.push(...reader.push(recorded.subarray(at, end)))
          at = end
        }
        expect(found.map(({ header }) => header)).toEqual(messages.map(({ header }) => header))
      }),
      { numRuns: 30 },
    )
  })

  test('whatever a byte of it is changed to, it is read or refused', () => {
    fc.assert(
      fc.property(fc.nat(recorded.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = Buffer.from(recorded)
        changed[at] = byte
        try {
          for (const message of new MessageReader().push(changed))
            message.values(message.header.signature ?? '')
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })
})

describe('a message', () => {
  const header = {
    type: 'call',
    serial: 7,
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'AddMatch',
    destination: 'org.freedesktop.DBus',
    signature: 's',
  } as const

  it('is read as it was written', () => {
    const [message] = new MessageReader().push(encodeMessage(header, ["type='signal'"]))
    expect(message?.header).toEqual(header)
    expect(message?.values('s')).toEqual(["type='signal'"])
  })

  it('is not taken for one of another signature', () => {
    const [message] = new MessageReader().push(encodeMessage(header, ['x']))
    expect(() => message?.values('u')).toThrow(RangeError)
  })

  it('is refused when it is too long, before it has come', () => {
    const bytes = encodeMessage(header, ['x'])
    bytes.writeUInt32LE(messageLimit, 4)
    expect(() => new MessageReader().push(bytes.subarray(0, 16))).toThrow('more than')
  })

  it.each([
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
    ['another version', Buffer.from(encodeMessage(header, ['x'])).fill(2, 3, 4)],
    ['a header without end', Buffer.concat([Buffer.from('6c010001', 'hex'), Buffer.alloc(12, 0xff)])],
  ])('is refused when it is %s', (_, bytes) => {
    expect(() => new MessageReader().push(bytes)).toThrow(RangeError)
  })
})
