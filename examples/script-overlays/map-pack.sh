#!/bin/bash
# name: Map pack
# description: Campaigns from addresses that you list, checked by their SHA-256.
#
# For campaigns that are neither on the Workshop nor in a map index. Each line of `maps`: SHA-256, a blank, and an HTTPS
# address of a .vpk, or of a .zip that holds .vpk files. Get a file that you trust once and run sha256sum on it: another
# file at that address is then refused.
set -euo pipefail

maps=$(cat <<'MAPS'
# 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef https://example.org/campaign.zip
MAPS
)

addons=$OVERLAY/left4dead2/addons
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$addons"

# A VPK begins with its signature 0x55aa1234, little-endian.
is_vpk() {
  [ "$(head --bytes 4 "$1" | od --address-radix n --format x1 | tr --delete ' \n')" = 3412aa55 ]
}

# The name of a file becomes a name in addons: letters, digits, dots, hyphens and underscores.
add_vpk() {
  local file=$1 name
  name=$(basename "$file" | tr --complement 'A-Za-z0-9._\n-' '_')
  if ! is_vpk "$file"; then
    echo "$name is no VPK." >&2
    exit 1
  fi
  mv "$file" "$addons/$name"
  echo "  $name"
}

count=0
while read -r checksum address; do
  case $checksum in '' | '#'*) continue ;; esac
  echo "Downloading $address"
  curl --fail --silent --show-error --location --proto '=https' --retry 4 --max-time 3600 --output "$work/file" "$address"
  echo "$checksum  $work/file" | sha256sum --check --status || {
    echo "$address is not the file whose checksum is listed: it has $(sha256sum < "$work/file" | cut --delimiter ' ' --fields 1)." >&2
    exit 1
  }
  if is_vpk "$work/file"; then
    name=${address##*/}
    mv "$work/file" "$work/${name%%[?#]*}"
    add_vpk "$work/${name%%[?#]*}"
  else
    mkdir "$work/unpacked"
    # -j: without the archive's folders, so that no name can lead out.
    unzip -q -j "$work/file" '*.vpk' -d "$work/unpacked"
    for file in "$work/unpacked"/*.vpk; do add_vpk "$file"; done
    rm -rf "$work/unpacked"
  fi
  count=$((count + 1))
done <<< "$maps"

if [ "$count" -eq 0 ]; then
  echo "No map is listed. Add lines to “maps” at the top of this script." >&2
  exit 1
fi
echo "$count downloads"
