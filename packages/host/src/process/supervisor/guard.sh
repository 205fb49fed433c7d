#!/bin/sh
# Keeps the supervisor alive while the web application is dead.
#   guard.sh LOCK FLOCK PAUSE_SECONDS NODE ARGUMENT...
# One guard a data directory: the lock is held through descriptor 9, which the supervisor inherits, so that it stays
# taken when only one of the two is killed. Ends when the supervisor ends by itself (status 0), or when the lock is taken.
lock=$1 flock=$2 pause=$3
shift 3
trap '' HUP INT
exec 9>>"$lock"
"$flock" -n 9 || exit 75
while :; do
  "$@"
  status=$?
  [ "$status" -eq 0 ] && exit 0
  echo "$(date -u +%FT%TZ) the supervisor ended with status $status; it is started again"
  sleep "$pause"
done
