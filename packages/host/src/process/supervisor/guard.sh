#!/bin/sh
# Keeps the supervisor alive while the web application is dead.
#   guard.sh LOCK wait|once FLOCK NODE ARGUMENT...
# One guard a data directory: the lock is held through descriptor 9, which the supervisor inherits, so that it stays
# taken when only one of the two is killed. Ends when the supervisor ends by itself (status 0) and when the lock is taken.
lock=$1 mode=$2 flock=$3
shift 3
trap '' HUP INT
exec 9>>"$lock"
case $mode in
  once) "$flock" -n 9 || exit 75 ;;
  *) "$flock" 9 || exit 75 ;;
esac
while :; do
  "$@"
  status=$?
  [ "$status" -eq 0 ] && exit 0
  echo "$(date -u +%FT%TZ) the supervisor ended with status $status; it is started again"
  sleep 1
done
