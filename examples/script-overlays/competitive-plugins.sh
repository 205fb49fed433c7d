#!/bin/bash
# name: Competitive plugins
# description: Metamod, SourceMod and the plugins and match configs of the L4D2 Competitive Rework.
#
# Downloads https://github.com/SirPlease/L4D2-Competitive-Rework, which brings Metamod and SourceMod with it. The branch
# moves on; what a build got is a revision that never changes, and its log names the commit. To stay on one, put that
# commit in the place of the branch. No checksum is known in advance: the download comes by HTTPS, and is unpacked only
# when it is whole.
# Start servers with -tickrate 60 (or 100), which its tickrate enabler reads.
set -euo pipefail

ref=${REF:-master}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "Downloading the Competitive Rework, $ref"
curl --fail --silent --show-error --location --proto '=https' --retry 4 --max-time 900 \
  --output "$work/pack.tar.gz" "https://github.com/SirPlease/L4D2-Competitive-Rework/archive/$ref.tar.gz"

# Reads it to its end: an archive that was cut off ends here.
gzip --test "$work/pack.tar.gz"
tar --list --gzip --file "$work/pack.tar.gz" > "$work/names"
if grep --quiet --extended-regexp '^/|(^|/)\.\.(/|$)' "$work/names"; then
  echo "The archive holds paths that lead out of it. It is not used." >&2
  exit 1
fi
# GitHub writes the commit into the archive's first header.
commit=$(gzip --decompress --stdout "$work/pack.tar.gz" | head --bytes 1024 |
  grep --text --only-matching --extended-regexp --max-count 1 '[0-9a-f]{40}' || true)
echo "Commit: ${commit:-unknown}"

mkdir "$work/pack"
tar --extract --gzip --file "$work/pack.tar.gz" --directory "$work/pack" --strip-components 1 --no-same-owner --no-same-permissions

game=$OVERLAY/left4dead2
mkdir -p "$game"
# cfg brings a server.cfg: left4me writes its own, which runs this one.
for part in addons cfg scripts; do
  if [ ! -d "$work/pack/$part" ]; then
    echo "The pack has no folder $part any more. Look at its page for what has changed." >&2
    exit 1
  fi
  cp -R "$work/pack/$part" "$game/$part"
done

# The dedicated server is a 32-bit program: the 64-bit loader would only make it complain.
rm -f "$game/addons/metamod_x64.vdf"
test -f "$game/addons/metamod.vdf"
test -d "$game/addons/sourcemod/plugins"
echo "$(find "$game" -type f | wc -l) files"
