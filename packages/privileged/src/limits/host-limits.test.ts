import fc from 'fast-check'
import { expect, it } from 'vitest'
import { defaultHostLimits, parseHostLimits } from './host-limits.ts'

it('what the file says replaces the defaults, and nothing else', () => {
  expect(parseHostLimits('')).toEqual(defaultHostLimits)
  expect(
    parseHostLimits(
      '# a disk of 100 GB\nSERVER_DISK_BYTES=1000\n\nBUILD_DISK_BYTES=2000\nDISK_RESERVE_BYTES=3000\nFILES_LIMIT=4000\nSANDBOX_DENIED_ADDRESSES=203.0.113.5 2001:db8::/32\n',
    ),
  ).toEqual({
    server: 1000,
    build: 2000,
    reserve: 3000,
    files: 4000,
    deniedAddresses: ['203.0.113.5', '2001:db8::/32'],
  })
})

it.each([
  'SERVER_DISK_BYTES=',
  'SERVER_DISK_BYTES=0',
  'SERVER_DISK_BYTES=-1',
  'SERVER_DISK_BYTES=10G',
  'SERVER_DISK_BYTES= 10',
  'SERVER_DISK_BYTES=1e9',
  'server_disk_bytes=1000',
  'SERVER_DISK=1000',
  'constructor=1000',
  ' SERVER_DISK_BYTES=1000',
  'SANDBOX_DENIED_ADDRESSES=localhost',
  'SANDBOX_DENIED_ADDRESSES=any',
  'SANDBOX_DENIED_ADDRESSES=1.2.3.4,5.6.7.8',
  'SANDBOX_DENIED_ADDRESSES=deadbeef',
  'nonsense',
])('a line is refused by its number: %j', line => {
  expect(() => parseHostLimits(`# first\n${line}\n`)).toThrow(/^line 2 /)
})

it('whatever is in the file, limits are positive numbers or it is refused', () => {
  const piece = fc.constantFrom(
    ...[
      'SERVER_DISK_BYTES',
      'FILES_LIMIT',
      'SANDBOX_DENIED_ADDRESSES',
      '=',
      '\n',
      '0',
      '17',
      '#',
      ' ',
      '::',
      '/',
      'G',
    ],
  )
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      try {
        const { server, build, files, deniedAddresses } = parseHostLimits(pieces.join(''))
        for (const limit of [server, build, files]) expect(limit).toBeGreaterThan(0)
        for (const address of deniedAddresses) expect(address).toMatch(/^[0-9a-f.:/]+$/)
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError)
      }
    }),
  )
})
