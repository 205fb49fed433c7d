import { buildNode, defineNode, describeItems } from '@left4me/converge'
import { expect, test } from 'vitest'
import { systemdBundle } from '../systemd/bundle.ts'
import { systemdTimersBundle } from '../systemd-timers/bundle.ts'
import { backupBundle } from './bundle.ts'

const nodeWith = (backup: Record<string, unknown>) =>
  defineNode({
    name: 'host1',
    bundles: [backupBundle, systemdBundle, systemdTimersBundle],
    metadata: { backup },
    facts: { host: { container: null } },
  })
const idsOf = (backup: Record<string, unknown>) => [...buildNode(nodeWith(backup)).graph.items.keys()]

const repository = { repository: '/srv/backup', password: 'correct horse' }

test('without a repository paths are declared, and nothing is installed', () => {
  const ids = idsOf({ paths: new Set(['/var/lib/app']) })
  expect(ids).toContain('file:/etc/backup/paths')
  expect(ids.filter(id => /package:|timer/.test(id))).toEqual([])
})

test('with a repository a timer saves them', () => {
  const ids = idsOf(repository)
  expect(ids).toContain('package:restic')
  expect(ids).toContain('service:backup.timer')
})

test('neither password nor credentials are in the description of a node', () => {
  const node = nodeWith({ ...repository, environment: { AWS_SECRET_ACCESS_KEY: 'battery staple' } })
  const described = JSON.stringify(describeItems(buildNode(node)))
  expect(described).toContain('[secret backup/password]')
  expect(described).not.toMatch(/correct horse|battery staple/)
})

test.each([
  [{ repository: '/srv/backup' }, /backup\/password is missing beside repository/],
  [{ paths: new Set(['var/lib']) }, /backup\/paths has "var\/lib"\. Write an absolute path/],
  [{ paths: new Set(['/var/lib/*']) }, /backup\/paths has "\/var\/lib\/\*"\. Write an absolute path/],
  [{ excludes: new Set(['#all']) }, /backup\/excludes has "#all"\. Write a pattern/],
  [{ before: { database: ['copy'] } }, /backup\/before\/database has no absolute path/],
  [{ before: { '../x': ['/bin/true'] } }, /is no usable (key|name)/],
  [{ ...repository, password: "it's short" }, /backup\/password can’t be used\. Write at least 8 characters/],
  [
    { ...repository, environment: { lower: 'x' } },
    /backup\/environment\/lower is no usable name\. Write a variable/,
  ],
  [{ keep: { daily: -1 } }, /backup\/keep\/daily is -1\. Write a whole number from 0 to 1000/],
  [{ schedule: 'daily\nUser=root' }, /backup\/schedule is "daily\\nUser=root"\. Write a time/],
  [{ repositroy: '/srv' }, /backup\/repositroy is read by nothing/],
])('%j is refused with the key', (backup, message) => {
  expect(() => buildNode(nodeWith(backup))).toThrow(message)
})
