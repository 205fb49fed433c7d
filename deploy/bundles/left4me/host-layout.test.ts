import { readFileSync } from 'node:fs'
import { buildNode } from '@left4me/converge'
import { expect, it } from 'vitest'
import example from '../../nodes/example.ts'
import { readUnits } from '../../testing/unit-file.ts'
import { workingTree } from '../../testing/working-tree.ts'
import { left4meNode } from '../left4me-node.ts'

const { items } = buildNode(left4meNode('example', example, workingTree())).graph
const textOf = (path: string) => readFileSync(new URL(`../../files/${path}`, import.meta.url), 'utf8')

it('The folders of a deployment and those that systemd makes at boot have the same owners and modes', () => {
  const folders = textOf('tmpfiles.conf')
    .split('\n')
    .flatMap(line => {
      const [kind, path = '', mode, owner, group] = line.split(' ')
      return kind === 'd' ? [{ path, expected: { kind: 'directory', mode, owner, group } }] : []
    })
    .filter(({ path }) => path.startsWith('/var/lib/') || path.startsWith('/var/cache/'))
  expect(folders.length).toBeGreaterThan(8)
  for (const { path, expected } of folders)
    expect(items.get(`directory:${path}`)?.expected(), path).toEqual(expected)
})

it('Every unit, program and drop-in of the source is on the host', () => {
  const ids = [...items.keys()]
  const names = ids.filter(id => id.startsWith('unit:l')).map(id => id.slice('unit:'.length))
  const ofLeft4me = names.filter(name => name.startsWith('left4me') || name.startsWith('l4d2'))
  expect(ofLeft4me.sort()).toEqual(
    readUnits()
      .map(({ name }) => name)
      .sort(),
  )
  expect(ids.filter(id => id.startsWith('symlink:') && id.includes('left4me')).sort()).toMatchInlineSnapshot(`
    [
      "symlink:/etc/sudoers.d/left4me",
      "symlink:/etc/sysctl.d/99-left4me.conf",
      "symlink:/etc/systemd/journald@left4me.conf",
      "symlink:/etc/systemd/system/left4me-server@.service.d/50-hardening.conf",
      "symlink:/etc/systemd/system/left4me-web.service.d/50-hardening.conf",
      "symlink:/etc/systemd/system/nftables.service.d/50-left4me.conf",
      "symlink:/etc/systemd/system/systemd-journald-sync@left4me.service.d/50-left4me.conf",
      "symlink:/etc/systemd/system/systemd-journald@left4me.service.d/50-left4me.conf",
      "symlink:/etc/tmpfiles.d/left4me.conf",
      "symlink:/usr/local/lib/left4me/node",
      "symlink:/usr/local/libexec/left4me/left4me-disk-limit",
      "symlink:/usr/local/libexec/left4me/left4me-journalctl",
      "symlink:/usr/local/libexec/left4me/left4me-overlay",
      "symlink:/usr/local/libexec/left4me/left4me-script-sandbox",
      "symlink:/usr/local/libexec/left4me/left4me-systemctl",
      "symlink:/usr/local/sbin/left4me",
    ]
  `)
})

it('No item of the host starts a server: they are started from the panel', () => {
  const services = [...items.keys()].filter(id => id.startsWith('service:'))
  expect(services).toContain('service:left4me-firewall')
  expect(services.filter(id => id.includes('@'))).toEqual([])
})

it('What the kernel is told is what the linked file says', () => {
  const expected = items.get('sysctl:99-left4me')?.expected()
  for (const line of textOf('sysctl.conf')
    .split('\n')
    .filter(each => /^[a-z]/.test(each))) {
    const [key = '', value] = line.split(' = ')
    expect(expected?.[key], key).toBe(value)
  }
  expect([...items.keys()]).toContain('action:sysctl-dev.tty.legacy_tiocsti')
})
