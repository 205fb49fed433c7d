#!/bin/bash
# bench-tree.sh TREE BASE
# Makes the empty folder TREE, as root, a Debian 13 (a copy of the tree BASE) with what the deployments that are compared
# need: on the side of the target sshd and the five packages of the workload, on the other Ansible and BundleWrap as
# Debian has them. BASE knows how this machine reaches the archive.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
tree=$1 base=$2

cp --archive --reflink=auto --no-target-directory "$base" "$tree"
in_tree() { unshare --mount --pid --fork --kill-child --mount-proc="$tree/proc" chroot "$tree" "$@"; }
printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
chmod +x "$tree/usr/sbin/policy-rc.d"
in_tree apt-get --quiet=2 update
in_tree apt-get --quiet=2 --yes --no-install-recommends install \
  openssh-server openssh-client ca-certificates curl git rsync sudo \
  ansible-core python3-apt bundlewrap python3-setuptools file
in_tree apt-get clean
rm -rf "$tree"/var/lib/apt/lists/* "$tree/usr/sbin/policy-rc.d"
in_tree ssh-keygen -A >/dev/null
in_tree systemctl --quiet enable ssh.service
