import { quote } from '../shell/quote.ts'

/**
 * A script that judges the unit file $1, which is to be $0: systemd-analyze(1). systemd judges by the file's name, so it
 * is looked at under its real one, in a folder of its own. `beside` is a folder of units that it refers to, or empty.
 */
export function unitCheck(beside: string): string {
  return `${ownFolder}
cp -- "$1" "$verify/\${0##*/}" &&
  SYSTEMD_UNIT_PATH="$verify:"${quote(beside === '' ? '' : `${beside}:`)} ${analyze} "$verify/\${0##*/}"`
}

/** The same for a drop-in of a unit of this type: on top of one that does next to nothing, whatever its own is. */
export function dropInCheck(type: string): string {
  return `${ownFolder}
mkdir "$verify/check.${type}.d" && cp -- "$1" "$verify/check.${type}.d/drop-in.conf" &&
  printf '[Service]\\nExecStart=/bin/true\\n' >"$verify/check.service" &&
  ${type === 'service' ? '' : `printf %s ${quote(leastOf[type] ?? '')} >"$verify/check.${type}" &&`}
  SYSTEMD_UNIT_PATH="$verify:" ${analyze} "$verify/check.${type}"`
}

const ownFolder = `verify=$(mktemp -d) || exit 1
trap 'rm -rf "$verify"' EXIT`

/** What is wrong with other units is none of this one's. */
const analyze = 'systemd-analyze verify --recursive-errors=no --man=no'

/** What a unit of each type can't be without. */
const leastOf: Readonly<Record<string, string>> = {
  socket: '[Socket]\nListenStream=/run/check.socket\n',
  timer: '[Timer]\nOnCalendar=daily\n',
  path: '[Path]\nPathExists=/\n',
  slice: '[Slice]\n',
  target: '[Unit]\n',
}
