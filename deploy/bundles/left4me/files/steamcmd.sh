# Valve's installer, as the service user. $1: its folder. $2: where the archive is, which is unpacked in a folder of its
# own, which tar doesn't leave, and looked at there. steamcmd.sh comes last: where it is, everything is.
set -eu
umask 022
work=$(mktemp -d "$1/.steamcmd-XXXXXXXX")
trap 'rm -rf "$work"' EXIT
refuse() {
  printf '%s %s: name steamcmd’s own in left4me/steamcmd_url.\n' "$address" "$1" >&2
  exit 1
}
address=$2
curl --fail --silent --show-error --location --proto =http,https --max-filesize 200000000 --retry 3 \
  --output "$work/archive" -- "$address" || refuse 'can’t be fetched'
mkdir "$work/new"
tar -xzf "$work/archive" -C "$work/new" --no-same-owner 2>"$work/said" || {
  head -n 3 "$work/said" >&2
  refuse 'gave something that is no archive (tar.gz), or one that leaves its folder'
}
[ -f "$work/new/steamcmd.sh" ] && [ ! -L "$work/new/steamcmd.sh" ] || refuse 'gave an archive without steamcmd.sh'
chmod 0755 "$work/new/steamcmd.sh"
find "$work/new" -mindepth 1 -maxdepth 1 ! -name steamcmd.sh -exec cp -al --remove-destination -t "$1" -- {} +
mv -fT -- "$work/new/steamcmd.sh" "$1/steamcmd.sh"
