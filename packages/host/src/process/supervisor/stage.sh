#!/bin/sh
# Sets one server's stage and runs it; the first process of its PID namespace, and its mount namespace's root.
#   stage.sh ROOT INSTANCE_ID UID GID LAYER_COUNT NONCE
# Programs and the game's arguments come in the environment, set by the supervisor from checked values. Each step is
# announced on stderr: the last one announced is the one that failed. Nothing here interprets a value as code.
set -eu
root=$1 id=$2 uid=$3 gid=$4 count=$5 nonce=$6
step() { echo "left4me-stage: $1" >&2; }

step prepare
cd "$root/instances/$id"
# Read-write, so that there is neither SIGPIPE nor end-of-file while no supervisor has the other end open.
exec 3<>in 4<>out 5>exit
ulimit -c 0
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -H -n)" 2>/dev/null || true
umask 0027

# A small tmpfs in which the game finds its own folder and nothing else of left4me's. It is built where the merged
# folder will be and moved over the whole data directory when it is complete.
merged=$root/runtime/$id/merged
stage=$merged
if [ "$LEFT4ME_HIDE" = yes ]; then
  step tmpfs
  "$LEFT4ME_MOUNT" -n -t tmpfs -o size=64m,mode=0755,nosuid,nodev left4me "$stage"
  mkdir -p "$stage/home/.steam/sdk32" "$stage/runtime/$id/merged"
  merged=$stage/runtime/$id/merged
fi

# Uppermost first, by short names: all options have to fit into one page (mount(2)).
step overlay
cd layers
lower=0 next=1
while [ "$next" -lt "$count" ]; do
  lower=$lower:$next
  next=$((next + 1))
done
LIBMOUNT_FORCE_MOUNT2=always "$LEFT4ME_MOUNT" -n -t overlay \
  -o "nosuid,nodev,lowerdir=$lower,upperdir=u,workdir=w" left4me "$merged"

step proc
"$LEFT4ME_MOUNT" -n -t proc -o nosuid,nodev,noexec proc /proc

if [ "$LEFT4ME_HIDE" = yes ]; then
  step hide
  if [ -d "$root/steam/sdk32" ]; then
    "$LEFT4ME_MOUNT" -n --bind "$root/steam/sdk32" "$stage/home/.steam/sdk32"
    "$LEFT4ME_MOUNT" -n -o remount,bind,ro,nosuid,nodev "$stage/home/.steam/sdk32"
  fi
  "$LEFT4ME_MOUNT" -n --move "$stage" "$root"
fi
cd "$root/runtime/$id/merged"

step program
[ -f srcds_run ] && [ -x srcds_run ]

# Without capabilities and under its own user id again. `script` owns the pseudo-terminal: without one the game's
# output is held back in blocks.
step terminal
export LEFT4ME_NONCE="$nonce"
set -- "$LEFT4ME_UNSHARE" --user --map-user="$uid" --map-group="$gid" --
if [ -n "$LEFT4ME_SETPRIV" ]; then
  set -- "$@" "$LEFT4ME_SETPRIV" --no-new-privs --inh-caps=-all --bounding-set=-all --
fi
status=0
# shellcheck disable=SC2016 # expanded by the inner shell
"$@" "$LEFT4ME_SCRIPT" -qefc '
  printf "\036%s\n" "$LEFT4ME_NONCE"
  IFS="
"
  set -f
  set -- $LEFT4ME_ARGUMENTS
  unset IFS LEFT4ME_NONCE LEFT4ME_ARGUMENTS LEFT4ME_HIDE LEFT4ME_MOUNT LEFT4ME_UNSHARE LEFT4ME_SETPRIV LEFT4ME_SCRIPT OLDPWD
  export LD_LIBRARY_PATH=.:bin SteamAppId=550
  exec ./srcds_run "$@"
' /dev/null <&3 >&4 3<&- 4>&- 5>&- || status=$?
echo "$status" >&5
exit "$status"
