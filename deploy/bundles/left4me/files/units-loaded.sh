# Whether systemd has read our units and what shuts them in, also for those that run, and nothing in their place.
# Arguments: UNIT=FILE, a template by an instance of it; FILE is the unit's own, or a drop-in (.conf). Prints what isn't so.
# Behind the function outdated_units.
templates=
for pair in "$@"; do
  unit=${pair%%=*}
  case $unit in *@*) templates="$templates ${unit%%@*}@*.${unit##*.}" ;; esac
done
# shellcheck disable=SC2086
running=$(set -f; systemctl list-units --all --plain --no-legend -- $templates | cut -d ' ' -f 1)
units=$({
  for pair in "$@"; do printf '%s\n' "${pair%%=*}"; done
  printf '%s\n' "$running"
} | sed '/^$/d' | sort -u)
# shellcheck disable=SC2086
shown=$(systemctl show --property=Id,FragmentPath,DropInPaths,NeedDaemonReload -- $units)
outdated=
# shellcheck disable=SC2086
case $shown in *NeedDaemonReload=yes*) outdated=" $(outdated_units $units | tr '\n' ' ')" ;; esac
printf '%s\n' "$shown" |
  awk -v RS= -v pairs="$*" -v outdated="$outdated" '
    function kind(name) { sub(/@[^.]*\./, "@.", name); return name }
    {
      id = paths = fragment = ""
      for (line = split($0, lines, "\n"); line > 0; line--) {
        if (sub(/^Id=/, "", lines[line])) id = lines[line]
        else if (sub(/^FragmentPath=/, "", lines[line])) fragment = lines[line]
        else if (sub(/^DropInPaths=/, "", lines[line])) paths = " " lines[line] " "
      }
      for (at = split(pairs, each, " "); at > 0; at--) {
        split(each[at], pair, "=")
        if (kind(pair[1]) != kind(id)) continue
        asked[each[at]] = 1
        if (pair[2] !~ /\.conf$/ && fragment != pair[2] && fragment != "") {
          print "systemd takes " fragment " for " id " instead of " pair[2] ": remove it, or unmask the unit."
          missing = 1
        } else if (index(outdated, " " id " ") || index(" " fragment paths, " " pair[2] " ") == 0) {
          print "systemd has not loaded " pair[2] " for " id "."
          missing = 1
        }
      }
    }
    END {
      for (at = split(pairs, each, " "); at > 0; at--)
        if (!(each[at] in asked)) { print "systemd does not know the unit of " each[at] "."; missing = 1 }
      exit missing
    }' >&2
