import { findSection, findText } from '../../keyvalues/pair.ts'
import { parseKeyValues } from '../../keyvalues/parse.ts'
import { ProtocolError } from '../../protocol-error.ts'
import { gameFolder } from '../game-path.ts'
import type { LayerFile } from '../layers/layer-index.ts'
import { elfHeaderBytes, readElfHeader } from './elf.ts'
import type { Findings } from './finding.ts'
import type { LayerSource } from './layer-source.ts'

const mostVdfBytes = 64 * 1024

/** Folders in which Metamod and SourceMod keep what they load on 64-bit servers only. */
const wideFolders = /(?:^|\/)(?:x64|linux64|win64)\//i

/** Libraries below `addons`, and the .vdf files by which the server finds them. Resolves with the paths of native code. */
export async function checkNativeCode(source: LayerSource, findings: Findings): Promise<string[]> {
  const libraries = source.files.filter(({ path }) => /^left4dead2\/addons\/.+\.so$/i.test(path))
  for (const { path } of libraries) await checkLibrary(source, path, findings)
  const paths = new Set(source.files.map(({ path }) => path))
  for (const { path } of source.files.filter(isPluginVdf)) {
    if (/\/metamod_x64\.vdf$/i.test(path))
      findings.add('metamod-64-bit', path, 'It loads the 64-bit build of Metamod into a 32-bit server.')
    else await checkPluginVdf(source, path, paths, findings)
  }
  return libraries.map(({ path }) => path).sort()
}

function isPluginVdf({ path }: LayerFile): boolean {
  return /^left4dead2\/addons\/[^/]+\.vdf$/i.test(path)
}

async function checkLibrary(source: LayerSource, path: string, findings: Findings): Promise<void> {
  if (wideFolders.test(path)) return
  const elf = readElfHeader(await source.readStart(path, elfHeaderBytes))
  if (elf === null) findings.add('native-unusable', path, 'It is called .so and is no library for Linux.')
  else if (elf.loadable) findings.add('native-code', path, 'This is native code: a program, not content.')
  else if (elf.machine === 'x86-64') findings.add('native-64-bit', path, 'It was built for 64 bits.')
  else findings.add('native-unusable', path, `It was built for ${elf.machine} (${elf.bits} bits).`)
}

async function checkPluginVdf(
  source: LayerSource,
  path: string,
  paths: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  const bytes = await source.readStart(path, mostVdfBytes + 1)
  let file: string | null = null
  try {
    const { pairs } = parseKeyValues(bytes, { maxLength: mostVdfBytes, maxPairs: 1000 })
    file = findText(findSection(pairs, 'Plugin') ?? [], 'file')
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    findings.add('plugin-vdf-unreadable', path, error.message)
    return
  }
  if (file === null || file === '') findings.add('plugin-vdf-unreadable', path, 'It names no file.')
  else if (!hasLibrary(file, paths))
    findings.add(
      'plugin-file-missing',
      path,
      `It loads “${file.slice(0, 200)}”, which the layer doesn’t have.`,
    )
}

/**
 * Names in a .vdf are relative to the game's folder, also as `../left4dead2/…`, and usually lack `.so`, before which the
 * engine tries endings of its own.
 */
function hasLibrary(file: string, paths: ReadonlySet<string>): boolean {
  const slashes = file.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '')
  const inGame = slashes.startsWith(`../${gameFolder}/`) ? slashes.slice(3) : `${gameFolder}/${slashes}`
  const endings = ['', '.so', '_srv.so', '_i486.so', '.i386.so']
  return endings.some(ending => (inGame + ending).endsWith('.so') && paths.has(inGame + ending))
}
