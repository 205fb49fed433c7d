import { Worker } from 'node:worker_threads'
import type { FuzzTally } from './fuzz-one.ts'
import { maxInputBytes } from './mutate.ts'

export interface FuzzOrder {
  readonly codec: string
  readonly inputs: number
  readonly seed: number
  /** Number of the input that is being read, its length, its bytes. */
  readonly shared: SharedArrayBuffer
}

export type FuzzReport =
  | { readonly tally: FuzzTally; readonly largestHeap: number }
  | { readonly failure: string; readonly input: string | null }

/** No input of 1 KiB takes a second; one that takes this long never ends. */
const hangMs = 20_000
/** Far above what any input needs, far below what one with a wrong length could ask for. */
const maxHeapMegabytes = 256

/** Runs one codec in a thread of its own, with a limit of memory and a watch for hangs. Never rejects. */
export async function superviseCodec(codec: string, inputs: number, seed: number): Promise<FuzzReport> {
  const shared = new SharedArrayBuffer(8 + maxInputBytes)
  const progress = new Int32Array(shared, 0, 2)
  const order: FuzzOrder = { codec, inputs, seed, shared }
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
  })
  const { promise, resolve } = Promise.withResolvers<FuzzReport>()
  const broken = (failure: string) => {
    const length = Atomics.load(progress, 1)
    resolve({ failure, input: Buffer.from(new Uint8Array(shared, 8, length)).toString('base64') })
  }
  let lastSeen = -1
  const watch = setInterval(() => {
    const seen = Atomics.load(progress, 0)
    if (seen === lastSeen) broken(`Input ${seen} was not read within ${hangMs / 1000} s.`)
    lastSeen = seen
  }, hangMs)
  worker.on('message', (report: FuzzReport) => resolve(report))
  worker.on('error', error => broken(error.stack ?? error.message))
  worker.on('exit', code => broken(`The worker ended with ${code}.`))
  const report = await promise
  clearInterval(watch)
  await worker.terminate()
  return report
}
