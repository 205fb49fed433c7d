import {
  command,
  debianPackage,
  defineBundle,
  defineReactor,
  directory,
  file,
  type Secret,
  secretText,
} from '@left4me/converge'
import type { BackupMetadata } from '../../src/metadata.ts'
import { hostProgram } from '../host-script.ts'
import { parseBackup } from './metadata.ts'

const folder = '/etc/backup'
const program = '/usr/local/sbin/backup'
const root = { owner: 'root', group: 'root' }

/**
 * What of this host is worth keeping, as other bundles declare it: /etc/backup/paths and excludes, for whichever program
 * saves them. With a repository of restic's that is done from here, by a timer, after whatever makes copies of what
 * changes while it is read.
 */
export const backupBundle = defineBundle({
  name: 'backup',
  requires: ['systemd-timers'],
  defaults: {
    backup: {
      paths: new Set<string>(),
      excludes: new Set<string>(),
      before: {},
      repository: null,
      password: null,
      environment: {},
      keep: { daily: 7, weekly: 5, monthly: 12 },
      schedule: '03:15',
    } satisfies BackupMetadata,
  },
  reactors: [
    defineReactor({
      name: 'timer',
      provides: ['systemd_timers/backup'],
      react: metadata =>
        metadata.get<string | null>('backup/repository') === null
          ? {}
          : {
              systemd_timers: {
                backup: { command: [program], when: metadata.get<string>('backup/schedule'), spread: 1800 },
              },
            },
    }),
  ],
  parse: parseBackup,
  items: ({ paths, excludes, before, repository, keep }) => [
    directory(folder, { mode: '0755', ...root }),
    list('paths', paths),
    list('excludes', excludes),
    repository === null
      ? []
      : [
          debianPackage('restic'),
          directory('/var/cache/restic', { mode: '0700', ...root }),
          directory(`${folder}/before`, { mode: '0755', ...root }),
          ...before.map(({ name, words }) =>
            file(`${folder}/before/${name}`, {
              content: `#!/bin/sh\nexec ${command(words)}\n`,
              mode: '0755',
              ...root,
            }),
          ),
          list('keep', options(keep)),
          file(`${folder}/environment`, {
            content: environmentFile([
              { name: 'RESTIC_REPOSITORY', value: repository.name },
              { name: 'RESTIC_PASSWORD', value: repository.password },
              ...repository.environment,
            ]),
            mode: '0600',
            ...root,
          }),
          file(program, {
            content: hostProgram(import.meta.dirname, 'backup'),
            mode: '0755',
            ...root,
            needs: ['package:restic'],
          }),
        ],
  ],
})

function list(name: string, lines: readonly string[]) {
  return file(`${folder}/${name}`, {
    content: lines.map(line => `${line}\n`).join(''),
    mode: '0644',
    ...root,
  })
}

/** Of restic-forget(1); none of them keeps everything. */
function options(keep: BackupMetadata['keep']): string[] {
  return Object.entries(keep).flatMap(([period, count]) => (count > 0 ? [`--keep-${period}=${count}`] : []))
}

/** Assignments of a shell's. What is between the quotes has none in it, apart from a secret's, which is ours. */
function environmentFile(variables: readonly { name: string; value: Secret | string }[]) {
  return variables.reduce((text, { name, value }) => secretText`${text}${name}='${value}'\n`, secretText``)
}
