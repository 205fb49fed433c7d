import type { Secret } from '@left4me/converge'
import { MetadataSection } from '../metadata-section.ts'

interface CheckedBackup {
  readonly paths: readonly string[]
  readonly excludes: readonly string[]
  readonly before: readonly { readonly name: string; readonly words: readonly string[] }[]
  /** null: what is to be saved is only declared. */
  readonly repository: {
    readonly name: string
    readonly password: Secret
    readonly environment: readonly { readonly name: string; readonly value: Secret }[]
  } | null
  readonly keep: { readonly daily: number; readonly weekly: number; readonly monthly: number }
  readonly schedule: string
}

const path = {
  pattern: /^\/$|^(\/[^/\u0000-\u001f\u007f*?[\]\\]+)+$/,
  wanted: 'an absolute path such as /etc/myservice',
  longest: 4000,
}
// restic's patterns, see restic-backup(1); `#` begins a comment and `$` a variable in its file of excludes.
const exclude = {
  pattern: /^[^#$!\s][^$\u0000-\u001f\u007f]*$/,
  wanted: 'a pattern such as /var/lib/myservice/cache',
}
const word = {
  pattern: /^[^\u0000-\u001f\u007f]+$/,
  wanted: 'a word such as /usr/local/sbin/copy-database',
  longest: 4000,
}
const name = { pattern: /^[a-z0-9][a-z0-9_-]{0,63}$/, wanted: 'small letters, digits, _ and -' }
const variable = { pattern: /^[A-Z][A-Z0-9_]*$/, wanted: 'a variable such as AWS_ACCESS_KEY_ID' }
const repository = {
  pattern: /^[^\s\u0000-\u001f\u007f'"\\$`]+$/,
  wanted: 'a repository of restic’s such as sftp:backup@example.org:/srv/backup',
}
const secret = {
  pattern: /^[^\u0000-\u001f\u007f']{8,500}$/,
  wanted: 'at least 8 characters without single quotes',
  longest: 500,
}
const value = {
  pattern: /^[^\u0000-\u001f\u007f']*$/,
  wanted: 'a value without single quotes such as eu-central-1',
  longest: 1000,
}
const time = { pattern: /^[A-Za-z0-9 :*,./~_-]+$/, wanted: 'a time such as daily' }

/** Throws a ConvergeError that names the key. */
export function parseBackup(metadata: Readonly<Record<string, unknown>>): CheckedBackup {
  const section = MetadataSection.of(metadata, 'backup')
  section.refuseOthers([
    ...['paths', 'excludes', 'before', 'repository', 'password', 'environment', 'keep', 'schedule'],
  ])
  const before = section.section('before')
  const environment = section.section('environment')
  const keep = section.section('keep')
  keep.refuseOthers(['daily', 'weekly', 'monthly'])
  const where = section.textOrNull('repository', repository)
  const password = section.secretOrNull('password', secret)
  if (where !== null && password === null)
    throw section.refusal('password', 'is missing beside repository', 'restic encrypts; give it a secret')
  const count = (key: string) => keep.whole(key, { least: 0, most: 1000 })
  return {
    paths: section.texts('paths', path),
    excludes: section.texts('excludes', exclude),
    before: before.names(name).map(key => {
      const words = before.words(key, word)
      if (words[0]?.startsWith('/') !== true)
        throw before.refusal(key, 'has no absolute path as its first word', `Write ${path.wanted} first`)
      return { name: key, words }
    }),
    repository:
      where === null || password === null
        ? null
        : {
            name: where,
            password,
            environment: environment
              .names(variable)
              .map(name => ({ name, value: environment.secret(name, value) })),
          },
    keep: { daily: count('daily'), weekly: count('weekly'), monthly: count('monthly') },
    schedule: section.text('schedule', time),
  }
}
