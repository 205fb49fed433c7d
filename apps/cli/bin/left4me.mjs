#!/usr/bin/env node
import { runOnPinnedNode } from './run-on-pinned-node.mjs'

await runOnPinnedNode('left4me', new URL('../src/main.ts', import.meta.url))
