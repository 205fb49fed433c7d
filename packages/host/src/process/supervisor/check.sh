#!/bin/sh
# Tries on empty folders what stage.sh does for a server: check.sh FOLDER UID GID
set -eu
step() { echo "left4me-stage: $1" >&2; }
step prepare
cd "$1"
mkdir lower upper work merged
step tmpfs
"$LEFT4ME_MOUNT" -n -t tmpfs -o size=1m,mode=0755,nosuid,nodev left4me merged
mkdir merged/inner
step overlay
LIBMOUNT_FORCE_MOUNT2=always "$LEFT4ME_MOUNT" -n -t overlay -o nosuid,nodev,lowerdir=lower,upperdir=upper,workdir=work \
  left4me merged/inner
step proc
"$LEFT4ME_MOUNT" -n -t proc -o nosuid,nodev,noexec proc /proc
step hide
"$LEFT4ME_MOUNT" -n -t devpts -o newinstance,ptmxmode=0666,mode=0600,nosuid,noexec devpts /dev/pts
"$LEFT4ME_MOUNT" -n --move merged "$1"
step terminal
"$LEFT4ME_UNSHARE" --user --map-user="$2" --map-group="$3" -- "$LEFT4ME_SCRIPT" -qefc true /dev/null </dev/null
