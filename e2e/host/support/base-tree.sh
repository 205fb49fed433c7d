#!/bin/bash
# base-tree.sh FOLDER MIRROR SUITE
# Makes a Debian 13 as FOLDER/root, as root: what the container boots, and what the virtual machine's image is made of. The
# tree is cached under the hash of this file, so that everything that decides about it stands here.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
tree=$1/root mirror=$2 suite=$3

packages=(
  systemd systemd-sysv dbus udev kmod                # the system itself
  sudo ca-certificates tini nftables                 # what left4me needs of it
  openssh-server                                     # how the virtual machine is reached
  iproute2 iputils-ping netcat-openbsd tcpdump       # to look at it, and to attack it
  procps psmisc strace e2fsprogs quota python3
)
# A 32-bit userland. LuaJIT calls any function of the C library, so that a probe can be 32 bits wide without a compiler.
packages_i386=(libc6:i386 luajit:i386)

debootstrap --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" "$suite" "$tree" "$mirror"

# apt in the tree reaches the archive the way the machine does.
apt-config dump Acquire | grep -iE '::proxy|::verify-|::cainfo' >"$tree/etc/apt/apt.conf.d/90machine" || true
cp --dereference --remove-destination /etc/resolv.conf "$tree/etc/resolv.conf"
in_tree() { unshare --mount --pid --fork --kill-child --mount-proc="$tree/proc" chroot "$tree" "$@"; }
in_tree dpkg --add-architecture i386
in_tree apt-get --quiet=2 update
in_tree apt-get --quiet=2 --yes --no-install-recommends install "${packages_i386[@]}"
in_tree apt-get clean
rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/log/{apt,*.log}

# Its own name instead of the machine's, known to itself: sudo looks it up at each call.
echo left4me-bed >"$tree/etc/hostname"
echo '127.0.1.1 left4me-bed' >>"$tree/etc/hosts"

# Nothing that starts by itself while a test looks on.
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer \
  systemd-networkd-wait-online.service; do
  ln -sf /dev/null "$tree/etc/systemd/system/$unit"
done
