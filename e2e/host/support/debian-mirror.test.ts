import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { debianMirror } from './debian-mirror.ts'

describe('the archive that a machine installs from', () => {
  let etc = ''
  beforeEach(async () => {
    etc = mkdtempSync(join(tmpdir(), 'left4me-mirror-'))
    await write('os-release', 'ID=debian\nVERSION_CODENAME=trixie\n')
  })
  afterEach(() => rmSync(etc, { recursive: true }))

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(etc, path)), { recursive: true })
    await writeFile(join(etc, path), text)
  }

  it('is the source of its own suite, not that of its security updates or of somebody else', async () => {
    await write('apt/sources.list.d/aaa.list', 'deb https://packages.example.org/apt tool-trixie main\n')
    await write(
      'apt/sources.list.d/debian.sources',
      `# A comment
Types: deb
URIs: http://mirror.example.org/debian-security
Suites: trixie-security
Components: main

Types: deb deb-src
# Another
URIs: http://mirror.example.org/debian
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`,
    )
    expect(debianMirror(etc)).toBe('http://mirror.example.org/debian')
  })

  it('is found in the one-line form too', async () => {
    await write(
      'apt/sources.list',
      `# deb http://commented.example.org/debian trixie main
deb-src http://sources.example.org/debian trixie main
deb http://mirror.example.org/debian-security trixie-security main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example.org/debian trixie main
`,
    )
    expect(debianMirror(etc)).toBe('http://mirror.example.org/debian')
  })

  it('is not one that is switched off', async () => {
    await write(
      'apt/sources.list.d/a.sources',
      'Enabled: no\nTypes: deb\nURIs: http://off.example.org/debian\nSuites: trixie\n',
    )
    await write(
      'apt/sources.list.d/b.sources',
      'Types: deb\nURIs: http://on.example.org/debian\nSuites: trixie\n',
    )
    expect(debianMirror(etc)).toBe('http://on.example.org/debian')
  })

  it('is missed with a sentence where there is none', () => {
    expect(() => debianMirror(etc)).toThrow('names no archive with the suite trixie')
  })
})
