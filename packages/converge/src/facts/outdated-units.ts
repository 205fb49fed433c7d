/**
 * A function that prints those of some units whose own files were changed since systemd last read any. It says
 * NeedDaemonReload of every unit as soon as somebody has enabled one without a reload (systemd 257, measured). What it
 * writes itself for set-property, and of transient units, it knows without reading it.
 */
export const outdatedUnits = `outdated_units() (
	# The second one counts as long as there was no reload since the machine started.
	for read in UnitsLoadTimestamp UnitsLoadStartTimestamp; do
		since=$(systemctl show --timestamp=us+utc -p "$read" --value -- 2>/dev/null)
		[ -z "$since" ] || break
	done
	have_changed "$@" || exit 0
	for unit; do if have_changed "$unit"; then echo "$unit"; fi; done
)
have_changed() {
	[ -n "$since" ] || return 0
	loaded=$(systemctl show -p FragmentPath,DropInPaths --value -- "$@" 2>/dev/null | tr ' ' '\\n' |
		grep -v -e '^/[a-z]*/systemd/system\\.control/' -e '^/run/systemd/transient/')
	for path in $loaded; do [ -e "$path" ] || return 0; done
	others=
	for name; do
		case $name in *@*) names="$name \${name%%@*}@.\${name##*.}" ;; *) names=$name ;; esac
		for name in $names; do
			for folder in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system; do
				others="$others $folder/$name $folder/$name.d $folder/$name.d/*.conf"
			done
		done
	done
	set --
	for path in $loaded $others; do [ ! -e "$path" ] || set -- "$@" "$path"; done
	[ $# != 0 ] && [ -n "$(find -L "$@" -maxdepth 0 -newerct "$since" -print -quit 2>&1)" ]
}`
