import { compareText } from '../compare-text.ts'
import type { LayerFile } from '../layers/layer-index.ts'
import type { Findings } from './finding.ts'

/** What a layer brings for SourceMod, by the names of its files. */
export interface SourceModContent {
  readonly plugins: readonly BundledPlugin[]
  readonly extensions: readonly BundledExtension[]
}

export interface BundledPlugin {
  /** Below `plugins`, without `.smx`: `optional/readyup`. */
  readonly name: string
  readonly path: string
  /** Plugins in `disabled` aren't loaded by themselves. */
  readonly enabled: boolean
}

export interface BundledExtension {
  /** Without `.ext` and the rest: `left4dhooks`. */
  readonly name: string
  readonly path: string
  /** Whether a file `NAME.autoload` stands beside it; others are loaded when a plugin asks for them. */
  readonly autoload: boolean
}

const folder = 'left4dead2/addons/sourcemod/'

export function readSourceMod(files: readonly LayerFile[]): SourceModContent {
  const paths = files.map(({ path }) => path).filter(path => path.startsWith(folder))
  const autoload = new Set(
    paths.flatMap(path => /^extensions\/([^/]+)\.autoload$/.exec(path.slice(folder.length))?.[1] ?? []),
  )
  const plugins: BundledPlugin[] = []
  const extensions: BundledExtension[] = []
  for (const path of paths.sort(compareText)) {
    const plugin = /^plugins\/(.+)\.smx$/.exec(path.slice(folder.length))?.[1]
    if (plugin !== undefined) plugins.push({ name: plugin, path, enabled: !plugin.startsWith('disabled/') })
    const extension = /^extensions\/([^/]+?)(?:\.ext)?(?:\.\d\.[\w-]+)?\.so$/.exec(
      path.slice(folder.length),
    )?.[1]
    if (extension !== undefined) {
      const switches = [`${extension}`, `${extension}.ext`]
      extensions.push({ name: extension, path, autoload: switches.some(name => autoload.has(name)) })
    }
  }
  return { plugins, extensions }
}

export function checkSourceMod(content: SourceModContent, findings: Findings): void {
  for (const { path, name, enabled } of content.plugins)
    if (!enabled) findings.add('sourcemod-plugin-disabled', path, `The plugin “${name}” isn’t loaded.`)
}
