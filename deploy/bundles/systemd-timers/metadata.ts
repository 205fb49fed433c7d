import type { SystemdTimersMetadata } from '../../src/metadata.ts'
import { MetadataSection } from '../metadata-section.ts'

const longest = 4000
const line = /^[^\u0000-\u001f\u007f]*$/
const timerName = { pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, wanted: 'letters, digits, _ and -' }
const variable = { pattern: /^[A-Za-z_][A-Za-z0-9_]*$/, wanted: 'letters, digits and _', longest }
const word = { pattern: line, wanted: 'a word such as /usr/local/sbin/program', longest }
const value = { pattern: line, wanted: 'a value on one line', longest }
const time = {
  pattern: /^[\u0020-\u007e]*[0-9A-Za-z*][\u0020-\u007e]*$/,
  wanted: 'a time such as daily',
}
/** A path that systemd takes as it is: no quotes, spaces, specifiers or prefixes. */
const path = {
  pattern: /^(\/[A-Za-z0-9_.@+-]+)+$/,
  wanted: 'an absolute path such as /usr/local/sbin/program',
  longest,
}

/** Throws a ConvergeError that names the key. */
export function parseSystemdTimers(metadata: Readonly<Record<string, unknown>>): SystemdTimersMetadata {
  const timers = MetadataSection.of(metadata, 'systemd_timers')
  return Object.fromEntries(timers.sections(timerName).map(([name, timer]) => [name, parseTimer(timer)]))
}

function parseTimer(timer: MetadataSection): SystemdTimersMetadata[string] {
  timer.refuseOthers(['command', 'when', 'environment', 'environment_file', 'spread'])
  const command = timer.words('command', word)
  if (!path.pattern.test(command[0] ?? ''))
    throw timer.refusal('command', 'doesn’t begin with an absolute path', `Write ${path.wanted} first`)
  const environment = timer.section('environment')
  const file = timer.textOrNull('environment_file', path)
  return {
    command,
    when: timer.text('when', time),
    environment: Object.fromEntries(
      environment.names(variable).map(name => [name, environment.text(name, value)]),
    ),
    ...(file === null ? {} : { environment_file: file }),
    spread: timer.keys.includes('spread') ? timer.whole('spread', { least: 0, most: 86_400 }) : 0,
  }
}
