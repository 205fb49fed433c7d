#!/bin/bash
# name: In-game admin
# description: SourceMod with its admin menu, for the people that are listed below.
#
# Write one line for each person into `admins`: a SteamID as `status` shows it, and flags
# (https://wiki.alliedmods.net/Adding_Admins_(SourceMod)); z is everything. In the game: !admin in the chat.
#
# Metamod and SourceMod come from their own sites, in the versions named here. Their checksums aren't published beside
# them: the downloads come by HTTPS, and are unpacked only when they are whole and hold what they should.
set -euo pipefail

admins=$(cat <<'ADMINS'
// "STEAM_1:0:12345678" "99:z"
ADMINS
)

metamod=https://mms.alliedmods.net/mmsdrop/1.12/mmsource-1.12.0-git1219-linux.tar.gz
sourcemod=https://sm.alliedmods.net/smdrop/1.12/sourcemod-1.12.0-git7221-linux.tar.gz

game=$OVERLAY/left4dead2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# install URL FILE: FILE has to be in the archive.
install_archive() {
  local url=$1 expected=$2 archive=$work/archive.tar.gz
  echo "Downloading ${url##*/}"
  curl --fail --silent --show-error --location --proto '=https' --retry 4 --max-time 600 --output "$archive" "$url"
  gzip --test "$archive"
  tar --list --gzip --file "$archive" > "$work/names"
  if ! grep --quiet --line-regexp --fixed-strings "$expected" "$work/names"; then
    echo "$url holds no $expected: its layout has changed. Nothing of it is used." >&2
    exit 1
  fi
  if grep --quiet --extended-regexp '^/|(^|/)\.\.(/|$)' "$work/names"; then
    echo "$url holds paths that lead out of it. It is not used." >&2
    exit 1
  fi
  tar --extract --gzip --file "$archive" --directory "$game" --no-same-owner --no-same-permissions
}

mkdir -p "$game"
install_archive "$metamod" addons/metamod/bin/server.so
install_archive "$sourcemod" addons/sourcemod/bin/sourcemod_mm_i486.so

# The dedicated server is a 32-bit program.
rm -f "$game/addons/metamod_x64.vdf"
printf '"Plugin"\n{\n\t"file"\t"addons/metamod/bin/server"\n}\n' > "$game/addons/metamod.vdf"
# They change maps by rules of other games.
rm -f "$game/addons/sourcemod/plugins/nextmap.smx"

printf '%s\n' "$admins" > "$game/addons/sourcemod/configs/admins_simple.ini"
echo "$(printf '%s\n' "$admins" | grep --count --extended-regexp '^"' || true) admins"
