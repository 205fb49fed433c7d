# Judges a new checkout ($1) before it is live: links of the host's lead into it, and root trusts what they show.
set -eu
refuse() {
	printf '%s\n' "$1" >&2
	exit 1
}
foreign=$(find "$1" ! -type l \( ! -user 0 -o ! -group 0 -o -perm /7022 \) -print -quit)
[ -z "$foreign" ] || refuse "$foreign isn’t only root’s to write."
files=$1/deploy/files

visudo --check --quiet --file="$files/sudoers" || refuse 'visudo refuses deploy/files/sudoers.'

# Without what this host adds, which is judged where it is written, and without groups that aren't there before the
# first start: nft looks them up.
left_out='^include '
[ -d /sys/fs/cgroup/l4d2.slice/l4d2-game.slice ] || left_out="$left_out|socket cgroupv2"
grep -vE "$left_out" "$files/nftables/left4me.nft" | nft --check --file - ||
	refuse 'nft refuses deploy/files/nftables/left4me.nft.'

# With their drop-ins beside them. That programs aren't there yet is no fault: only what names a line is.
faults=$(
	for unit in "$files"/systemd/*.service "$files"/systemd/*.slice "$files"/systemd/*.socket "$files"/systemd/*.timer; do
		SYSTEMD_UNIT_PATH="$files/systemd:" systemd-analyze verify --recursive-errors=no --man=no "$unit" 2>&1
	done | grep -F "$files/" | grep -E ':[0-9]+: ' | sort -u
) || true
[ -z "$faults" ] || refuse "systemd refuses units: $faults"
