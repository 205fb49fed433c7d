import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../testing/run-cli.ts'

/** A data directory of its own, a folder of scripts, and the command line that uses them. Nothing can reach Steam. */
function dataDirectory() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'left4me-cli-'))
  const environment = {
    LEFT4ME_ROOT: join(folder.path, 'root'),
    HOME: folder.path,
    STEAM_WEB_API_URL: 'http://127.0.0.1:9',
  }
  return {
    scripts: folder.path,
    write: (name: string, text: string) => writeFileSync(join(folder.path, name), text),
    left4me: (...words: string[]) => runCli(words, environment),
    [Symbol.dispose]: () => folder.remove(),
  }
}

describe('left4me seed-script-overlays', () => {
  it('says what it made, then what it brought up to date', async () => {
    using data = dataDirectory()
    data.write('rates.sh', '# name: Rates\ntrue\n')
    data.write('other.sh', 'true\n')
    const made = await data.left4me('seed-script-overlays', data.scripts)
    expect(made).toMatchObject({ exitCode: 0, stderr: '' })
    expect(made.stdout).toMatch(/^made +1 +other +other\.sh\nmade +2 +Rates +rates\.sh\n$/)
    data.write('rates.sh', '# name: Rates\nfalse\n')
    const again = await data.left4me('seed-script-overlays', data.scripts, '--json')
    expect(JSON.parse(again.stdout)).toEqual([
      { file: 'other.sh', overlayId: 1, name: 'other', outcome: 'unchanged' },
      { file: 'rates.sh', overlayId: 2, name: 'Rates', outcome: 'updated' },
    ])
  })

  it('fails with one line for a folder that it can’t use, and tells how it is used without one', async () => {
    using data = dataDirectory()
    const failed = await data.left4me('seed-script-overlays', join(data.scripts, 'nothing'))
    expect(failed).toMatchObject({ exitCode: 1, stdout: '' })
    expect(failed.stderr).toMatch(/^left4me: .*nothing can’t be read \(ENOENT\).*\n$/)
    expect(await data.left4me('seed-script-overlays')).toMatchObject({ exitCode: 2 })
  })
})

describe('left4me workshop-refresh', () => {
  it('has nothing to do without Workshop overlays, and asks nobody', async () => {
    using data = dataDirectory()
    const text = await data.left4me('workshop-refresh')
    expect(text).toMatchObject({ exitCode: 0, stderr: '', stdout: 'There are no Workshop overlays\n' })
    const json = await data.left4me('workshop-refresh', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ overlays: [], finishedAt: expect.any(String) })
    expect(await data.left4me('workshop-refresh', 'now')).toMatchObject({ exitCode: 2 })
  })
})
