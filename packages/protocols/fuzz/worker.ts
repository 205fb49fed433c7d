import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { codecs } from './codecs.ts'
import { FuzzFailure, fuzz } from './fuzz-one.ts'
import type { FuzzOrder, FuzzReport } from './supervise.ts'

/** Runs one codec. The input that is being read stands in shared memory, so that a hang can be told too. */
function run(order: FuzzOrder): FuzzReport {
  const codec = codecs.find(({ name }) => name === order.codec)
  if (codec === undefined) return { failure: `There is no codec ${order.codec}.`, input: null }
  const progress = new Int32Array(order.shared, 0, 2)
  const current = new Uint8Array(order.shared, 8)
  let largestHeap = 0
  try {
    const tally = fuzz(codec, order.inputs, order.seed, (input, index) => {
      current.set(input)
      Atomics.store(progress, 1, input.length)
      Atomics.store(progress, 0, index + 1)
      if (index % 4096 === 0) largestHeap = Math.max(largestHeap, heapBytes())
    })
    return { tally, largestHeap }
  } catch (error) {
    if (!(error instanceof FuzzFailure)) throw error
    return { failure: error.message, input: Buffer.from(error.input).toString('base64') }
  }
}

function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

if (!isMainThread) parentPort?.postMessage(run(workerData as FuzzOrder))
