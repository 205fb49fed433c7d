import { writeFileSync } from 'node:fs'
import { createToAnswer } from './figures/create-to-answer.ts'
import { firstPageSize } from './figures/first-page-size.ts'
import { idleMemory } from './figures/idle-memory.ts'
import { logLatency } from './figures/log-latency.ts'
import { secondServerSize } from './figures/second-server-size.ts'
import { serversList } from './figures/servers-list.ts'
import type { Figure } from './harness/figure.ts'
import { describeCommit, describeMachine } from './harness/machine.ts'
import { type FigureResult, toJson, toTable } from './harness/report.ts'

/** `npm run bench [-- NAME…]`: runs all figures or the named ones, one after another; writes bench-results.json. */
const figures: readonly Figure[] = [
  createToAnswer,
  secondServerSize,
  idleMemory,
  serversList,
  logLatency,
  firstPageSize,
]

const names = process.argv.slice(2)
const unknown = names.find(name => !figures.some(figure => figure.name === name))
if (unknown !== undefined) {
  console.error(`there is no figure ${unknown}; there are ${figures.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const root = new URL('..', import.meta.url).pathname
const circumstances = {
  startedAt: new Date().toISOString(),
  ...describeCommit(root),
  machine: describeMachine(),
}
const results: FigureResult[] = []
for (const figure of figures.filter(({ name }) => names.length === 0 || names.includes(name))) {
  console.log(`${figure.name}: ${figure.what} …`)
  results.push({ figure: figure.name, what: figure.what, measurements: await figure.run() })
  // After each, so that a figure that fails loses none of those before it.
  writeFileSync(`${root}bench-results.json`, toJson(results, circumstances))
}
console.log(`\n${toTable(results)}\n\nRaw samples are in bench-results.json.`)
