import { expect, it, test } from 'vitest'
import { explainNamespaceFailure } from './kernel-support.ts'

const explain = (settings: Record<string, string>, fileSystem = 0xef53) =>
  explainNamespaceFailure(
    path => settings[path] ?? null,
    '/srv/upper',
    () => fileSystem,
  )

test.each([
  ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'kernel.unprivileged_userns_clone=1'],
  [
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    '1',
    'kernel.apparmor_restrict_unprivileged_userns=0',
  ],
  ['/proc/sys/user/max_user_namespaces', '0', 'user.max_user_namespaces=10000'],
  ['/proc/sys/user/max_mnt_namespaces', '0', 'user.max_mnt_namespaces=10000'],
])('names the setting %s when it forbids', (path, value, remedy) => {
  expect(explain({ [path]: value })).toContain(remedy)
})

it('names the file system that can not carry layers', () => {
  expect(explain({}, 0x794c7630)).toContain('a volume can')
})

it('knows nothing where nothing forbids', () => {
  expect(
    explain({
      '/proc/sys/kernel/unprivileged_userns_clone': '1',
      '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '0',
      '/proc/sys/user/max_user_namespaces': '96365',
    }),
  ).toBeNull()
})
