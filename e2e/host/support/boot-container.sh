#!/bin/bash
# boot-container.sh FOLDER TREE CONTROL_GROUP NAME NSPAWN_ARGUMENT…
# Runs systemd-nspawn on an overlay over TREE, whose changes are kept in FOLDER, in a control group of its own, and ends
# as it does: with 133 when the container reboots. It is the first process of a PID and a mount namespace of its own:
# when it ends, so does everything in the container (systemd-nspawn alone would leave it behind), and with the last
# process the mounts.
set -u
folder=$1 tree=$2 group=$3 name=$4
shift 4
echo $$ >"$group/cgroup.procs" || exit
mkdir -p "$folder"/{upper,work,root,data}
mount -t overlay overlay -o "lowerdir=$tree,upperdir=$folder/upper,workdir=$folder/work" "$folder/root" || exit
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
systemd-nspawn --quiet --directory="$folder/root" --machine="$name" --register=no --keep-unit --private-network \
  --bind="$folder/data:/var/lib/left4me" "$@" --boot
exit $?
