import type { EventData, Job, Server } from '@left4me/contract'

/** The list with the server as the event says: added, replaced or gone. Undefined (not loaded yet) stays so. */
export function applyServer(
  list: readonly Server[] | undefined,
  event: EventData['server'],
): Server[] | undefined {
  if (!list) return undefined
  if ('deleted' in event) return list.filter(server => server.id !== event.id)
  const index = list.findIndex(server => server.id === event.id)
  return index < 0 ? [...list, event] : list.with(index, event)
}

/** Pages of a list as the Query library keeps them. */
export interface Pages<Item> {
  readonly pages: { items: Item[]; nextCursor: string | null }[]
  readonly pageParams: unknown[]
}

/** The pages with the job as the event says; a new one comes first if it `belongs` there, one that no longer does goes. */
export function applyJob<Data extends Pages<Job>>(
  data: Data | undefined,
  job: Job,
  belongs: (job: Job) => boolean,
): Data | undefined {
  if (!data) return undefined
  const fits = belongs(job)
  let found = false
  const pages = data.pages.map(page => {
    const index = page.items.findIndex(item => item.id === job.id)
    if (index < 0) return page
    found = true
    return { ...page, items: fits ? page.items.with(index, job) : page.items.toSpliced(index, 1) }
  })
  const [first, ...rest] = pages
  if (found || !fits || !first) return { ...data, pages }
  return { ...data, pages: [{ ...first, items: [job, ...first.items] }, ...rest] }
}
