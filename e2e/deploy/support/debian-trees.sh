#!/bin/bash
# debian-trees.sh FOLDER MIRROR SUITE
# Fills the empty folder FOLDER, as root, with two Debians for deployments: `bare`, as a person who installs next to
# nothing has it, and `equipped`, the same with every package that a left4me host or a test asks for. Both have an apt
# archive of those packages at /srv/packages as their only source, so that neither needs a network. What comes from where
# is the machine's own apt configuration. The trees are cached under the hash of this file.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
folder=$1 mirror=$2 suite=$3
bare=$folder/bare equipped=$folder/equipped

# systemd, sshd, and what a test looks at a bed with.
included=(systemd systemd-sysv dbus udev kmod openssh-server iproute2 iputils-ping netcat-openbsd procps ca-certificates)
# What a left4me host has, and what tests ask for besides: an ACME server, certificates, a client.
packages=(
  sudo nftables tini nginx certbot restic curl openssl ssl-cert 7zip unzip xz-utils git sqlite3 e2fsprogs quota rsync
  acl jq file libpam-systemd systemd-timesyncd
  pebble hello python3 tcpdump strace psmisc
)
packages_i386=(
  libc6:i386 libstdc++6:i386 libgcc-s1:i386 zlib1g:i386 libtinfo6:i386 libncurses6:i386 libcurl4t64:i386
  lib32gcc-s1 lib32stdc++6 lib32z1
)

debootstrap --variant=minbase --include="$(IFS=,; echo "${included[*]}")" "$suite" "$bare" "$mirror"
in_tree() { unshare --mount --pid --fork --kill-child --mount-proc="$1/proc" chroot "$@"; }

# Its own name instead of the machine's, known to itself: sudo looks it up at each call.
echo left4me-bed >"$bare/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 left4me-bed\n' >"$bare/etc/hosts"
# Nothing that starts by itself while a test looks on.
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer \
  systemd-networkd-wait-online.service; do
  ln -sf /dev/null "$bare/etc/systemd/system/$unit"
done

cp --archive --reflink=auto "$bare" "$equipped"
# apt in the tree reaches the archive the way the machine does.
apt-config dump Acquire | grep -iE '::proxy|::verify-|::cainfo' >"$equipped/etc/apt/apt.conf.d/90machine" || true
# Services don't start in a tree, and what was fetched is kept.
printf '#!/bin/sh\nexit 101\n' >"$equipped/usr/sbin/policy-rc.d"
chmod +x "$equipped/usr/sbin/policy-rc.d"
echo 'Binary::apt-get::APT::Keep-Downloaded-Packages "true";' >"$equipped/etc/apt/apt.conf.d/91keep"
cp --dereference --remove-destination /etc/resolv.conf "$equipped/etc/resolv.conf"
rm -f "$equipped"/var/cache/apt/archives/*.deb
in_tree "$equipped" dpkg --add-architecture i386
in_tree "$equipped" apt-get --quiet=2 update
# A name that the suite doesn't have is left out: a test that needs it says so.
wanted=()
for package in "${packages[@]}" "${packages_i386[@]}"; do
  if in_tree "$equipped" apt-cache show "$package" >/dev/null 2>&1; then wanted+=("$package"); fi
done
in_tree "$equipped" apt-get --quiet=2 --yes --no-install-recommends install "${wanted[@]}"
# What a virtual machine boots with: machine-image.sh.
kernel=$(in_tree "$equipped" apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p')
in_tree "$equipped" sh -c "cd /var/cache/apt/archives && apt-get --quiet=2 download linux-image-cloud-amd64 $kernel busybox-static"

# The archive, flat: dpkg-scanpackages(1).
mkdir -p "$bare/srv/packages"
mv "$equipped"/var/cache/apt/archives/*.deb "$bare/srv/packages/"
(cd "$bare/srv/packages" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
cp --archive --reflink=auto "$bare/srv/packages" "$equipped/srv/packages"
rm -f "$equipped/usr/sbin/policy-rc.d" "$equipped/etc/apt/apt.conf.d/90machine" "$equipped/etc/apt/apt.conf.d/91keep"
for tree in "$bare" "$equipped"; do
  rm -f "$tree"/etc/apt/sources.list "$tree"/etc/apt/sources.list.d/*
  echo 'deb [trusted=yes] file:/srv/packages ./' >"$tree/etc/apt/sources.list"
  rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/*.bin "$tree"/var/log/{apt,*.log}
  echo 'nameserver 192.0.2.53' >"$tree/etc/resolv.conf"
done
in_tree "$equipped" apt-get --quiet=2 update
# What packages enabled by being there would hold the ports that a deployment's own are to have.
for unit in nginx.service certbot.timer nftables.service pebble.service systemd-timesyncd.service; do
  in_tree "$equipped" systemctl --quiet disable "$unit" 2>/dev/null || true
done
# As after the first boot of an installation.
for tree in "$bare" "$equipped"; do
  in_tree "$tree" ssh-keygen -A >/dev/null
  in_tree "$tree" systemctl --quiet enable ssh.service
done
