import { join } from 'node:path'
import type { WorkshopDownload } from '../../overlays/overlay-contract.ts'
import { fillFromWorkshop } from '../fill-from-workshop.ts'

/** Fetches one item, to be killed while it does: `node fill-program.ts FOLDER ORIGIN ITEM`. Says each progress. */
const [folder = '', origin = '', item = '{}'] = process.argv.slice(2)
await fillFromWorkshop(join(folder, 'build-of-another'), [JSON.parse(item) as WorkshopDownload], {
  cache: join(folder, 'cache'),
  temporary: join(folder, 'temporary'),
  steamcmd: null,
  onProgress: ({ transfer }) => process.stdout.write(`${transfer?.bytes ?? 0}\n`),
  onOutput: () => undefined,
  signal: new AbortController().signal,
  maxBytes: 1e9,
  allow: { workshopHosts: [], trustedOrigins: [origin] },
})
