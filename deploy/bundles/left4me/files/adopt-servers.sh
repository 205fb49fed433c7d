# Servers that run without an overlay unit, as an earlier deployment started them, would be stopped by systemd as soon as
# it reads the new unit, which is bound to one. Each gets its overlay unit, running, that has nothing to do: its mount is
# there. `ask`: exit code 0 when there is none. From its next start on such a server is like any other.
set -eu
lone() {
  systemctl list-units --plain --no-legend --state=active,activating,reloading 'left4me-server@*.service' |
    while read -r unit rest; do
      name=${unit#left4me-server@} name=${name%.service}
      systemctl --quiet is-active "left4me-overlay@$name.service" || printf '%s\n' "$name"
    done
}
names=$(lone)
if [ "${1-}" = ask ]; then
  [ -z "$names" ]
  exit
fi
for name in $names; do
  folder=/run/systemd/system/left4me-overlay@$name.service.d
  mkdir -p "$folder"
  printf '[Unit]\nStopWhenUnneeded=no\n[Service]\nExecStart=\nExecStart=/bin/true\nExecStopPost=\n' >"$folder/adopted.conf"
done
systemctl daemon-reload
for name in $names; do systemctl start "left4me-overlay@$name.service"; done
