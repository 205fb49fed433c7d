# What an earlier deployment left in runtime/ ($1) to the service user, who could then exchange what root mounts: each
# server's folder and the mount's own become root's. The upper stays the service's; a mounted `merged` shows the upper.
set -eu
cd -- "$1"
foreign() { find . -xdev -mindepth 1 -maxdepth 2 -type d \( -path './*/work' -o ! -path './*/*' \) \( ! -user root -o ! -group root -o -perm /022 \) "$@"; }
if [ "${2-}" = ask ]; then
  [ -z "$(foreign -print -quit)" ]
else
  foreign -exec chown -h root:root {} + -exec chmod go-w {} +
fi
