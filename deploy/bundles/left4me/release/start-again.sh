# Starts the web application of the version before, and waits until it is well. In /var/lib/left4me/app.
# $1: the revision that was taken back. $2: the program that asks for health.
set -eu
start_until_well "$2" "$(readlink current)"
