#!/usr/bin/env node
import { keepCompiled } from './compile-cache.mjs'
import { runOnPinnedNode } from './run-on-pinned-node.mjs'

keepCompiled()
await runOnPinnedNode('left4me-deploy', new URL('../src/deploy/main.ts', import.meta.url))
