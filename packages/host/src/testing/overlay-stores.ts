import { type DownloadPolicy, defaultDownloadPolicy } from '../downloads/download-policy.ts'
import type { LayerReference } from '../host.ts'
import { layoutOf } from '../layout.ts'
import { LocalOverlayStore } from '../overlays/overlay-store.ts'
import { scriptEndings } from '../overlays/scripts/script-endings.ts'
import type { ScriptRunner } from '../overlays/scripts/script-runner.ts'

/** A store without a driver. */
export function openTestStore(
  root: string,
  options: {
    readonly scripts?: (root: string) => ScriptRunner
    readonly downloads?: DownloadPolicy
    readonly inUse?: ReadonlyMap<number, readonly LayerReference[]>
  } = {},
): LocalOverlayStore {
  const scripts = options.scripts?.(root) ?? {
    run: () => Promise.reject(new TypeError('no scripts')),
    end: async () => undefined,
    endAll: async () => undefined,
  }
  return new LocalOverlayStore({
    layout: layoutOf(root),
    tools: { scripts, steamcmd: null, downloads: options.downloads ?? defaultDownloadPolicy },
    inUse: async () => options.inUse ?? new Map(),
  })
}

/** In the place of a sandbox: what a script would leave. */
export function scriptsThat(fill: (draft: string) => Promise<void>): (root: string) => ScriptRunner {
  return root => ({
    run: async overlayId => {
      await fill(layoutOf(root).overlay(overlayId).draft)
      return scriptEndings.succeeded
    },
    end: async () => undefined,
    endAll: async () => undefined,
  })
}
