# The database of an earlier deployment, which lay beside the other folders in $1, goes into data/. Whoever writes it is
# stopped first; the activation of the new version starts it again. Its last file last: while that is there, all is done again.
set -eu
systemctl stop left4me-web.service 2>/dev/null || true
for ending in -wal -shm ''; do
  [ ! -e "$1/left4me.db$ending" ] || mv -nT -- "$1/left4me.db$ending" "$1/data/left4me.db$ending"
done
chown -h left4me:left4me -- "$1"/data/left4me.db*
# The folder is the service's, which could put a link there.
runuser -u left4me -- chmod 0600 -- "$1"/data/left4me.db*
