#!/bin/bash
# name: Tick rate
# description: Network settings for servers that run with more than 30 ticks a second.
#
# Needs no download. The ticks themselves come from a launch argument of the server (-tickrate 60) and a plugin that
# allows it, which the overlay “Competitive plugins” brings; without the plugin the game stays at 30, and these settings
# do no harm. Put `rate` to what the servers run with: 30, 60 or 100.
set -euo pipefail

rate=60

case $rate in
  30 | 60 | 100) ;;
  *)
    echo "The tick rate is “$rate”. Put rate to 30, 60 or 100." >&2
    exit 1
    ;;
esac
# Bytes a second for each player: what 30 ticks need, in proportion.
bytes=$((1000 * rate))

mkdir -p "$OVERLAY/left4dead2/cfg"
cat > "$OVERLAY/left4dead2/cfg/server.cfg" <<CFG
// Tick rate: $rate
sv_minrate $bytes
sv_maxrate $bytes
sv_minupdaterate $rate
sv_maxupdaterate $rate
sv_mincmdrate $rate
sv_maxcmdrate $rate
sv_client_min_interp_ratio -1
sv_client_max_interp_ratio 2
net_splitpacket_maxrate $((bytes / 2))
fps_max 0
CFG
echo "Settings for $rate ticks a second"
