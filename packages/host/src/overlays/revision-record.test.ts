import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HostError } from '../host-error.ts'
import type { RevisionSummary } from './overlay-contract.ts'
import { encodeSummary, parseSummary } from './revision-record.ts'
import { encodeFileList, readFileList } from './tree-work/file-list.ts'

const summary: RevisionSummary = {
  overlayId: 3,
  revision: 4,
  publishedAt: 1_700_000_000_000,
  kind: 'workshop',
  files: 1,
  bytes: 20,
  digest: 'a'.repeat(64),
  findings: [
    {
      code: 'vpk-empty',
      severity: 'note',
      path: 'left4dead2/addons/1.vpk',
      message: 'There is no file in it.',
      remedy: 'It does nothing and can go.',
    },
  ],
  sources: [{ id: '1', title: 'A “title”\n', version: '1700', bytes: 20 }],
}

it('a summary is read as it was written', () => {
  expect(parseSummary(encodeSummary(summary))).toEqual(summary)
})

it('a summary that was cut or changed is refused or a summary, nothing else', () => {
  const text = encodeSummary(summary)
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 5 }), (at, length, put) => {
      const broken = text.slice(0, at) + put + text.slice(at + length)
      try {
        expect(Object.keys(parseSummary(broken)).sort()).toEqual(Object.keys(summary).sort())
      } catch (error) {
        if (!(error instanceof SyntaxError)) expect(error).toBeInstanceOf(HostError)
      }
    }),
  )
})

it('a list of files is read as it was written, and refused when it was cut or leads elsewhere', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'left4me-list-'))
  try {
    const place = join(folder, 'files.json')
    const list = {
      files: [
        { path: 'left4dead2/ä “b”.cfg', size: 0, mode: 0o644, hash: 'a'.repeat(64) },
        { path: 'srcds_run', size: 12, mode: 0o755, hash: 'b'.repeat(64) },
      ],
      emptyFolders: ['left4dead2/maps'],
    }
    await writeFile(place, encodeFileList(list))
    expect(readFileList(place)).toEqual(list)
    const text = encodeFileList(list)
    for (const broken of [
      '',
      '{}',
      text.slice(0, -5),
      text.replace('srcds_run', '../srcds_run'),
      text.replace('bbbb', 'zzzz'),
      text.replace('"version":1', '"version":2'),
    ]) {
      await writeFile(place, broken)
      expect(() => readFileList(place)).toThrow(HostError)
    }
    await rm(place)
    expect(() => readFileList(place)).toThrow(HostError)
  } finally {
    await rm(folder, { recursive: true })
  }
})
