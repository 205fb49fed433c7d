import { expect, it } from 'vitest'
import type { Host } from '../host.ts'
import { HostError } from '../host-error.ts'
import { generousBuild, publishOverlay, saysEventually, specification } from './instances.ts'

/** Files of a server whose game may do anything to them at any moment. */
export function liveFilesContract(host: () => Host): void {
  it('are listed as the game sees them, and what it changed is told from the layers', async () => {
    await publishOverlay(host(), 1, {
      'fake-script.sh':
        'echo 1234 >left4dead2/cfg/new.cfg; rm left4dead2/cfg/gone.cfg; rm -r left4dead2/maps; mkdir left4dead2/maps',
      'left4dead2/cfg/gone.cfg': 'x',
      'left4dead2/cfg/kept.cfg': 'x',
      'left4dead2/maps/a.nav': 'x',
    })
    await host().start(specification(1, 'script', [1]))
    await saysEventually(host(), 1, 'script done')
    const files = host().files(1)
    expect(await files.list('left4dead2/cfg')).toEqual([
      { name: 'kept.cfg', kind: 'file', size: 1 },
      { name: 'new.cfg', kind: 'file', size: 5 },
    ])
    expect(await files.list('left4dead2/none')).toBeNull()
    expect(await files.list('left4dead2/cfg/new.cfg')).toBeNull()
    const expectUpper = async () => {
      const { folders, whiteouts = [], opaqueFolders = [] } = await files.upper()
      expect(folders).toContainEqual({
        path: 'left4dead2/cfg',
        files: [{ name: 'new.cfg', size: 5, mode: expect.any(Number) }],
      })
      expect(folders).toContainEqual({ path: 'left4dead2/maps', files: [] })
      // A folder made anew is opaque where overlayfs has attributes, else what was in it is deleted file by file.
      const gone = [...whiteouts, ...opaqueFolders].sort()
      expect([
        ['left4dead2/cfg/gone.cfg', 'left4dead2/maps'],
        ['left4dead2/cfg/gone.cfg', 'left4dead2/maps/a.nav'],
      ]).toContainEqual(gone)
    }
    await expectUpper()
    await host().stop(1)
    await expectUpper()
    await host().reset(1)
    expect(await files.upper()).toEqual({ folders: [], whiteouts: [], opaqueFolders: [] })
  })

  it('lead nowhere else, however the game swaps files, folders, links and FIFOs meanwhile', async () => {
    const swap = `cd left4dead2
mkdir -p swapped outside; echo "root: outside" >outside/passwd; echo harmless >swapped/passwd
(while :; do
  mv swapped kept 2>/dev/null; ln -s /etc swapped 2>/dev/null; rm -f swapped; mkfifo swapped 2>/dev/null; rm -f swapped
  mv kept swapped 2>/dev/null || { rm -rf swapped; mkdir swapped; echo harmless >swapped/passwd; }
  ln -sf /etc/passwd cfg/live.cfg; rm -f cfg/live.cfg; mkfifo cfg/live.cfg; rm -f cfg/live.cfg
  echo harmless >cfg/live.cfg; ln -f cfg/live.cfg cfg/twice.cfg
done) 2>/dev/null &
cd ..`
    await publishOverlay(host(), 1, { 'fake-script.sh': swap, 'left4dead2/cfg/kept.cfg': 'kept' })
    await publishOverlay(host(), 2, { 'left4dead2/cfg/other.cfg': 'other' })
    await host().start(specification(1, 'script', [1, 2]))
    await saysEventually(host(), 1, 'script done')
    const files = host().files(1)
    let seen = 0
    let written = 0
    // However the two take turns: until both were seen to work.
    for (let round = 0; round < 150 || seen === 0 || written === 0; round++) {
      for (const path of ['left4dead2/swapped/passwd', 'left4dead2/cfg/live.cfg']) {
        const content = await refusedIsNull(files.read(path, 10_000))
        if (content !== null && content.length > 0) {
          // Both in one, where the game wrote while it was read; of what lies elsewhere nothing.
          expect(String(content)).toMatch(/^(?:harmless\n|ours)[harmlesou\n]*$/)
          seen++
        }
      }
      await refusedIsNull(files.replace('left4dead2/swapped/passwd', 'ours').then(() => written++))
      await refusedIsNull(files.replace('left4dead2/cfg/live.cfg', 'ours').then(() => written++))
      const names = (await refusedIsNull(files.list('left4dead2/swapped')))?.map(({ name }) => name) ?? []
      expect(names).not.toContain('hostname')
    }
    const upper = await files.upper()
    expect(JSON.stringify(upper)).not.toContain('"shadow"')
    for (const overlayId of [1, 2])
      expect(await host().overlays.verify({ overlayId, revision: 1 }, generousBuild().signal)).toEqual([])
  })
}

/** What the game has swapped may be refused; nothing else may go wrong. */
async function refusedIsNull<Value>(action: Promise<Value>): Promise<Value | null> {
  return action.catch(error => {
    if (error instanceof HostError && error.code === 'file-refused') return null
    throw error
  })
}
