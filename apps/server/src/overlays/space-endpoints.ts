import { endpoints } from '../http/endpoints.ts'
import type { ServerDirectory } from '../servers/server-directory.ts'
import { diskUse } from './disk-use.ts'
import type { OverlayContext } from './overlay-context.ts'

export function spaceEndpoints(context: OverlayContext, directory: ServerDirectory) {
  return endpoints({
    getDiskUse: () => diskUse(context, directory),

    async cleanUp({ caller }) {
      return {
        job: await context.jobs.enqueue({
          kind: 'content-collect',
          input: {},
          title: 'Clean up the disk',
          locks: [{ scope: 'content', mode: 'exclusive' }],
          ownerId: caller.userId,
          mergeKey: 'content-collect',
        }),
      }
    },
  })
}
