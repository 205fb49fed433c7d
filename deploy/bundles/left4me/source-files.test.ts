import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sourceFiles, sourcePaths, sourceText } from './source-files.ts'

const longName = `deploy/${'a-rather-long-folder-name/'.repeat(8)}file-ü.txt`
const contents: Readonly<Record<string, string>> = {
  'deploy/files/sudoers': 'root\n',
  'deploy/files/empty': '',
  'deploy/exactly-a-block': 'x'.repeat(512),
  [longName]: 'found\n',
}

/** What git makes of these files, and a link, committed. */
function archive(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'left4me-source-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  symlinkSync('/etc/shadow', join(folder, 'deploy/link'))
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@example.org', ...words])
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '--message', 'x')
  return git('archive', 'HEAD')
}

describe('the files of a source', () => {
  it('are what git archived, with their long names, without its links', () => {
    const files = sourceFiles(gzipSync(archive()))
    expect(Object.fromEntries([...files.keys()].map(path => [path, sourceText(files, path)]))).toEqual(
      contents,
    )
    expect(sourcePaths(files, 'deploy/files')).toEqual(['deploy/files/empty', 'deploy/files/sudoers'])
  })

  it('that isn’t there is told with the branch as the remedy', () => {
    expect(() => sourceText(new Map(), 'deploy/files/sudoers')).toThrow('has no deploy/files/sudoers')
  })

  it('can’t be read out of something else, or of half an archive', () => {
    const whole = archive()
    for (const bytes of [Buffer.from('<html>'.repeat(200)), whole.subarray(0, 1600), Buffer.alloc(0)])
      for (const packed of [bytes, gzipSync(bytes), gzipSync(whole).subarray(0, -200)])
        expect(() => sourceFiles(packed)).toThrow('is no tar archive')
  })
})
