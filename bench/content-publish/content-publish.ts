import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createProcessHost, type OverlayStore, type RevisionSummary } from '@left4me/host'
import { type Benchmark, NotRunnable } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'

const run = promisify(execFile)

const folders = 100
const filesOfFolder = 50
const rounds = 6
const room = 1e9

interface Round {
  /** Milliseconds until the draft was copied, and what came after. */
  readonly copying: number
  readonly publishing: number
  /** The same draft once more: nothing to copy. */
  readonly unchanged: number
  readonly cp: number
  readonly cpSynced: number
}

export const contentPublish: Benchmark = {
  name: 'content-publish',
  title: `an overlay of ${folders * filesOfFolder} files built and published as a revision, beside cp -a of the same files`,
  async run(context) {
    const disk = await statfs(tmpdir())
    if (disk.bavail * disk.bsize < room)
      throw new NotRunnable(`${tmpdir()} has too little room: free ${room / 1e9} GB.`)
    const root = await mkdtemp(join(tmpdir(), 'left4me-bench-publish-'))
    const done: Round[] = []
    let summary: RevisionSummary | null = null
    try {
      const { overlays } = createProcessHost({ root, node: process.execPath, steamcmd: null })
      for (let overlayId = 1; overlayId <= rounds; overlayId += 1) {
        context.say(`round ${overlayId} of ${rounds}`)
        const draft = join(root, 'overlays', String(overlayId), 'draft')
        await writeDraft(draft, overlayId)
        await run('sync', ['--file-system', root])
        // Whoever comes second finds the file system warmed up by the first: turn and turn about.
        const early = overlayId % 2 === 0 ? await copy(root, draft) : null
        const first = await build(overlays, overlayId, 1, context.signal)
        summary = first.summary
        const again = await build(overlays, overlayId, 2, context.signal)
        done.push({
          copying: first.copying,
          publishing: first.publishing,
          unchanged: again.copying + again.publishing,
          ...(early ?? (await copy(root, draft))),
        })
      }
    } finally {
      await rm(root, { recursive: true, force: true })
    }
    const values = (name: keyof Round) => done.map(round => round[name])
    const total = done.map(({ copying, publishing }) => copying + publishing)
    const publishing = median(values('publishing'))
    return {
      samples: [
        { name: 'copying the draft', unit: 'ms', values: values('copying') },
        { name: 'publishing', unit: 'ms', values: values('publishing') },
        { name: 'unchanged, once more', unit: 'ms', values: values('unchanged') },
        { name: 'cp -a', unit: 'ms', values: values('cp') },
        { name: 'cp -a and sync', unit: 'ms', values: values('cpSynced') },
      ],
      figures: [
        { name: 'beyond the build', unit: 'ms', value: publishing, aim: { atMost: 300 } },
        { name: 'build and publishing', unit: 'ms', value: median(total), aim: null },
        { name: 'unchanged, once more', unit: 'ms', value: median(values('unchanged')), aim: null },
        { name: 'cp -a', unit: 'ms', value: median(values('cp')), aim: null },
        { name: 'cp -a and sync', unit: 'ms', value: median(values('cpSynced')), aim: null },
      ],
      notes: [
        `medians of ${rounds} rounds, each with ${summary?.files ?? 0} new files of ${((summary?.bytes ?? 0) / 1e6).toFixed(0)} MB in all`,
        'beyond the build: every file listed, hashed and checked, the index and the manifest written, all of it durable, the folder renamed; cp -a does none of that',
      ],
    }
  },
}

async function copy(root: string, draft: string): Promise<{ cp: number; cpSynced: number }> {
  const target = await mkdtemp(join(root, 'copy-'))
  const begin = performance.now()
  await run('cp', ['-a', draft, target])
  const cp = performance.now() - begin
  await run('sync', ['--file-system', root])
  return { cp, cpSynced: performance.now() - begin }
}

/** Sizes as of a plugin pack: most are small, some are a megabyte. */
async function writeDraft(draft: string, seed: number): Promise<void> {
  for (let folder = 0; folder < folders; folder += 1) {
    const place = join(draft, 'left4dead2', `folder${folder}`)
    await mkdir(place, { recursive: true })
    for (let file = 0; file < filesOfFolder; file += 1) {
      const size = file === 0 && folder % 10 === 0 ? 1_000_000 : 500 + file * 300
      await writeFile(join(place, `file${file}.txt`), Buffer.alloc(size, `${seed} ${folder} ${file} `))
    }
  }
}

async function build(
  overlays: OverlayStore,
  overlayId: number,
  revision: number,
  signal: AbortSignal,
): Promise<{ copying: number; publishing: number; summary: RevisionSummary }> {
  const begin = performance.now()
  let copied = begin
  let isCopying = true
  const summary = await overlays.build(
    overlayId,
    revision,
    { kind: 'upload' },
    {
      onProgress: ({ activity }) => {
        if (isCopying && activity === 'checking the files') {
          isCopying = false
          copied = performance.now()
        }
      },
      onOutput: () => undefined,
      signal,
      maxBytes: room,
      allowNativeCode: true,
    },
  )
  return { copying: copied - begin, publishing: performance.now() - copied, summary }
}
