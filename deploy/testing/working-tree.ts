import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Controller } from '../src/controller.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** A controller for tests: the working tree's files of left4me's host part as its source, a key, and no runtime. */
export function workingTree(): Controller {
  return {
    key: () => Buffer.alloc(32, 7).toString('base64url'),
    defaultBranch: () => 'master',
    source: () => ({
      revision: '0123456789abcdef0123456789abcdef01234567',
      archive: () =>
        execFileSync(
          'tar',
          [
            '--format=ustar',
            '-C',
            repository,
            '-czf',
            '-',
            'deploy/files',
            'deploy/scripts',
            'examples',
            'packages/privileged',
          ],
          {
            maxBuffer: 2 ** 26,
          },
        ),
    }),
    runtime: {
      nodeVersion: '24.0.0',
      npmVersion: '11.0.0',
      archive: () => '',
    },
  }
}
