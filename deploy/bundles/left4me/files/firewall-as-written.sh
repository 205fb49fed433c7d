# Whether the loaded table of servers is the one that $1 makes: the same file, loaded in an empty network of its own,
# prints the same. A rule that somebody added, took out or flushed is seen.
set -e
# Some containers may not make a network: then it is only seen that the table is loaded.
if ! unshare --net true 2>/dev/null; then exec nft list table inet left4me; fi
live=$(nft --stateless list table inet left4me 2>&1)
wanted=$(unshare --net -- sh -c 'nft --file "$1" && nft --stateless list table inet left4me' sh "$1" 2>&1)
[ "$live" = "$wanted" ]
