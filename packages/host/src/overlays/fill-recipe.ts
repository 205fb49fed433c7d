import { mkdir } from 'node:fs/promises'
import type { DownloadPolicy } from '../downloads/download-policy.ts'
import type { FetchContext } from '../downloads/fetch-context.ts'
import { removeTree } from '../files/remove-tree.ts'
import { HostError } from '../host-error.ts'
import type { Layout } from '../layout.ts'
import { fillFromIndex } from '../map-index/fill-from-index.ts'
import { fillFromWorkshop } from '../workshop/fill-from-workshop.ts'
import type { WorkshopSteamcmd } from '../workshop/workshop-steamcmd.ts'
import type { BuildSteps } from './build-steps.ts'
import type { DraftTurns } from './draft-turns.ts'
import type { BuildOptions, OverlayRecipe, RevisionSource } from './overlay-contract.ts'
import { readSummary } from './revision-record.ts'
import { OutputLines } from './scripts/output-lines.ts'
import type { ScriptRunner } from './scripts/script-runner.ts'
import type { TreeWorker } from './tree-work/run-tree-work.ts'
import type { PublishedTree } from './tree-work/tree-work.ts'

/** What builds need besides the data directory. */
export interface FillTools {
  readonly scripts: ScriptRunner
  /** null: items of the Workshop that only steamcmd can fetch are refused. */
  readonly steamcmd: WorkshopSteamcmd | null
  readonly downloads: DownloadPolicy
}

interface FillOptions {
  readonly layout: Layout
  readonly tools: FillTools
  readonly drafts: DraftTurns
  readonly overlayId: number
  readonly recipe: OverlayRecipe
  readonly build: BuildOptions
  /** Empty, to be filled. */
  readonly building: string
  readonly previous: PublishedTree | null
  readonly steps: BuildSteps
  readonly worker: TreeWorker
}

export interface Filled {
  readonly sources: readonly RevisionSource[]
  /** Whether files with several names are links to what never changes. */
  readonly keepLinks: boolean
}

/** Does what the recipe says, in an empty folder. */
export function fillRecipe(options: FillOptions): Promise<Filled> {
  switch (options.recipe.kind) {
    case 'upload':
      return fillFromDraft(options)
    case 'script':
      return fillByScript(options, options.recipe.script)
    case 'workshop':
      return fillFromItems(options, options.recipe)
    case 'map-index':
      return fillFromMapIndex(options, options.recipe)
  }
}

async function fillFromDraft({
  layout,
  drafts,
  overlayId,
  build,
  building,
  previous,
  steps,
  worker,
}: FillOptions): Promise<Filled> {
  const { draft } = layout.overlay(overlayId)
  await mkdir(draft, { recursive: true, mode: 0o755 })
  await drafts.copy(overlayId, build.signal, () => {
    steps.begin('copying the files', 0, 0.8)
    return worker.run(
      { kind: 'copy', from: draft, to: building, previous, maxBytes: build.maxBytes },
      { signal: build.signal, onProgress: (fraction, bytes) => steps.tell(fraction, bytes) },
    )
  })
  return { sources: [], keepLinks: true }
}

async function fillByScript(
  { layout, tools, overlayId, build, building, steps, worker }: FillOptions,
  script: string,
): Promise<Filled> {
  steps.begin('running the script', 0, 0.8)
  const { draft } = layout.overlay(overlayId)
  await tools.scripts.end(overlayId)
  await removeTree(draft)
  await mkdir(draft, { recursive: true, mode: 0o755 })
  const output = new OutputLines(build.onOutput)
  try {
    const { outcome, message, remedy } = await tools.scripts.run(overlayId, script, {
      onOutput: chunk => output.add(chunk),
      signal: build.signal,
      maxBytes: build.maxBytes,
    })
    output.end()
    if (outcome !== 'succeeded') {
      const code = outcome === 'cancelled' ? 'cancelled' : 'script-failed'
      throw new HostError(code, `The script failed. ${message}`, { remedy })
    }
    await worker.run({ kind: 'take', from: draft, to: building }, { signal: build.signal })
  } finally {
    await removeTree(draft)
  }
  return { sources: [], keepLinks: false }
}

async function fillFromItems(
  options: FillOptions,
  { items }: Extract<OverlayRecipe, { kind: 'workshop' }>,
): Promise<Filled> {
  options.steps.begin('fetching items of the Workshop', 0, 0.8)
  return {
    sources: await fillFromWorkshop(options.building, items, await contextOf(options)),
    keepLinks: true,
  }
}

async function fillFromMapIndex(
  options: FillOptions,
  { url, previous }: Extract<OverlayRecipe, { kind: 'map-index' }>,
): Promise<Filled> {
  const { layout, overlayId, building } = options
  options.steps.begin('fetching what the index lists', 0, 0.8)
  const known = previous === null ? null : await readSummary(layout.overlay(overlayId), previous)
  const sources = await fillFromIndex(
    building,
    {
      url,
      previous: known === null || previous === null ? null : layout.revision(overlayId, previous),
      previousSources: known?.sources ?? [],
    },
    await contextOf(options),
  )
  return { sources, keepLinks: true }
}

async function contextOf({ layout, tools, build, steps }: FillOptions): Promise<FetchContext> {
  await mkdir(layout.downloads, { recursive: true, mode: 0o700 })
  return {
    cache: layout.workshopCache,
    temporary: layout.downloads,
    steamcmd: tools.steamcmd,
    onProgress: progress => steps.pass(progress),
    onOutput: build.onOutput,
    signal: build.signal,
    maxBytes: build.maxBytes,
    allow: tools.downloads,
  }
}
