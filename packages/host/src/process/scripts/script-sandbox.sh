#!/bin/sh
# Runs one overlay's script: the first process of its PID namespace, and root of its mount namespace.
#   script-sandbox.sh FOLDER DRAFT UID GID MAX_BYTES
# FOLDER is empty and holds `script` only; the draft is the working folder beforehand. What the script sees is built on a
# tmpfs from nothing, so that it sees nothing of the machine that nobody thought of. Nothing here takes a value for code.
set -eu
folder=$1 draft=$2 uid=$3 gid=$4 bytes=$5
mount() { "$LEFT4ME_MOUNT" -n "$@"; }
tmpfs() { mount -t tmpfs -o "size=$2,nr_inodes=$3,mode=$4,nosuid,nodev" left4me "$1"; }

umask 0022
new=$folder/root
mkdir "$new"
tmpfs "$new" 16m 10k 0755
cd "$new"
mkdir usr etc dev proc tmp var overlay old
cp "$folder/script" script
chmod 0555 script
for name in bin sbin lib lib32 lib64; do
  if [ -L "/$name" ]; then
    ln -s "$(readlink "/$name")" "$name"
  elif [ -d "/$name" ]; then
    mkdir "$name"
    mount --rbind "/$name" "$name"
  fi
done
mount --rbind /usr usr
for name in nsswitch.conf hosts ssl ca-certificates alternatives ld.so.cache ld.so.conf ld.so.conf.d localtime \
  mime.types protocols services; do
  if [ -d "/etc/$name" ]; then
    mkdir "etc/$name"
    mount --rbind "/etc/$name" "etc/$name"
  elif [ -f "/etc/$name" ]; then
    cat "/etc/$name" >"etc/$name"
  fi
done
if [ -f /etc/resolv.conf ]; then cat /etc/resolv.conf >etc/resolv.conf; fi
printf 'root:x:0:0::/:/bin/sh\nscript:x:%s:%s::/tmp:/bin/bash\n' "$uid" "$gid" >etc/passwd
printf 'root:x:0:\nscript:x:%s:\n' "$gid" >etc/group
mkdir dev/shm
for name in null zero full random urandom; do
  : >"dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
tmpfs dev/shm 256m 10k 1777
tmpfs tmp 1g 100k 1777
mkdir var/tmp
tmpfs var/tmp 1g 100k 1777
mount -t proc -o nosuid,nodev,noexec proc proc
for name in bus fs irq sys sysrq-trigger; do
  if [ -e "proc/$name" ]; then mount -o bind,ro,nosuid,nodev,noexec "proc/$name" "proc/$name"; fi
done
mount --bind "$draft" overlay
mount -o remount,bind,nosuid,nodev overlay
# All but those for writing becomes read-only, whoever this user is.
mounts=$(cat /proc/self/mountinfo)
while read -r _ _ _ _ target options rest; do
  case $target in
    "$new"/overlay | "$new"/tmp | "$new"/var/tmp | "$new"/dev/* | "$new"/proc | "$new"/proc/*) continue ;;
    "$new" | "$new"/*) ;;
    *) continue ;;
  esac
  case $options in rw | rw,*) ;; *) continue ;; esac
  case $target in "$new") continue ;; esac
  mount -o "remount,bind,ro${options#rw}" "$(printf %b "$target")"
done <<END
$mounts
END
"$LEFT4ME_PIVOT_ROOT" . old
cd /
umount=${LEFT4ME_MOUNT%/mount}/umount
"$umount" -n -l old
rmdir old
mount -o remount,bind,ro,nosuid,nodev /
cd /overlay

# Without capabilities and under a user id that isn't root's: tar and others behave differently for root.
# Limits are set inside: there only the script's own processes count. One that this user isn't allowed to raise stays.
status=0
# shellcheck disable=SC2016 # expanded by the inner shell
"$LEFT4ME_UNSHARE" --user --map-user="$uid" --map-group="$gid" -- \
  "$LEFT4ME_SETPRIV" --no-new-privs --inh-caps=-all --bounding-set=-all -- \
  /bin/sh -c '
    prlimit=$1
    shift
    for limit in "$@"; do "$prlimit" --pid $$ "$limit" 2>/dev/null || true; done
    exec /usr/bin/env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/tmp LANG=C.UTF-8 OVERLAY=/overlay /script
  ' script "$LEFT4ME_PRLIMIT" --core=0 --nofile=65536 --nproc=512 --data=4294967296 "--fsize=$bytes" \
  </dev/null || status=$?
exit "$status"
