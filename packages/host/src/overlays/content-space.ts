import { readdir } from 'node:fs/promises'
import type { Layout } from '../layout.ts'
import type { ContentSpace } from './overlay-contract.ts'
import { runTreeWork } from './tree-work/run-tree-work.ts'

/** Looks at every file of the data directory once. Changes nothing. */
export async function measureContent(
  layout: Layout,
  isBusy: (overlayId: number) => boolean,
): Promise<ContentSpace> {
  const { overlays, workshopCache, downloads, runtime, installation } = layout
  const names = await readdir(overlays).catch(() => [])
  return runTreeWork(
    {
      kind: 'measure',
      places: { overlays, workshopCache, downloads, runtime, installation },
      busy: names.map(Number).filter(isBusy),
    },
    { signal: new AbortController().signal },
  )
}
