import type { LayerFile } from '../layers/layer-index.ts'
import type { Findings } from './finding.ts'
import type { LayerSource } from './layer-source.ts'

const mostBytes = 1024 * 1024
const mostFiles = 5000

/** Settings that left4me makes itself at the end of each `server.cfg` (docs/reference/server-settings.md). */
const platformSettings =
  /^(?:rcon_password|sv_rcon_.*|log|log_.*|logaddress_.*|sv_log.*|con_logfile|hostport|port|clientport|tv_port|ip|hostip|l?servercfgfile)$/
/** Commands whose next word is a setting again. */
const carriers = new Set(['sm_cvar', 'sm_rcon', 'toggle', 'incrementvar', 'reset', 'revert', 'alias'])

/** What stands in `cfg`: text that the server's console executes line by line. */
export async function checkConfig(source: LayerSource, findings: Findings): Promise<void> {
  const files = source.files.filter(isConfig).slice(0, mostFiles)
  for (const { path, size } of files) {
    if (size > mostBytes) {
      findings.add('config-unreadable', path, `It has ${size} bytes, far more than any config file.`)
      continue
    }
    checkText(path, await source.readStart(path, mostBytes), findings)
  }
}

function isConfig({ path }: LayerFile): boolean {
  return /^left4dead2\/cfg\/.+\.cfg$/i.test(path)
}

function checkText(path: string, bytes: Uint8Array, findings: Findings): void {
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff]) || bytes.includes(0)) {
    findings.add(
      'config-unreadable',
      path,
      'It is no text that the server’s console can read (UTF-16, or binary).',
    )
    return
  }
  const marked = startsWith(bytes, [0xef, 0xbb, 0xbf])
  if (marked) findings.add('config-byte-order-mark', path, 'It begins with a byte order mark.')
  // Bytes beyond ASCII stay visible as such, whatever their encoding.
  const lines = Buffer.from(bytes.subarray(marked ? 3 : 0))
    .toString('latin1')
    .split(/\r\n|\n|\r/)
  const odd = lines.findIndex(line => /[^\0-\x7f]/.test(withoutComment(line)))
  if (odd >= 0) findings.add('config-non-ascii', path, `Line ${odd + 1} has characters that aren’t ASCII.`)
  for (const [at, line] of lines.entries()) {
    for (const setting of settingsOf(line)) {
      if (platformSettings.test(setting))
        findings.add('config-sets-platform-setting', path, `Line ${at + 1} sets “${setting}”.`)
      else if (setting === 'hostname')
        findings.add('config-sets-host-name', path, `Line ${at + 1} gives the server another name.`)
    }
  }
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, at) => bytes[at] === byte)
}

/** `//` outside of quotes begins a comment. */
function withoutComment(line: string): string {
  let quoted = false
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') quoted = !quoted
    else if (!quoted && line[at] === '/' && line[at + 1] === '/') return line.slice(0, at)
  }
  return line
}

/** The first word of each command, and the second where the first only passes it on; in lower case. */
function settingsOf(line: string): string[] {
  const commands = withoutComment(line).match(/(?:"[^"]*"?|[^";])+/g) ?? []
  return commands.flatMap(command => {
    const words = command.match(/"[^"]*"?|[^\s"]+/g)?.slice(0, 2) ?? []
    const [first = '', second = ''] = words.map(word => word.replaceAll('"', '').trim().toLowerCase())
    return carriers.has(first) ? [second] : first === '' ? [] : [first]
  })
}
