#!/bin/sh
# Sets one server's stage and runs it: the first process of its PID namespace, and root of its mount namespace.
#   stage.sh ROOT INSTANCE_ID UID GID LAYER_COUNT NONCE
# Programs and the game's arguments come in the environment, set by the supervisor from checked values; descriptor 3 is
# where the exit status goes. Each step is announced on stderr: the last one announced is the one that failed. Nothing
# here takes a value for code.
set -eu
root=$1 id=$2 uid=$3 gid=$4 count=$5 nonce=$6
step() { echo "left4me-stage: $1" >&2; }
mount() { "$LEFT4ME_MOUNT" -n "$@"; }
tmpfs() { mount -t tmpfs -o "size=$2,mode=$3,nosuid,nodev" left4me "$1"; }

hide_from_root() {
  device=$root/dev
  mkdir "$root/dev" "$root/run"
  tmpfs "$device" 64k 0755
  mkdir "$device/pts" "$device/shm"
  for name in null zero full random urandom tty; do
    : >"$device/$name"
    mount --bind "/dev/$name" "$device/$name"
  done
  ln -s pts/ptmx /proc/self/fd "$device"
  mount --move "$device" /dev
  # What root may write there without a capability, as container engines know it.
  for name in bus fs irq sys sysrq-trigger; do
    if [ -e "/proc/$name" ]; then mount -o bind,ro,nosuid,nodev,noexec "/proc/$name" "/proc/$name"; fi
  done
  if [ -d /sys/fs/cgroup ]; then tmpfs /sys/fs/cgroup 4k 0755; fi
  tmpfs "$root/run" 64k 0755
  # Where /etc/resolv.conf may lead to.
  if [ -d /run/systemd/resolve ]; then
    mkdir -p "$root/run/systemd/resolve"
    mount --bind /run/systemd/resolve "$root/run/systemd/resolve"
  fi
  mount --move "$root/run" /run
}

step prepare
ulimit -c 0
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -H -n)" 2>/dev/null || true
umask 0027

stage=$root/runtime/$id/merged
merged=$stage
if [ "$LEFT4ME_HIDE" = yes ]; then
  step tmpfs
  # /tmp of its own, unless what the game needs lies there. Then it stays writable, as a mount that is left out below.
  if [ "$LEFT4ME_SHARE_TMP" = yes ]; then mount --rbind /tmp /tmp; else tmpfs /tmp 256m 1777; fi
  # Here the game finds its own folder and nothing else of left4me's. It is built where the merged folder will be and
  # moved over the whole data directory when it is complete.
  tmpfs "$stage" 64m 0755
  mkdir -p "$stage/home/.steam/sdk32" "$stage/runtime/$id/merged"
  merged=$stage/runtime/$id/merged
fi

step overlay
cd "$root/instances/$id"
# Read-write, so that there is neither SIGPIPE nor end-of-file while no supervisor has the other end open.
exec 4<>in 5<>out
cd layers
# Uppermost first, by short names: all options have to fit into one page (mount(2)).
lower=0 next=1
while [ "$next" -lt "$count" ]; do
  lower=$lower:$next
  next=$((next + 1))
done
export LIBMOUNT_FORCE_MOUNT2=always
mount -t overlay -o "nosuid,nodev,lowerdir=$lower,upperdir=u,workdir=w" left4me "$merged"

step proc
mount -t proc -o nosuid,nodev,noexec proc /proc

if [ "$LEFT4ME_HIDE" = yes ]; then
  step hide
  if [ -d "$root/steam/sdk32" ]; then
    mount --bind "$root/steam/sdk32" "$stage/home/.steam/sdk32"
  fi
  mount --move "$stage" "$root"
  if [ "$uid" = 0 ]; then
    # The game has root's files without root's capabilities. That is enough for disks, sysctls and sockets.
    hide_from_root
  else
    # Sockets by which a program of this user could have something run outside.
    for folder in /run/user /run/dbus; do
      if [ -d "$folder" ]; then tmpfs "$folder" 4k 0755; fi
    done
  fi
  # Nobody else's shared memory and terminals.
  if [ -d /dev/shm ]; then tmpfs /dev/shm 64m 1777; fi
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0600,nosuid,noexec devpts /dev/pts
  # The rest of the machine can't be changed: neither this user's own files nor the program that left4me is.
  mounts=$(cat /proc/self/mountinfo)
  while read -r _ _ _ _ target options rest; do
    case $target in
      "$root" | "$root"/runtime/* | /proc | /proc/* | /dev | /dev/* | /tmp) continue ;;
      /sys/fs/cgroup/*) continue ;;
      # An ordinary user can't change anything there anyway.
      /sys/*) if [ "$uid" != 0 ]; then continue; fi ;;
    esac
    case $options in rw | rw,*) ;; *) continue ;; esac
    # Some file systems don't let themselves: that is said in the log.
    mount -o "remount,bind,ro${options#rw}" "$(printf %b "$target")" || echo "stays writable: $target" >&2
  done <<END
$mounts
END
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
  unset IFS LEFT4ME_NONCE LEFT4ME_ARGUMENTS LEFT4ME_HIDE LEFT4ME_SHARE_TMP LEFT4ME_MOUNT LEFT4ME_UNSHARE \
    LEFT4ME_SETPRIV LEFT4ME_SCRIPT LIBMOUNT_FORCE_MOUNT2 OLDPWD
  export LD_LIBRARY_PATH=.:bin SteamAppId=550
  exec ./srcds_run "$@"
' /dev/null <&4 >&5 3>&- 4<&- 5>&- || status=$?
echo "$status" >&3
exit "$status"
