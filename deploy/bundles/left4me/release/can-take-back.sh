# Whether the version before can be had back; else says why not. In /var/lib/left4me/app.
set -eu
find_way_back
previous=$(cat "$from/previous")
if [ -z "$previous" ]; then
	echo 'This is the first version on this host: there is none to go back to.'
	exit 1
fi
if [ ! -f "$previous/REVISION" ]; then
	echo "The version before, $previous, isn’t on this host any more. Deploy its branch instead."
	exit 1
fi
if [ "$from" != unproven ] && [ -e "$from/migrated" ]; then
	since=$(date -r "$from/migrations" '+%F %T')
	if [ ! -f "$from/database" ]; then
		echo "The database was migrated at $since, and the copy from before is gone. Restore a backup instead."
		exit 1
	fi
	if [ -z "${ACCEPT_LOSS-}" ]; then
		echo "The database was migrated at $since: going back would lose all that was written since. Say that this is accepted, or deploy a newer version."
		exit 1
	fi
fi
