import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { action, type Item, release, service, symlink } from '@left4me/converge'
import type { Controller } from '../../../src/controller.ts'
import type { Left4meMetadata } from '../../../src/metadata.ts'
import { need, tags } from '../tags.ts'

/** What the application is made of. */
const builtFrom = [
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'apps',
  'packages',
  'deploy/package.json',
]

/** Node, the checkout that root trusts, and the application, each of which becomes live whole. */
export function releaseItems(
  metadata: Pick<Left4meMetadata, 'git_url' | 'git_branch' | 'npm_registry' | 'npm_cache'>,
  controller: Controller,
): Item[] {
  const { runtime } = controller
  const source = controller.source({ url: metadata.git_url, branch: metadata.git_branch })
  const { revision } = source
  const node = `/usr/local/lib/left4me/node-${runtime.nodeVersion}`
  return [
    release(node, {
      revision: `${runtime.nodeVersion}-npm-${runtime.npmVersion}`,
      archive: () => runtime.archive(),
      owner: 'root',
      group: 'root',
      tags: [tags.runtime],
    }),
    symlink('/usr/local/lib/left4me/node', {
      target: `node-${runtime.nodeVersion}`,
      needs: [`release:${node}`],
      tags: [tags.runtime],
    }),
    action('left4me-build', {
      command: script('build.sh'),
      arguments: [
        revision,
        node,
        metadata.npm_registry ?? '',
        metadata.npm_cache ?? '',
        script('build-in-sandbox.sh'),
      ],
      input: () => source.archive(builtFrom),
      unless: '[ "$(cat "$1/REVISION")" = "$1" ]',
      folder: '/var/lib/left4me/app',
      timeout: 1800,
      needs: [`release:${node}`],
    }),
    release('/opt/left4me/src', {
      revision,
      archive: () => source.archive(),
      owner: 'root',
      group: 'root',
      validate: script('validate-source.sh'),
      needs: ['action:left4me-build', 'package:sudo', 'package:nftables'],
      triggers: ['action:left4me-activate'],
      tags: [tags.source],
    }),
    action('left4me-activate', {
      command: script('application.sh', 'activate.sh'),
      arguments: [revision, script('ask-health.mjs'), script('copy-database.mjs')],
      unless: '[ "$(readlink current)" = "$1" ] && [ ! -e unproven ]',
      undo: {
        possible: script('application.sh', 'can-take-back.sh'),
        command: script('application.sh', 'take-back.sh'),
        afterwards: script('application.sh', 'start-again.sh'),
      },
      undoesRun: true,
      folder: '/var/lib/left4me/app',
      timeout: 1800,
      needs: need('host', 'runtime', 'source'),
      after: ['systemd:daemon-reload'],
      tags: [tags.web, tags.release],
    }),
    service('left4me-web', {
      enabled: true,
      running: true,
      needs: ['action:left4me-activate'],
      tags: [tags.release],
    }),
  ]
}

/** Scripts of this folder, as one. */
function script(...names: string[]): string {
  return names.map(name => readFileSync(join(import.meta.dirname, name), 'utf8')).join('')
}
