import { buildNode, testNode } from '@left4me/converge'
import { describe, expect, it } from 'vitest'
import example from '../nodes/example.ts'
import { workingTree } from '../testing/working-tree.ts'
import { left4meNode } from './left4me-node.ts'

describe('the example node', () => {
  it('is built without a host, and comes out the same in any order', () => {
    const node = left4meNode('example', example, workingTree())
    expect(testNode(node).items).toBeGreaterThan(80)
    expect([...buildNode(node).graph.items.keys()]).toContain('unit:left4me-server@.service')
  })
})
