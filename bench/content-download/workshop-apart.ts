import type { WorkshopDownload } from '@left4me/host'
import { startSimulatedWebApi, workshopItem } from '@left4me/simulator'
import { answerParent, startMeasured } from '../processes/measured-program.ts'

interface WorkshopQuestion {
  readonly ids: readonly string[]
  readonly itemBytes: number
}

export interface SimulatedWorkshop {
  readonly origin: string
  readonly items: readonly WorkshopDownload[]
}

/** The simulated Workshop in a process of its own: what it costs is nobody else's. */
export function startWorkshopApart(question: WorkshopQuestion, { signal }: { readonly signal: AbortSignal }) {
  return startMeasured<SimulatedWorkshop>(new URL(import.meta.url), question, { signal, profileFolder: null })
}

if (import.meta.main)
  await answerParent(async ({ ids, itemBytes }: WorkshopQuestion): Promise<SimulatedWorkshop> => {
    const { origin } = await startSimulatedWebApi({ 'item-bytes': itemBytes })
    const items = ids.map(id => {
      const { title, updatedAt, size, fileName } = workshopItem(id, itemBytes)
      return { id, title, updatedAt: updatedAt * 1000, size, fileUrl: `${origin}/ugc/${id}/${fileName}` }
    })
    return { origin, items }
  })
