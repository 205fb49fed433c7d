import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WorkshopDownload } from '@left4me/host'
import { type Benchmark, NotRunnable } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import { measure } from '../processes/measured-program.ts'
import { Program } from '../processes/program.ts'
import type { DownloadAnswer, DownloadQuestion } from './download-program.ts'
import { startWorkshopApart } from './workshop-apart.ts'

const items = 100
const itemBytes = 5_000_000
const parallel = 4
const repetitions = 3
/** MB/s */
const gigabitLink = 125
const curl = '/usr/bin/curl'
const program = new URL('./download-program.ts', import.meta.url)
/** The settings that the web application starts itself with (apps/server/src/lean-node.ts). */
const asTheProduct = {
  nodeArguments: ['--max-semi-space-size=2'],
  environment: { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '2' },
}

export const contentDownload: Benchmark = {
  name: 'content-download',
  title: `${items} items of ${itemBytes / 1e6} MB from a simulated Workshop on this machine into the cache and a build, beside curl with the same files`,
  async run(context) {
    const room = await statfs(tmpdir())
    if (room.bavail * room.bsize < 4 * items * itemBytes)
      throw new NotRunnable(`${tmpdir()} has too little room: free ${(4 * items * itemBytes) / 1e9} GB.`)
    const ids = Array.from({ length: items }, (_, at) => String(500 + at))
    await using workshop = await startWorkshopApart({ ids, itemBytes }, context)
    const ours: DownloadAnswer[] = []
    const theirs: number[] = []
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      context.say(`round ${repetition + 1} of ${repetitions}`)
      await inFolder(async folder => {
        const question: DownloadQuestion = { ...workshop.answer, folder }
        ours.push(await measure<DownloadAnswer>(program, question, { ...context, ...asTheProduct }))
      })
      await inFolder(async folder => {
        theirs.push(await byCurl(workshop.answer.items, folder))
      })
    }
    const bytes = ours[0]?.bytes ?? 0
    const rate = (milliseconds: number) => bytes / 1e6 / (milliseconds / 1000)
    const our = ours.map(answer => rate(answer.milliseconds))
    const their = theirs.map(rate)
    const rss = ours.map(answer => answer.peakRss / 1e6)
    return {
      samples: [
        { name: 'left4me', unit: 'MB/s', values: our },
        { name: 'curl', unit: 'MB/s', values: their },
        { name: 'resident memory at most', unit: 'MB', values: rss },
        { name: 'processor time', unit: 'ms', values: ours.map(answer => answer.cpu) },
      ],
      figures: [
        { name: 'left4me', unit: 'MB/s', value: median(our), aim: { atLeast: gigabitLink } },
        { name: 'curl', unit: 'MB/s', value: median(their), aim: null },
        { name: 'share of curl', unit: 'times', value: median(our) / median(their), aim: null },
        { name: 'resident memory at most', unit: 'MB', value: Math.max(...rss), aim: { atMost: 150 } },
        { name: 'processor time', unit: 'ms', value: median(ours.map(answer => answer.cpu)), aim: null },
      ],
      notes: [
        `medians of ${repetitions} rounds, turn and turn about; ${parallel} connections each; ours also checks every VPK, makes every file durable (fsync) and links it into the build, which curl does not`,
      ],
    }
  },
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'left4me-bench-download-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Milliseconds. */
async function byCurl(wanted: readonly WorkshopDownload[], folder: string): Promise<number> {
  const list = join(folder, 'list')
  const target = join(folder, 'files')
  await mkdir(target)
  const lines = wanted.map(({ id, fileUrl }) => `url = "${fileUrl ?? ''}"\noutput = "${join(target, id)}"\n`)
  await writeFile(list, lines.join(''))
  const started = Program.start({
    file: curl,
    arguments: [
      '--no-progress-meter',
      '--fail',
      '--parallel',
      '--parallel-max',
      String(parallel),
      '--config',
      list,
      '--write-out',
      '',
    ],
    environment: { LC_ALL: 'C' },
    folder,
  })
  await using running = started
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setInterval(() => {
    if (running.ended) resolve()
  }, 2)
  await promise.finally(() => clearInterval(timer))
  // It shows its progress whatever it is told when it works in parallel.
  const complaint = /^curl: .*$/m.exec(running.output)
  if (complaint) throw new Error(complaint[0])
  return performance.now() - running.startedAt
}
