import { buildNode, describeItems, testNode } from '@left4me/converge'
import { expect, it } from 'vitest'
import { workloadNode } from './workload.ts'

it('is 60 items, of the kinds that the other tools have, too', () => {
  const counts: Record<string, number> = {}
  for (const { id } of describeItems(buildNode(workloadNode))) {
    const type = id.split(':', 1).join()
    counts[type] = (counts[type] ?? 0) + 1
  }
  expect(counts).toEqual({ group: 1, user: 1, directory: 15, file: 20, symlink: 10, package: 5, action: 8 })
  expect(testNode(workloadNode).items).toBe(60)
})
