import { decodeLayerIndex } from '@left4me/protocols'
import { expect, it } from 'vitest'
import type { Host } from '../host.ts'
import {
  buildUpload,
  generousBuild,
  publishOverlay,
  readText,
  saysEventually,
  specification,
} from './instances.ts'

/** Revisions that servers run with: never changed, never deleted under them. */
export function revisionContract(host: () => Host): void {
  const first = { overlayId: 1, revision: 1 }

  it('stay as they are while a server writes, deletes and makes anew what they hold', async () => {
    await publishOverlay(host(), 1, {
      'fake-script.sh': `echo changed >>left4dead2/cfg/plugin.cfg
chmod 0600 left4dead2/cfg/plugin.cfg; rm left4dead2/cfg/gone.cfg; rm -r left4dead2/maps; mkdir left4dead2/maps
mv left4dead2/cfg/moved.cfg left4dead2/cfg/elsewhere.cfg; ln left4dead2/cfg/linked.cfg left4dead2/cfg/second
echo through >>left4dead2/cfg/second`,
      'left4dead2/cfg/plugin.cfg': 'original\n',
      'left4dead2/cfg/gone.cfg': 'x',
      'left4dead2/cfg/moved.cfg': 'x',
      'left4dead2/cfg/linked.cfg': 'x\n',
      'left4dead2/maps/a.nav': 'x',
    })
    await host().start(specification(1, 'script', [1]))
    await saysEventually(host(), 1, 'script done')
    expect(await readText(host(), 'left4dead2/cfg/plugin.cfg')).toBe('original\nchanged\n')
    expect(await readText(host(), 'left4dead2/cfg/gone.cfg')).toBeNull()
    expect(await host().overlays.verify(first, generousBuild().signal)).toEqual([])
    expect(String(await host().overlays.readFile(first, 'left4dead2/cfg/plugin.cfg', 100))).toBe('original\n')
  })

  it('are held by the server that was started with them, a newer one comes at the next start', async () => {
    await publishOverlay(host(), 1, { 'left4dead2/a.txt': 'one' })
    await host().start(specification(1, 'idle', [1]))
    await host().overlays.removeDraft(1, 'left4dead2/a.txt')
    await host().overlays.putDraft(1, 'left4dead2/b.txt', oneChunk('two'), 100)
    await buildUpload(host().overlays, 1, 2)
    expect(await readText(host(), 'left4dead2/a.txt')).toBe('one')
    expect(await readText(host(), 'left4dead2/b.txt')).toBeNull()
    await expect(host().overlays.removeRevision(first)).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining('Server 1'),
    })
    await host().stop(1)
    await host().start({ ...specification(1, 'idle'), layers: [{ overlayId: 1, revision: 2 }] })
    expect(await readText(host(), 'left4dead2/a.txt')).toBeNull()
    expect(await readText(host(), 'left4dead2/b.txt')).toBe('two')
    await host().overlays.removeRevision(first)
    expect(await host().overlays.revision(first)).toBeNull()
    expect(await readText(host(), 'left4dead2/b.txt')).toBe('two')
  })

  it('come from an upload that arrived in parts', async () => {
    const { overlays } = host()
    // Version 1, an empty list of files.
    const vpk = Buffer.from('3412aa55010000000100000000', 'hex')
    expect(await overlays.appendUpload(1, 5, 0, bytes(vpk.subarray(0, 4)), vpk.length)).toBe(4)
    await expect(overlays.appendUpload(1, 5, 0, bytes(vpk), vpk.length)).rejects.toMatchObject({
      code: 'upload-offset',
    })
    expect(await overlays.uploadedBytes(1, 5)).toBe(4)
    expect(await overlays.appendUpload(1, 5, 4, bytes(vpk.subarray(4)), vpk.length)).toBe(vpk.length)
    const taken = await overlays.takeUpload(1, 5, 'my campaign.zip', {
      limits: { files: 10, bytes: 1000, ratio: 10 },
      path: null,
      onProgress: () => undefined,
      signal: generousBuild().signal,
    })
    expect(taken.files).toEqual([{ path: 'left4dead2/addons/my campaign.vpk', size: vpk.length }])
    await overlays.discardUpload(1, 5)
    await overlays.discardUpload(1, 5)
    expect(await overlays.uploadedBytes(1, 5)).toBe(0)
    const { files, findings } = await buildUpload(overlays, 1, 1)
    expect(files).toBe(1)
    expect(findings.map(({ code }) => code)).toEqual(['vpk-empty'])
    const { vpks } = decodeLayerIndex(await overlays.readIndex(first))
    expect(vpks.map(({ path }) => path)).toEqual(['left4dead2/addons/my campaign.vpk'])
  })
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

async function* bytes(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content
}
