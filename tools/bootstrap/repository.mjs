import { fileURLToPath } from 'node:url'

/** Absolute path of the checkout, without a trailing slash. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Node 24 as npm installed it. Only there after the dependencies were installed. */
export const pinnedNode = `${repository}/node_modules/.bin/node`
