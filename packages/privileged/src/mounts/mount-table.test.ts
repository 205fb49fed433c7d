import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findMountOf, parseMountTable, readMountTable } from './mount-table.ts'

/** Of a Debian 13, with an overlay of ours, a folder with a blank, and optional fields of every number. */
const real = `22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,discard,errors=remount-ro
23 22 0:21 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
317 22 0:45 / /var/lib/left4me/runtime/1/merged rw,nosuid,nodev,relatime shared:155 master:7 - overlay left4me rw,lowerdir+=/proc/self/fd/3,lowerdir+=/proc/self/fd/4,upperdir=/var/lib/left4me/runtime/1/upper,workdir=/var/lib/left4me/runtime/1/work,uuid=on,userxattr
318 22 8:17 /a\\040b /mnt/my\\040disk\\011\\134 rw - ext4 /dev/sdb1 rw,prjquota
`

it('what is mounted is read out of mountinfo', () => {
  expect(parseMountTable(real)).toEqual([
    { mountPoint: '/', device: '254:1', type: 'ext4', upper: null, projectQuotas: false },
    { mountPoint: '/proc', device: '0:21', type: 'proc', upper: null, projectQuotas: false },
    {
      mountPoint: '/var/lib/left4me/runtime/1/merged',
      device: '0:45',
      type: 'overlay',
      upper: '/var/lib/left4me/runtime/1/upper',
      projectQuotas: false,
    },
    { mountPoint: '/mnt/my disk\t\\', device: '8:17', type: 'ext4', upper: null, projectQuotas: true },
  ])
})

it('names come back as they were, whatever is in them', () => {
  const inOctal = (text: string): string =>
    [...Buffer.from(text)]
      .map(byte =>
        /[ \t\n\\,]/.test(String.fromCharCode(byte)) ? `\\${byte.toString(8).padStart(3, '0')}` : byte,
      )
      .map(part => (typeof part === 'string' ? part : String.fromCharCode(part)))
      .join('')
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => !/[\u0000\r]/.test(text))
  fc.assert(
    fc.property(fc.array(fc.tuple(name, name)), names => {
      const text = names
        .map(([point, upper]) => {
          const line = `1 2 0:5 / /${inOctal(point)} rw shared:1 - overlay x rw,upperdir=${inOctal(upper)},workdir=/w`
          return Buffer.from(line, 'latin1').toString('utf8')
        })
        .join('\n')
      expect(parseMountTable(text).map(({ mountPoint, upper }) => [mountPoint.slice(1), upper])).toEqual(
        names,
      )
    }),
  )
})

it('lines that are none are passed over, and never an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'1 /-:\\0,=ovrlayupdi\n') }), text => {
      for (const entry of parseMountTable(text)) expect(entry.mountPoint).toBeTypeOf('string')
    }),
  )
})

it('the table of this machine is understood line by line', () => {
  // Read once: other tests mount and unmount meanwhile.
  const text = readFileSync('/proc/self/mountinfo', 'utf8')
  expect(parseMountTable(text)).toHaveLength(text.split('\n').filter(Boolean).length)
  expect(readMountTable().some(({ mountPoint, type }) => mountPoint === '/proc' && type === 'proc')).toBe(
    true,
  )
})

it('the mount that a path lies on is the innermost', () => {
  expect(findMountOf('/proc/self/status')?.mountPoint).toBe('/proc')
  expect(findMountOf('/proc')?.mountPoint).toBe('/proc')
  expect(findMountOf('/procession')?.mountPoint).toBe('/')
})
