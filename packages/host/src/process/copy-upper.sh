#!/bin/sh
# Copies one upper to another with everything that overlayfs keeps there: whiteouts, extended attributes, holes.
#   copy-upper.sh MOUNT FROM TO
# Run in mount and PID namespaces of its own. The source may belong to a running game that swaps folders for links while
# they are read: so the copier sees the two folders and the system's programs, and nothing else there is.
set -eu
mount=$1 from=$2 to=$3
"$mount" -n -t tmpfs -o size=1m,mode=0755,nosuid,nodev left4me "$to"
jail=$to/jail
mkdir "$jail" "$jail/from" "$jail/to"
# The tmpfs covers the target: it is entered beforehand, by the working folder.
"$mount" -n -c --bind /proc/self/cwd "$jail/to"
"$mount" -n --bind "$from" "$jail/from"
for folder in usr lib lib32 lib64 bin; do
  if [ -L "/$folder" ]; then
    ln -s "$(readlink "/$folder")" "$jail/$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$jail/$folder"
    "$mount" -n --bind "/$folder" "$jail/$folder"
  fi
done
cd /
exec chroot "$jail" /bin/cp -a --reflink=auto --sparse=auto /from/. /to/
