import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { localShell, type Transport } from '../transport/transport.ts'

/**
 * Small second implementations of a machine's programs that keep their state in a folder, so that a test needs neither
 * root nor systemd. Each call that changes something is a line in `log`.
 */
export function fakeMachine(folder: string): Transport {
  const bin = join(folder, 'bin')
  for (const name of ['bin', 'units', 'packages', 'available', 'sysctl', 'accounts'])
    mkdirSync(join(folder, name))
  for (const file of ['log', 'passwd', 'groups', 'architectures', 'manual'])
    writeFileSync(join(folder, file), '')
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\nF='${folder}'\nlog() { echo "$@" >>"$F/log"; }\n${script}`)
    chmodSync(join(bin, name), 0o755)
  }
  return localShell({ env: { PATH: `${bin}:/usr/bin:/bin` } })
}

const programs: Readonly<Record<string, string>> = {
  /** Units are folders with files `active`, `enabled`, `outdated`; `fails` names a verb that fails. */
  systemctl: `verb=$1; shift
case $verb in
  show)
    while [ "$1" != -- ]; do shift; done; shift
    first=yes
    for unit; do
      [ $first = yes ] || echo; first=no
      u=$F/units/$unit
      echo "Id=$unit"
      if [ -d "$u" ]; then echo LoadState=loaded; else echo LoadState=not-found; fi
      if [ -e "$u/active" ]; then echo ActiveState=active; else echo ActiveState=inactive; fi
      if [ -e "$u/enabled" ]; then echo UnitFileState=enabled; else echo UnitFileState=disabled; fi
      if [ -e "$u/outdated" ]; then echo NeedDaemonReload=yes; else echo NeedDaemonReload=no; fi
    done ;;
  daemon-reload) log daemon-reload; rm -f "$F"/units/*/outdated ;;
  *)
    while case $1 in -*) true ;; *) false ;; esac do shift; done
    [ "$verb" = reset-failed ] || log "$verb $1"
    u=$F/units/$1
    [ ! -e "$u/fails" ] || ! grep -qx "$verb" "$u/fails" || { echo "Job for $1 failed." >&2; exit 1; }
    case $verb in
      start | restart | try-restart | reload-or-restart) : >"$u/active" ;;
      stop) rm -f "$u/active" ;;
      enable) : >"$u/enabled" ;;
      disable) rm -f "$u/enabled" ;;
    esac ;;
esac`,
  'dpkg-query': `shift 3
for name; do for f in "$F"/packages/"$name":*; do [ -e "$f" ] && echo "$(basename "$f") installed 1.0"; done; done; true`,
  dpkg: `case $1 in
  --print-architecture) echo amd64 ;;
  --print-foreign-architectures) cat "$F/architectures" ;;
  --add-architecture) log "$@"; echo "$2" >>"$F/architectures" ;;
esac`,
  'apt-mark': `case $1 in showmanual) cat "$F/manual" ;; manual) log "$@"; echo "$2" >>"$F/manual" ;; esac`,
  'apt-get': `while case $1 in -o) shift ;; -*) true ;; *) false ;; esac do shift; done
verb=$1; shift; [ "$1" != -- ] || shift
log "apt-get $verb $*"
for name; do
  case $verb:$name in
    install:missing*) echo "E: Unable to locate package $name" >&2; exit 100 ;;
    install:*:*) : >"$F/packages/$name"; echo "$name" >>"$F/manual" ;;
    install:*) : >"$F/packages/$name:amd64"; echo "$name" >>"$F/manual" ;;
    remove:*) rm -f "$F"/packages/"$name":* ;;
  esac
done`,
  getent: `case $1 in passwd) f=$F/passwd ;; group) f=$F/groups ;; esac
shift
[ $# != 0 ] || { cat "$f"; exit; }
for name; do grep "^$name:" "$f"; done; true`,
  groupadd: `log "groupadd $*"; while [ "$1" != -- ]; do [ "$1" != -g ] || gid=$2; shift; done
echo "$2:x:$gid:" >>"$F/groups"`,
  useradd: `log "useradd $*"
while [ "$1" != -- ]; do case $1 in -u) uid=$2 ;; -g) group=$2 ;; -d) home=$2 ;; -s) shell=$2 ;; esac; shift; done
gid=$(grep "^$group:" "$F/groups" | cut -d: -f3)
echo "$2:x:$uid:$gid::$home:$shell" >>"$F/passwd"`,
  sysctl: String.raw`case $1 in
  -n) cat "$F/sysctl/$3" ;;
  -q) log "sysctl $4"; printf '%s\n' "${'$'}{4#*=}" >"$F/sysctl/${'$'}{4%%=*}" ;;
esac`,
  /** A table is what was last loaded; `-c` refuses a file that says `wrong`. */
  nft: `case $1 in
  -c) ! grep -n wrong "$3" >&2 ;;
  -f) log "nft -f"; cp "$2" "$F/ruleset" ;;
  -s) cat "$F/ruleset" ;;
esac`,
  visudo: `if grep -q wrong "$2"; then echo "$2:1: syntax error" >&2; exit 1; fi`,
  'systemd-analyze': `for f; do :; done
if grep -q Wrong "$f"; then echo "$f: Unknown key name 'Wrong'" >&2; exit 1; fi`,
  /** Who isn't root can't give files away: on this machine all files are root's. */
  find: String.raw`count=$#
while [ "$count" -gt 0 ]; do
  word=$1; shift
  case $word in *'%u\0%g'*) word=$(printf %s "$word" | sed 's/%u\\0%g/root\\0root/') ;; esac
  set -- "$@" "$word"
  count=$((count - 1))
done
exec /usr/bin/find "$@"`,
  chown: ':',
  chgrp: ':',
}
