#!/bin/sh
# Keeps the supervisor alive while the web application is dead.
#   guard.sh LOCK FLOCK PAUSE_SECONDS NODE ARGUMENT...
# One guard a data directory: the lock is held through descriptor 9, which the supervisor inherits, so that it stays
# taken when only one of the two is killed. Ends when the supervisor ends by itself (status 0), when the lock is taken
# (status 75), and when the supervisor can't be kept alive.
lock=$1 flock=$2 pause=$3
shift 3
trap '' HUP INT
exec 9>>"$lock"
"$flock" -n 9 || exit 75
failures=0
while [ "$failures" -lt 30 ]; do
  begun=$(date +%s)
  "$@"
  status=$?
  [ "$status" -eq 0 ] && exit 0
  ended=$(date +%s)
  failures=$((failures + 1))
  [ $((ended - begun)) -ge 10 ] && failures=0
  echo "$(date -u +%FT%TZ) the supervisor ended with status $status; it is started again"
  sleep "$pause"
done
echo 'the supervisor ended thirty times in a row: it is left to whoever needs it next'
exit 1
