import { compareText } from '../compare-text.ts'
import { printablePath } from '../printable-path.ts'

export const findingSeverities = ['error', 'warning', 'note'] as const
/**
 * - `error`: it won't work, or breaks the server.
 * - `warning`: it probably isn't meant like that.
 * - `note`: worth knowing.
 */
export type FindingSeverity = (typeof findingSeverities)[number]

/** Every kind of finding: how bad it is and what to do. docs/reference/content.md explains each. */
export const findingKinds = {
  'config-byte-order-mark': [
    'warning',
    'Save the file as UTF-8 without a byte order mark: the server takes the mark for a part of the first command.',
  ],
  'config-non-ascii': [
    'warning',
    'Write the line in plain ASCII, or check on the server that it arrives as it should.',
  ],
  'config-sets-host-name': [
    'note',
    'Leave the line out if the server should have the name that it has in left4me.',
  ],
  'config-sets-platform-setting': [
    'warning',
    'Leave the line out: left4me sets this itself, and its own line wins.',
  ],
  'config-unreadable': ['warning', 'Replace the file by plain text.'],
  'file-not-readable': ['warning', 'Give it mode 0644: nobody can read it as it is.'],
  'letter-case-twins': ['warning', 'Keep one of them: which one the game takes isn’t certain.'],
  'map-name-unusable': ['warning', 'Name maps with letters, digits and underscores only.'],
  'map-replaces-official': ['warning', 'Leave the map out unless the official one is meant to be replaced.'],
  'map-without-mission': [
    'note',
    'It can only be started by its name; a mission file would put it into the menus.',
  ],
  'metamod-64-bit': [
    'error',
    'Delete metamod_x64.vdf: the server is a 32-bit program and crashes when it loads it.',
  ],
  'mission-incomplete': ['note', 'Tell the person who made the campaign, or correct its mission file.'],
  'mission-map-missing': ['warning', 'Add what brings the map, or expect this chapter not to start.'],
  'mission-replaces-official': [
    'warning',
    'Leave it out unless the official campaign is meant to be replaced.',
  ],
  'mission-unreadable': [
    'warning',
    'Get the campaign anew, or correct its mission file; the game won’t list it.',
  ],
  'name-too-long': ['error', 'Shorten the name: at most 255 bytes for a name and 1024 for a path.'],
  'name-unusable': ['error', 'Rename it without control characters and backslashes.'],
  'native-64-bit': [
    'error',
    'Get the 32-bit (x86) build for Linux: the server is a 32-bit program and can’t load this one.',
  ],
  'native-code': ['note', 'Use it only if you trust who made it: it does whatever the server may do.'],
  'native-unusable': ['error', 'Get the build for Linux on x86.'],
  'official-file-replaced': ['warning', 'Leave the file out unless it is meant to replace the game’s own.'],
  'plugin-file-missing': ['warning', 'Add the file that it names, or delete the .vdf.'],
  'plugin-vdf-unreadable': ['warning', 'Get it anew: the server loads no plugin by it.'],
  'program-not-executable': ['warning', 'Give it mode 0755: nobody can run it as it is.'],
  'set-id-program': ['error', 'Take the setuid and setgid bits away (chmod a-s).'],
  'sourcemod-plugin-disabled': ['note', 'Move it out of the folder “disabled” if it should be loaded.'],
  'too-many-files': ['error', 'Split the layer, or pack loose files into VPKs.'],
  'vpk-broken': ['error', 'Get the VPK again: it is damaged or cut off.'],
  'vpk-checksum': ['error', 'Get the VPK again: some of its content isn’t what it says.'],
  'vpk-disguised': ['error', 'Unpack it first and take the VPK out of it.'],
  'vpk-empty': ['note', 'It does nothing and can go.'],
  'vpk-name-has-dots': [
    'warning',
    'Rename it with one dot only, the one before “vpk”: the game on Linux has been seen not to find others.',
  ],
  'vpk-not-checked': ['note', 'Check it again with more time: not all of its checksums were compared.'],
  'vpk-not-mounted': [
    'warning',
    'Move it to left4dead2/addons: the server mounts those directly in there and no others.',
  ],
  'vpk-of-another-game': ['warning', 'Use an addon that was made for Left 4 Dead 2.'],
  'vpk-set-incomplete': ['error', 'Add the missing archives of the set beside it.'],
  'vpk-too-many-files': [
    'error',
    'Split it: the game has been seen to mount no VPK with more than 220,000 files.',
  ],
  'vpk-unreadable-info': ['note', 'Nothing has to be done: the game doesn’t need addoninfo.txt.'],
  'vpk-unsafe-paths': [
    'warning',
    'Look where it comes from: no honest tool makes such names. left4me never unpacks them.',
  ],
} as const satisfies Record<string, readonly [FindingSeverity, string]>

export type FindingCode = keyof typeof findingKinds

export const findingCodes: readonly FindingCode[] = Object.keys(findingKinds).map(code => code as FindingCode)

export interface Finding {
  readonly code: FindingCode
  readonly severity: FindingSeverity
  /** Within the layer; what is inside a VPK comes behind its name: `left4dead2/addons/a.vpk/maps/m.bsp`. */
  readonly path: string
  /** One sentence for a person; parts of it are text of strangers, without control characters. */
  readonly message: string
  readonly remedy: string
}

/** Of each kind; a layer with a thousand wrong names needs no thousand sentences. */
const mostOfAKind = 100
const longestMessage = 500

/** Gathers findings. Their order doesn't depend on that in which they are found. */
export class Findings {
  readonly #byCode = new Map<FindingCode, Finding[]>()
  #omitted = 0

  add(code: FindingCode, path: string, message: string): void {
    const known = this.#byCode.get(code) ?? []
    this.#byCode.set(code, known)
    if (known.length >= mostOfAKind) {
      this.#omitted += 1
      return
    }
    const [severity, remedy] = findingKinds[code]
    const text = message.replace(/[\0-\x1f\x7f]/g, '\ufffd')
    known.push({
      code,
      severity,
      path: printablePath(path),
      message: text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text,
      remedy,
    })
  }

  /** Findings that were more than `all` gives. */
  get omitted(): number {
    return this.#omitted
  }

  /** Errors first; then by path, kind and message. */
  all(): Finding[] {
    const rank = (finding: Finding) => findingSeverities.indexOf(finding.severity)
    return [...this.#byCode.values()]
      .flat()
      .sort(
        (a, b) =>
          rank(a) - rank(b) ||
          compareText(a.path, b.path) ||
          compareText(a.code, b.code) ||
          compareText(a.message, b.message),
      )
  }
}
