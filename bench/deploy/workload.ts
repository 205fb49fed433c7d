import {
  action,
  debianPackage,
  defineBundle,
  defineNode,
  directory,
  file,
  group,
  type Node,
  symlink,
  user,
} from '@left4me/converge'

const root = '/srv/bench'
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number)
const two = (number: number) => String(number).padStart(2, '0')
const folder = (number: number) => `${root}/d${two(number % 15)}`
const path = (number: number) => `${folder(number)}/f${two(number)}.conf`
const content = (number: number) =>
  `# file ${number}, written by the bench\n${numbers(30)
    .map(line => `key_${two(line)} = value ${number} ${line} ballast\n`)
    .join('')}`

/**
 * 60 items, the same for every tool that is measured: a group, a user, 15 folders, 20 files of 1 KB, 10 links, 5
 * packages that are there, 5 guarded commands, and 3 that run only when a file was changed. /srv/bench has to be there.
 */
const workload = defineBundle({
  name: 'workload',
  items: () => [
    group('benchg', { gid: 4711 }),
    user('benchu', { uid: 4711, group: 'benchg', home: root, shell: '/usr/sbin/nologin' }),
    ['ca-certificates', 'curl', 'git', 'rsync', 'sudo'].map(name => debianPackage(name)),
    numbers(15).map(number => directory(folder(number), { owner: 'benchu', group: 'benchg', mode: '0755' })),
    numbers(20).map(number =>
      file(path(number), {
        content: content(number),
        owner: 'benchu',
        group: 'benchg',
        mode: '0640',
        triggers: ['action:reload-0', 'action:reload-1', 'action:reload-2'],
      }),
    ),
    numbers(10).map(number =>
      symlink(`${folder(number)}/link`, { target: path(number), owner: 'benchu', group: 'benchg' }),
    ),
    numbers(5).map(number =>
      action(`stamp-${number}`, {
        command: 'touch "$1"',
        unless: 'test -e "$1"',
        arguments: [`${root}/stamp-${number}`],
        needs: ['directory:'],
      }),
    ),
    numbers(3).map(number =>
      action(`reload-${number}`, {
        command: 'touch "$1"',
        arguments: [`${root}/reloaded-${number}`],
        triggered: true,
      }),
    ),
  ],
})

export const workloadNode: Node = defineNode({ name: 'target', bundles: [workload] })
