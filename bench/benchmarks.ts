import type { Benchmark } from './harness/benchmark.ts'

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = []
