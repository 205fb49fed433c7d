#!/bin/bash
# debian-suite.sh MIRROR
# Prints the name under which MIRROR has a Debian 13 whose lists belong to its index, for both architectures: `trixie`, or
# `stable` while that is the same. A mirror (or a proxy before it) in the middle of its renewal has an index of one day and
# a list of another, which apt refuses; what has the other name may be whole meanwhile. Fails with what apt said.
set -euo pipefail
mirror=$1 codename=trixie
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# fit SUITE: apt's own judgement, by the machine's way to the archive, with nothing of the machine's changed.
fit() {
  rm -rf "$folder/lists"
  mkdir -p "$folder/lists/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" >"$folder/sources.list"
  apt-get --quiet=2 --error-on=any \
    --option Dir::Etc::sourcelist="$folder/sources.list" --option Dir::Etc::sourceparts=/dev/null \
    --option Dir::State::lists="$folder/lists" --option Dir::Cache="$folder/cache" \
    --option APT::Architecture=amd64 --option APT::Architectures=amd64,i386 --option APT::Sandbox::User=root \
    --option Acquire::Languages=none update >&2 || return 1
  grep --quiet "^Codename: $codename$" "$folder"/lists/*Release
}

for suite in "$codename" stable; do
  if fit "$suite"; then
    echo "$suite"
    exit
  fi
done
echo "$mirror has no Debian 13 whose lists belong to its index; try again later, or with another mirror" >&2
exit 1
