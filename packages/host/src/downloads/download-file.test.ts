import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readProcess } from '../process/process-table.ts'
import { Gate } from '../turns/gate.ts'
import { downloadFile, type FileDownload } from './download-file.ts'
import { type DownloadTimings, defaultDownloadTimings } from './download-timings.ts'
import { HttpClient } from './http-client.ts'
import { FileServer, serve } from './testing/file-server.ts'

const content = Buffer.from(Array.from({ length: 400_000 }, (_value, index) => index % 251))
const reversed = Buffer.from(content.toReversed())
const fast: DownloadTimings = {
  ...defaultDownloadTimings,
  backoffMs: 1,
  longestBackoffMs: 5,
  // No silence is too long, but where a test is about that.
  idleMs: 60_000,
  attempts: 3,
}

let folder: string
let output: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'left4me-download-'))
  output = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function download(
  server: FileServer,
  file: Partial<FileDownload> = {},
  options: {
    signal?: AbortSignal
    timings?: Partial<DownloadTimings>
    onBytes?: (bytes: number) => void
  } = {},
): Promise<Buffer> {
  const timings = { ...fast, ...options.timings }
  using client = new HttpClient(
    { workshopHosts: [], trustedOrigins: [server.origin] },
    { idleMs: timings.idleMs },
  )
  const target = join(folder, 'target')
  await downloadFile(
    {
      name: 'a.vpk',
      url: `${server.origin}/a.vpk`,
      purpose: 'index',
      identity: 'a',
      version: '1',
      size: content.length,
      maxBytes: 10_000_000,
      target,
      ...file,
    },
    {
      client,
      temporary: join(folder, 'temporary'),
      timings,
      gate: new Gate(1),
      onBytes: options.onBytes ?? (() => undefined),
      onOutput: line => output.push(line),
      keepsPart: () => true,
      signal: options.signal ?? new AbortController().signal,
    },
  )
  return await readFile(target)
}

const left = () => readdir(join(folder, 'temporary'))

describe('a download', () => {
  it('comes whole and leaves nothing beside', async () => {
    await using server = await FileServer.start((request, response) => serve(content, request, response))
    expect((await download(server)).equals(content)).toBe(true)
    expect(await left()).toEqual([])
  })

  it('goes on where the connection broke off', async () => {
    await using server = await FileServer.start((request, response, count) =>
      serve(content, request, response, count < 3 ? { upTo: count * 100_000 } : {}),
    )
    expect((await download(server)).equals(content)).toBe(true)
    expect(server.ranges).toEqual([null, 'bytes=100000-', 'bytes=200000-'])
    expect(output[0]).toMatch(/Trying again/)
  })

  it('goes on in the next build, and begins anew when the content has become another', async () => {
    await using server = await FileServer.start((request, response, count) =>
      serve(count < 4 ? content : reversed, request, response, {
        etag: count < 4 ? '"one"' : '"two"',
        ...(count < 4 ? { upTo: 150_000 } : {}),
      }),
    )
    await expect(download(server)).rejects.toMatchObject({ code: 'download-failed' })
    expect(await left()).toHaveLength(1)
    expect((await download(server)).equals(reversed)).toBe(true)
    expect(server.ranges.at(-1)).toBe('bytes=150000-')
  })

  it('takes over what a killed process left, and not what a living one works on', async () => {
    await using server = await FileServer.start((request, response, count) =>
      serve(content, request, response, count < 4 ? { upTo: 150_000 } : {}),
    )
    await expect(download(server)).rejects.toMatchObject({ code: 'download-failed' })
    const [key = ''] = await left()
    // Its number is another process's by now, which began later.
    const start = Number(readProcess(1)?.start)
    await rename(join(folder, 'temporary', key), join(folder, 'temporary', `${key}.1.${start + 1}.abc`))
    expect((await download(server)).equals(content)).toBe(true)
    expect(server.ranges.at(-1)).toBe('bytes=150000-')
    // The negative control: an owner that lives keeps it.
    const living = join(folder, 'temporary', `${key}.1.${start}.abc`)
    await mkdir(living)
    await writeFile(join(living, 'content'), 'x')
    await writeFile(join(living, 'validator.json'), JSON.stringify({ value: '"one"', total: content.length }))
    expect((await download(server)).equals(content)).toBe(true)
    expect(server.ranges.at(-1)).toBe(null)
  })

  it('doesn’t continue what no strong validator vouches for', async () => {
    await using server = await FileServer.start((request, response, count) =>
      serve(content, request, response, { etag: 'W/"weak"', ...(count < 2 ? { upTo: 100_000 } : {}) }),
    )
    expect((await download(server)).equals(content)).toBe(true)
    expect(server.ranges).toEqual([null, null])
  })

  it('waits as long as a busy server wants and tries again', async () => {
    await using server = await FileServer.start((request, response, count) => {
      if (count > 2) serve(content, request, response)
      else response.writeHead(count === 1 ? 429 : 500, { 'retry-after': '0' }).end()
    })
    expect((await download(server)).equals(content)).toBe(true)
    expect(output).toHaveLength(2)
  })

  it('gives up when a server wants a longer pause than there may be', async () => {
    await using server = await FileServer.start((_request, response) =>
      response.writeHead(429, { 'retry-after': '86400' }).end(),
    )
    await expect(download(server)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('429'),
    })
    expect(server.ranges).toHaveLength(1)
  })

  it('gives a stalled connection up and tries again', async () => {
    await using server = await FileServer.start((request, response, count) => {
      if (count > 2) serve(content, request, response)
      else if (count === 2) {
        response.writeHead(200, { 'content-length': content.length, etag: '"one"' })
        response.write(content.subarray(0, 1000))
      }
    })
    expect((await download(server, {}, { timings: { idleMs: 2000 } })).equals(content)).toBe(true)
    expect(server.ranges).toEqual([null, null, 'bytes=1000-'])
  })

  it('ends one that trickles for ever', async () => {
    await using server = await FileServer.start((_request, response) => {
      response.writeHead(200, { 'content-length': content.length, etag: '"one"' })
      const timer = setInterval(() => response.write('x'), 20)
      response.once('close', () => clearInterval(timer))
    })
    await expect(download(server, {}, { timings: { totalMs: 500 } })).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('too long'),
    })
  })

  it('refuses a length that isn’t the declared one before it is fetched', async () => {
    await using server = await FileServer.start((request, response) => serve(content, request, response))
    await expect(download(server, { size: content.length + 1 })).rejects.toMatchObject({
      code: 'download-refused',
    })
  })

  it('stops one that never ends, at the declared size and at the limit', async () => {
    const script = (_request: unknown, response: ServerResponse) => {
      const more = () => {
        while (response.write(content));
        response.once('drain', more)
      }
      more()
    }
    await using server = await FileServer.start(script)
    await expect(download(server)).rejects.toMatchObject({ code: 'download-refused' })
    await expect(download(server, { size: null })).rejects.toMatchObject({ code: 'download-refused' })
    expect(await left()).toEqual([])
  })

  it('doesn’t take what ends early for whole, also when nobody said how long it is', async () => {
    await using server = await FileServer.start((_request, response) => response.end(content.subarray(0, 10)))
    await expect(download(server)).rejects.toMatchObject({ code: 'download-refused' })
    await using chunked = await FileServer.start((_request, response) => {
      response.write(content.subarray(0, 10))
      response.end()
    })
    await expect(download(chunked)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('10 of'),
    })
  })

  it('says what is gone, without trying again', async () => {
    await using server = await FileServer.start((_request, response) => response.writeHead(404).end())
    await expect(download(server)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('404'),
    })
    expect(server.ranges).toHaveLength(1)
  })

  it('follows no redirect to where nobody allowed it', async () => {
    await using inner = await FileServer.start((request, response) => serve(content, request, response))
    await using server = await FileServer.start((_request, response) =>
      response.writeHead(302, { location: `${inner.origin}/secret` }).end(),
    )
    await expect(download(server)).rejects.toMatchObject({ code: 'download-refused' })
    expect(inner.ranges).toEqual([])
    // The negative control: the same host is followed, and not for ever.
    await using same = await FileServer.start((request, response) => {
      if (request.url === '/b.vpk') serve(content, request, response)
      else response.writeHead(302, { location: request.url === '/a.vpk' ? '/b.vpk' : '/circle' }).end()
    })
    expect((await download(same)).equals(content)).toBe(true)
    await expect(download(same, { url: `${same.origin}/circle` })).rejects.toMatchObject({
      code: 'download-refused',
    })
  })

  it('ends when it is cancelled, and keeps what has come', async () => {
    const cancel = new AbortController()
    await using server = await FileServer.start((request, response, count) => {
      if (count > 1) serve(content, request, response)
      else
        response
          .writeHead(200, { etag: '"one"', 'content-length': content.length })
          .write(content.subarray(0, 5000))
    })
    const options = {
      signal: cancel.signal,
      onBytes: (bytes: number) => void (bytes >= 5000 && cancel.abort()),
    }
    await expect(download(server, {}, options)).rejects.toMatchObject({ code: 'cancelled' })
    expect((await download(server)).equals(content)).toBe(true)
    expect(server.ranges).toEqual([null, 'bytes=5000-'])
  })
})
