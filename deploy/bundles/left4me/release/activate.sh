# Lets the web application serve app/REVISION, read-only until it has shown that it is well. In /var/lib/left4me/app.
# $1: the revision. $2: the program that asks for its health. $3: the program that copies the database.
# While the folder `unproven` is there, nobody writes: apps/server/src/read-only.ts. It says what there is to go back to;
# an upgrade that was cut short begins anew with that, since nobody has written meanwhile.
set -eu
revision=$1
migrations() { if as_service test -f "$database"; then as_service "$node" --input-type=module --eval "$1" "$database"; fi; }

begun=$(date '+%F %T')
tell() {
	code=$?
	if [ "$code" != 0 ]; then journalctl --unit="$web" --since="$begun" --lines=15 --output=cat --no-pager >&2 || true; fi
	exit "$code"
}
trap tell EXIT

systemctl stop "$web"
if [ ! -d unproven ]; then
	rm -rf .unproven.new
	mkdir -m 0755 .unproven.new
	readlink current >.unproven.new/previous || true
	migrations "$3" >.unproven.new/migrations
	if as_service test -f "$database"; then
		as_service "$node" --input-type=module --eval "$3" "$database" "$database.upgrade"
		(umask 077 && as_service cat "$database.upgrade" >.unproven.new/database)
		as_service rm "$database.upgrade"
	fi
	sync -f .unproven.new
	mv -T .unproven.new unproven
else
	put_back_database unproven/database
fi

ln -sfnT "$revision" .current.new
mv -fT .current.new current
/usr/local/sbin/left4me migrate
migrations "$3" >.migrations.new
cmp --silent .migrations.new unproven/migrations || touch unproven/migrated
rm .migrations.new

start_until_well "$2" "$revision"

# From here on people write, and nothing takes that back by itself.
mv -T unproven "$KEPT/upgrade"
trap - EXIT

# Three stay, this one and the one before among them; of copies of the database too.
touch -c "$(cat "$KEPT/upgrade/previous")" "$revision" || true
ls -dt -- */ | grep -xE '[0-9a-f]{40}/' | tail -n +4 | xargs -d '\n' -r rm -rf -- || true
find "${KEPT%/*/*/*}" -path '*/kept/upgrade/database' -printf '%T@ %p\n' | sort -rn | tail -n +4 | cut -d ' ' -f 2- |
	xargs -d '\n' -r rm -f -- || true
