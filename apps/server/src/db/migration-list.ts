import type { Migration } from 'kysely/migration'
import { up as initial } from './migrations/0001-initial.ts'
import { up as startAtBoot } from './migrations/0002-start-at-boot.ts'
import { up as content } from './migrations/0003-content.ts'

/** Every migration by its name, which is its file's and is never changed. They run in the order of their names. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-initial': { up: initial },
  '0002-start-at-boot': { up: startAtBoot },
  '0003-content': { up: content },
}
