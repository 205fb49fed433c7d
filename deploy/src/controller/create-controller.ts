import { homedir } from 'node:os'
import { join } from 'node:path'
import type { KeySource } from '@left4me/converge'
import type { Controller, Source } from '../controller.ts'
import { branchOf, defaultBranch, fetchBranch } from './git-source.ts'
import { npmRuntime } from './npm-runtime.ts'

/** The checkout that this file is part of. */
const ownCheckout = join(import.meta.dirname, '../../..')

export interface ControllerOptions {
  /** The deployment's key. */
  readonly key: KeySource
  /** Where what was fetched is kept; `~/.cache/left4me` when left out. */
  readonly cacheFolder?: string
  /** The checkout that is deployed when no URL is given, and whose package-lock.json pins Node. */
  readonly checkout?: string
}

/** This machine as the one that deploys. Needs git, tar and npm; nothing is fetched before it is asked for. */
export function createController(options: ControllerOptions): Controller {
  const { key, checkout = ownCheckout, cacheFolder = join(homedir(), '.cache/left4me') } = options
  const sources = new Map<string, Source>()
  return {
    key,
    defaultBranch: () => defaultBranch(checkout),
    source({ url, branch }) {
      const name = JSON.stringify([url, branch])
      const source =
        sources.get(name) ??
        (url === null
          ? branchOf({ repository: checkout, branch })
          : fetchBranch({ url, branch, cacheFolder }))
      sources.set(name, source)
      return source
    },
    runtime: npmRuntime({ lockFile: join(checkout, 'package-lock.json'), cacheFolder }),
  }
}
