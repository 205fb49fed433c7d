import { quote } from './quote.ts'
import { undoFunctions } from './undo-functions.ts'

/**
 * The functions that all scripts use, sent once a session. `$W` is the session's folder, `$S` the state folder, `$GEN`
 * the generation of this run (empty while nothing was changed), `$LINKS` the links that the node manages, one a line.
 */
export function shellLibrary(options: { stateFolder: string; links: readonly string[] }): string {
  return `S=${quote(options.stateFolder)}
LINKS=${quote(options.links.join('\n'))}
GEN=
NL='
'
ME=$(id -u)
MY_GROUP=$(id -g)
${library}${undoFunctions}`
}

const library = String.raw`
emit() { printf '%s\0' $# "$@"; }

refuse() { printf '%s\n' "$*" >&2; return 1; }

# guard_parent PATH OWNER: nobody but root, this user and OWNER may change a folder on the way to PATH, and no link
# that the node doesn't manage stands in it. What is checked can then not be exchanged before it is used.
guard_parent() {
  guard_rest=$${'{'}1#/} guard_owner=$2 guard_at= guard_link= guard_direct=$${'{'}1%/*}
  set -- /
  while case $guard_rest in */*) true ;; *) false ;; esac; do
    guard_at=$guard_at/$${'{'}guard_rest%%/*} guard_rest=$${'{'}guard_rest#*/}
    if [ -L "$guard_at" ]; then
      case "$NL$LINKS$NL" in
        *"$NL$guard_at$NL"*) guard_link=yes ;;
        *) refuse "$guard_at is a symbolic link that this node doesn't manage: nothing is written through it."; return 1 ;;
      esac
    fi
    [ -d "$guard_at" ] || { refuse "$guard_at is no folder."; return 1; }
    set -- "$@" "$guard_at"
  done
  if [ -n "$guard_link" ]; then
    guard_direct=$(realpath -e -- "$guard_direct") || return 1
    guard_parent "$guard_direct/$guard_rest" "$guard_owner"
    return
  fi
  stat -c '%u %g %a %U %n' -- "$@" >"$W/guard" || return 1
  while read -r guard_uid guard_gid guard_mode guard_name guard_at; do
    case $guard_uid in
      0 | "$ME") ;;
      *) [ "$guard_name" = "$guard_owner" ] || { refuse "$guard_at belongs to $guard_name, who could exchange what is written there."; return 1; } ;;
    esac
    case $guard_mode in
      *[2367])
        case $guard_at:$guard_mode in
          "$${'{'}guard_direct:-/}":* | *:??? ) refuse "$guard_at is writable by everybody: nothing is written there."; return 1 ;;
          *:[1357]???) ;;
          *) refuse "$guard_at is writable by everybody: nothing is written there."; return 1 ;;
        esac ;;
    esac
    case $guard_mode in
      *[2367]?) case $guard_gid in 0 | "$MY_GROUP") ;; *) refuse "$guard_at is writable by a group: nothing is written there."; return 1 ;; esac ;;
    esac
  done <"$W/guard"
}

# sync_parent PATH: its folder is synced with those of the level's other changes, before anything is said about them.
sync_parent() { sync_at=$${'{'}1%/*}; printf '%s\n' "$${'{'}sync_at:-/}" >>"$W/parents"; }

sync_parents() {
  [ -s "$W/parents" ] || return 0
  sort -u "$W/parents" | while read -r sync_at; do if [ -d "$sync_at" ]; then printf '%s\n' "$sync_at"; fi; done | xargs -d '\n' sync --
  : >"$W/parents"
}

# temporary PATH: a name beside PATH for this step's new content, in $new. What is made there is made with O_EXCL.
temporary() {
  new=$${'{'}1##*/}
  [ $${'{'}#new} -le 200 ] || new=$(printf %.200s "$new")
  new=$${'{'}1%/*}/.$new.left4me-new$STEP
  if [ -e "$new" ] || [ -L "$new" ]; then rm -rf -- "$new"; fi
}

# put_file PATH MODE OWNER GROUP CHECK text|base64 CONTENT: the bytes become PATH, wholly or not at all. CHECK is a script of the
# engine's that judges the new file, $1; the new file is 0600 until it has its owner.
put_file() {
  guard_parent "$1" "$3" || return 1
  if [ -d "$1" ] && [ ! -L "$1" ]; then refuse "$1 is a folder: it isn't replaced by a file."; return 1; fi
  temporary "$1"
  umask 077
  set -C
  if { set +C; umask 022; [ -f /proc/self/fd/8 ] && put_content "$6" "$7" >&8 && put_ownership "$@"; } 8>"$new" && put_live "$@"; then return 0; fi
  rm -f -- "$new"
  return 1
}

put_content() { case $1 in text) printf %s "$2" ;; *) printf %s "$2" | base64 -d ;; esac; }

# put_ownership PATH MODE OWNER GROUP: of the new file by its descriptor. Whoever owns the folder may have put a link to
# something of root's under its name meanwhile.
put_ownership() {
  if [ -f "$1" ] && [ ! -L "$1" ] && { [ -z "$2" ] || [ -z "$3" ] || [ -z "$4" ]; }; then
    chown --reference="$1" -- /proc/self/fd/8 && chmod --reference="$1" -- /proc/self/fd/8 || return 1
  fi
  case $3:$4 in :) ;; *:) chown -- "$3" /proc/self/fd/8 || return 1 ;; *) chown -- "$3:$4" /proc/self/fd/8 || return 1 ;; esac
  if [ -n "$2" ]; then chmod -- "$2" /proc/self/fd/8 || return 1
  elif [ ! -f "$1" ] || [ -L "$1" ]; then chmod 0644 -- /proc/self/fd/8 || return 1
  fi
}

# set_mode PATH MODE: of what is there itself. chmod(1) follows a link, and has no -h before coreutils 9.6.
set_mode() { { [ "$(stat -c '%d %i' -- "$1")" = "$(stat -L -c '%d %i' /proc/self/fd/8)" ] && chmod -- "$2" /proc/self/fd/8; } 8<"$1"; }

put_live() {
  if [ -n "$5" ]; then
    sh -c "$5" "$1" "$new" </dev/null || { refuse "The new content was refused by its check; what was there stays."; return 1; }
  fi
  sync -- "$new" && mv -fT -- "$new" "$1" && sync_parent "$1"
}

remove_file() {
  [ -L "$1" ] || [ ! -d "$1" ] || { refuse "$1 is a folder: it isn't removed as a file."; return 1; }
  rm -f -- "$1" && sync_parent "$1"
}

# put_link PATH TARGET OWNER GROUP
put_link() {
  guard_parent "$1" "$3" || return 1
  if [ -d "$1" ] && [ ! -L "$1" ]; then refuse "$1 is a folder: it isn't replaced by a link."; return 1; fi
  temporary "$1"
  if ln -s -T -- "$2" "$new" && case $3:$4 in :) ;; *) chown -h -- "$3$${'{'}4:+:$4}" "$new" ;; esac && mv -fT -- "$new" "$1"; then sync_parent "$1"; return; fi
  rm -f -- "$new"
  return 1
}

# sweep: a run that was killed may have left new content beside the paths that it was at.
sweep() {
  [ -s "$S/unfinished" ] || return 0
  while read -r sweep_path; do
    rm -rf -- "$${'{'}sweep_path%/*}/.$(printf %.200s "$${'{'}sweep_path##*/}").left4me-"????????
  done <"$S/unfinished"
  : >"$S/unfinished"
}

# write_record NAME TEXT: a line of the engine's own state.
write_record() {
  printf '%s\n' "$2" >"$S/records/.$1.new" && sync -- "$S/records/.$1.new" &&
    mv -fT -- "$S/records/.$1.new" "$S/records/$1" && sync -- "$S/records"
}

# keep INDEX PATH KIND VALUE: what is at PATH goes into the generation, with what will be there (KIND VALUE). A file whose
# content isn't managed keeps the one that it has.
keep() {
  keep_value=$4
  if [ -L "$2" ] || [ -f "$2" ]; then
    cp -a --no-dereference -T -- "$2" "$GEN/$1.copy" && keep_was=copy
    if [ "$3:$4" = file: ]; then keep_value=$(sha256sum <"$GEN/$1.copy"); keep_value=$${'{'}keep_value%% *}; fi
  elif [ -d "$2" ]; then
    keep_was="directory $(stat -c '%a %u %g' -- "$2")"
  elif [ -e "$2" ]; then
    refuse "$2 is neither file, folder nor link: it isn't touched."; return 1
  else
    keep_was=absent
  fi
  printf '%s\n%s\n%s\n%s\n' "$2" "$keep_was" "$3" "$keep_value" >"$GEN/$1.entry"
}

# keep_links: what is put back later goes through the links that are managed now.
keep_links() { printf '%s\n' "$LINKS" >"$GEN/links"; }

# exchange_trees ONE OTHER: both names change places in one system call (coreutils 9.5 on; Debian 13 has 9.7).
exchange_trees() {
  mv --exchange --no-copy -T -- "$1" "$2" 2>/dev/null && return
  case $(uname -m) in x86_64) perl -e 'exit(syscall(316, -100, $ARGV[0], -100, $ARGV[1], 2) == 0 ? 0 : 1)' "$1" "$2" && return ;; esac
  refuse "$1 can't be exchanged atomically here. coreutils 9.5 or later is needed."
}

# put_tree PATH UPLOAD OWNERSHIP CHECK: the archive becomes the tree at PATH. It is staged where the one before it will
# be, and what undoes it is written down first: whenever this is cut short, the inode at PATH tells which is which.
put_tree() {
  tree_before=$${'{'}1%/*}/.$${'{'}1##*/}.left4me-before
  tree_stage=$tree_before-of-$${'{'}GEN##*/}
  if [ -L "$1" ] || { [ -e "$1" ] && [ ! -d "$1" ]; }; then refuse "$1 isn't a folder: it isn't replaced."; return 1; fi
  rm -rf -- "$tree_stage" && mkdir -m 0755 -- "$tree_stage" || return 1
  if tar -x --no-same-owner --no-same-permissions -f "$W/$2" -C "$tree_stage" && { [ -z "$3" ] || chown -R -h -- "$3" "$tree_stage"; }; then
    if [ -n "$4" ]; then
      sh -c "$4" "$1" "$tree_stage" </dev/null || { rm -rf -- "$tree_stage"; refuse "The new tree was refused by its check; what was there stays."; return 1; }
    fi
    sync -f -- "$tree_stage" || return 1
    if [ -d "$1" ]; then
      printf '%s\n' "$1" "tree $tree_stage" tree "$(stat -c %i -- "$tree_stage")" >"$GEN/$STEP-9.entry" || return 1
      sync -- "$GEN/$STEP-9.entry" "$GEN" && exchange_trees "$1" "$tree_stage" || return 1
      ls -d -- "$tree_before-of-"* | sort -V | head -n -3 | xargs -d '\n' -r rm -rf --
    else
      mv -T -- "$tree_stage" "$1" || return 1
    fi
    sync_parent "$1"
  else
    rm -rf -- "$tree_stage"
    return 1
  fi
}

# apt_install NAME: installs all that this level's items want, once; the others learn how it went. apt reads its sources
# again when one of them is newer. What a run that was killed left half installed is finished.
apt_install() {
  if [ ! -e "$W/apt-code" ]; then
    apt_code=0
    if apt_is_outdated; then
      : >"$W/apt-updated"
      apt_get update || { apt_code=$?; rm "$W/apt-updated"; }
    fi
    if [ "$apt_code" = 0 ]; then apt_install_all || apt_code=$?; fi
    if [ "$apt_code" != 0 ] && [ -n "$(dpkg --audit)" ] && DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure -a; then
      apt_code=0
      apt_install_all || apt_code=$?
    fi
    printf '%s\n' "$apt_code" >"$W/apt-code"
    return "$apt_code"
  fi
  read -r apt_code <"$W/apt-code"
  [ "$apt_code" = 0 ] || refuse 'It was to come in one transaction with others: what apt said is with the first of them.'
}

apt_install_all() { xargs -a "$W/packages" -r -d '\n' env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold install --; }

apt_is_outdated() {
  [ ! -e "$W/apt-updated" ] || [ -n "$(find /etc/apt /var/lib/dpkg/arch -newer "$W/apt-updated" 2>/dev/null | head -n 1)" ]
}

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold "$@"; }

# prune_path INDEX PATH KIND VALUE UNIT: removes what a run made; a unit is stopped first.
prune_path() {
  [ -e "$2" ] || [ -L "$2" ] || return 0
  is_still "$2" "$3" "$4" || return 1
  guard_parent "$2" '' || return 1
  case $3 in
    directory)
      [ "$4" = made ] || return 0
      prune_by='rmdir' ;;
    *)
      case $5 in '' | *@.*) ;; *) systemctl disable --now -- "$5" || true ;; esac
      prune_by='rm -f' ;;
  esac
  keep "$1" "$2" absent '' && $prune_by -- "$2" || { rm -f -- "$GEN/$1.entry" "$GEN/$1.copy"; return 1; }
  sync_parent "$2"
}

# step_end ID: right after a step's subshell; says what it printed and how it ended.
step_end() {
  step_code=$?
  if [ -s "$W/out" ]; then step_out=$(head -c 65536 "$W/out" | tr -d '\000'); else step_out=; fi
  if [ -s "$W/err" ]; then step_err=$(tail -c 65536 "$W/err" | tr -d '\000'); else step_err=; fi
  emit step "$1" "$step_code" "$step_out" "$step_err"
}
`
