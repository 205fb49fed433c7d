import type { Job, Server } from '@left4me/contract'
import { describe, expect, it } from 'vitest'
import { applyJob, applyServer, type Pages } from './apply-event.ts'

const server = (id: number, name = `server ${id}`) => ({ id, name }) as Server
const job = (id: number, state: Job['state'] = 'running') => ({ id, state }) as Job
const any = () => true
const page = (...items: Job[]): Pages<Job> => ({ pages: [{ items, nextCursor: null }], pageParams: [''] })

describe('applyServer', () => {
  it('replaces the server in its place', () => {
    expect(applyServer([server(1), server(2)], server(1, 'new'))).toEqual([server(1, 'new'), server(2)])
  })

  it('adds a new one and takes a deleted one away', () => {
    expect(applyServer([server(1)], server(2))).toEqual([server(1), server(2)])
    expect(applyServer([server(1), server(2)], { id: 1, deleted: true })).toEqual([server(2)])
    expect(applyServer([server(1)], { id: 9, deleted: true })).toEqual([server(1)])
  })

  it('makes no list of one server out of a list that is not loaded yet', () => {
    expect(applyServer(undefined, server(1))).toBeUndefined()
  })

  it('applied twice is the same as once', () => {
    const once = applyServer([server(1)], server(2))
    expect(applyServer(once, server(2))).toEqual(once)
  })
})

describe('applyJob', () => {
  it('replaces a job on whatever page it is', () => {
    const data = { pages: [...page(job(3)).pages, ...page(job(2)).pages], pageParams: ['', 'x'] }
    expect(applyJob(data, job(2, 'failed'), any)?.pages[1]?.items).toEqual([job(2, 'failed')])
    expect(applyJob(data, job(2, 'failed'), any)?.pages[0]?.items).toEqual([job(3)])
  })

  it('puts a new one first', () => {
    expect(applyJob(page(job(1)), job(2), any)?.pages[0]?.items).toEqual([job(2), job(1)])
  })

  it('keeps a filtered list to what belongs there', () => {
    const running = ({ state }: Job) => state === 'running'
    expect(applyJob(page(job(2), job(1)), job(1, 'succeeded'), running)?.pages[0]?.items).toEqual([job(2)])
    expect(applyJob(page(job(2)), job(3, 'failed'), running)?.pages[0]?.items).toEqual([job(2)])
  })

  it('leaves a list that is not loaded yet alone', () => {
    expect(applyJob(undefined, job(1), any)).toBeUndefined()
  })
})
