web=left4me-web.service
database=/var/lib/left4me/data/left4me.db
node=/usr/local/lib/left4me/node/bin/node

# Root opens nothing in a folder of the service's.
as_service() { runuser -u left4me -- "$@"; }

# put_back_database FILE: the web application is stopped. A log of the other database's would be played into this one.
put_back_database() {
	[ ! -f "$1" ] || as_service sh -c \
		'umask 077; cat >"$1.new" && sync "$1.new" && rm -f "$1-wal" "$1-shm" && mv -fT "$1.new" "$1"' sh "$database" <"$1"
}

# find_way_back: $from is what there is to go back to. Where nothing was begun there is nothing to take back.
find_way_back() {
	if [ -d unproven ]; then
		from=unproven
	elif [ -d "$KEPT/upgrade" ]; then
		from=$KEPT/upgrade
	else
		exit 0
	fi
}

# start_until_well PROGRAM REVISION: starts the web application and waits as long as PROGRAM does.
start_until_well() {
	systemctl reset-failed "$web" 2>/dev/null || true
	systemctl start --no-block "$web"
	setpriv --reuid=nobody --regid=nogroup --clear-groups -- "$node" --input-type=module --eval "$1" "$2"
}

