import { command, quote } from '../shell/quote.ts'
import { type FactRequest, keyOf } from './fact-request.ts'
import { outdatedUnits } from './outdated-units.ts'

/** So many words go on one command line: far below what the kernel takes. */
const chunkSize = 300

/** So many commands are asked at the same time: they wait for systemd, the disk and each other's processors. */
const laneCount = 4

/** A script that answers all requests with as few processes as can be. It changes nothing. */
export function probeScript(requests: readonly FactRequest[]): string {
  const distinct = [...new Map(requests.map(request => [keyOf(request), request])).values()]
  const paths = [...new Set(distinct.flatMap(request => (request.kind === 'path' ? [request.path] : [])))]
  const hashed = [
    ...new Set(
      requests.flatMap(request => (request.kind === 'path' && request.hash === true ? [request.path] : [])),
    ),
  ]
  const names = (kind: 'user' | 'group' | 'package' | 'unit' | 'record') =>
    distinct.flatMap(request => (request.kind === kind ? [request.name] : []))
  const users = names('user')
  const groups = names('group')
  const packages = names('package')
  const units = names('unit')
  const lanes = lanesOf(distinct)
  return [
    ...lanes.map(askLane),
    ...chunks(paths).map(
      chunk => String.raw`find ${command(chunk)} -maxdepth 0 -printf '8\0path\0%p\0%y\0%m\0%u\0%g\0%l\0.\0' 2>"$W/e"
[ -s "$W/e" ] && grep -v -e ': No such file or directory$' -e ': Not a directory$' "$W/e" >"$W/o" && emit find-failed "$(cat "$W/o")"`,
    ),
    ...chunks(hashed).map(
      chunk => String.raw`set --
for p in ${command(chunk)}; do [ -f "$p" ] && [ ! -L "$p" ] && set -- "$@" "$p"; done
[ $# = 0 ] || { printf '*\0sha256\0'; sha256sum -z -- "$@" 2>/dev/null; printf '\0'; }`,
    ),
    ...(users.length === 0
      ? []
      : [`emit users "$(getent passwd ${command(users)})"`, `emit members "$(getent group)"`]),
    ...(groups.length === 0 ? [] : [`emit groups "$(getent group ${command(groups)})"`]),
    ...(packages.length === 0
      ? []
      : [
          `emit packages "$(dpkg-query -W -f '\${Package}:\${Architecture} \${db:Status-Status} \${Version}\\n' ${command(packages.map(name => name.split(':')[0] ?? name))} 2>/dev/null)"`,
          `emit architecture "$(dpkg --print-architecture)" "$(apt-mark showmanual 2>/dev/null)"`,
        ]),
    ...(distinct.some(request => request.kind === 'architectures')
      ? ['emit architectures "$(dpkg --print-foreign-architectures)"']
      : []),
    ...(units.length === 0 ? [] : [outdatedUnits]),
    ...chunks(units).map(
      chunk =>
        `u=$(systemctl show -p Id,LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload -- ${command(chunk)} 2>/dev/null)
case $u in *NeedDaemonReload=yes*) emit outdated "$(outdated_units ${command(chunk)})" ;; esac
emit units ${quote(chunk.join(' '))} "$u"`,
    ),
    ...names('record').map(
      name =>
        `r=; if [ -f "$S/records/${name}" ]; then read -r r < "$S/records/${name}"; emit record ${name} "$r"; fi`,
    ),
    ...(lanes.length === 0 ? [] : [`wait; cat ${lanes.map((_, lane) => laneFile(lane)).join(' ')}`]),
  ].join('\n')
}

type CommandRequest = Extract<FactRequest, { kind: 'command' }>

/** Those that may take longest first, so that they don't come behind each other. */
function lanesOf(requests: readonly FactRequest[]): CommandRequest[][] {
  const commands = requests.filter(request => request.kind === 'command')
  const sorted = [...commands].sort((one, other) => other.seconds - one.seconds)
  return Array.from({ length: laneCount }, (_, lane) =>
    sorted.filter((_, index) => index % laneCount === lane),
  ).filter(lane => lane.length > 0)
}

/** Asks commands one after the other, beside what follows; without the lock, which must not outlive the shell. */
function askLane(lane: readonly CommandRequest[], number: number): string {
  return `( exec 9>&-
${lane.map(askCommand).join('\n')}
) >${laneFile(number)} </dev/null &`
}

function laneFile(number: number): string {
  return `"$W/lane-${number}"`
}

function askCommand({ script, seconds }: CommandRequest): string {
  return `r=$(S=$S timeout -k 10 ${seconds} sh -c ${quote(script)} 2>&1); emit command ${quote(keyOf({ kind: 'command', script, seconds }))} $? "$r"`
}

function chunks(words: readonly string[]): string[][] {
  const result: string[][] = []
  for (let from = 0; from < words.length; from += chunkSize) result.push(words.slice(from, from + chunkSize))
  return result
}
