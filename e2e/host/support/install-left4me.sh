#!/bin/bash
# Puts left4me's files on a bed, as root, where a host has them: the user, the folders, what deploy/ brings, and a link
# to Node. Needs the checkout at /opt/left4me/src and one folder /usr/local/lib/left4me/node-VERSION. Idempotent.
set -euo pipefail
shopt -s nullglob
source=/opt/left4me/src
files=$source/deploy/files

# The service user. Its number is pinned: ownership of files survives rebuilds.
getent group left4me >/dev/null || groupadd --system --gid 980 left4me
getent passwd left4me >/dev/null ||
  useradd --system --uid 980 --gid 980 --home-dir /var/lib/left4me --no-create-home --shell /usr/sbin/nologin left4me

install -d -m 0755 /opt/left4me /etc/left4me /usr/local/lib/systemd/system /usr/local/libexec/left4me

# Node, by a link without its version, and the checkout's programs.
node=(/usr/local/lib/left4me/node-*)
ln -sfn "${node[0]##*/}" /usr/local/lib/left4me/node
for program in "$source"/deploy/scripts/libexec/*; do ln -sfn "$program" "/usr/local/libexec/left4me/${program##*/}"; done
for program in "$source"/deploy/scripts/sbin/*; do ln -sfn "$program" "/usr/local/sbin/${program##*/}"; done

# Units are regular files: `systemctl disable` deletes every link to a linked unit, the template's own included.
for unit in "$files"/systemd/*.{service,slice,timer,socket,path}; do
  install -m 0644 "$unit" /usr/local/lib/systemd/system/
done
for dropin in "$files"/systemd/*.d/*.conf; do
  folder=$(basename "$(dirname "$dropin")")
  mkdir -p "/etc/systemd/system/$folder"
  ln -sfn "$dropin" "/etc/systemd/system/$folder/${dropin##*/}"
done

# Everything else is a link into the checkout, which the service can't write.
place() { mkdir -p "${2%/*}" && ln -sfn "$files/$1" "$2"; }
place journald@left4me.conf /etc/systemd/journald@left4me.conf
place sudoers /etc/sudoers.d/left4me
place sysctl.conf /etc/sysctl.d/99-left4me.conf
place tmpfiles.conf /etc/tmpfiles.d/left4me.conf
systemd-tmpfiles --create /etc/tmpfiles.d/left4me.conf

# What a deployment writes from the host's description.
cat >/etc/left4me/host.env <<'ENVIRONMENT'
LEFT4ME_ROOT=/var/lib/left4me
LEFT4ME_STEAMCMD=/var/lib/left4me/steam/steamcmd.sh
ENVIRONMENT
chmod 0644 /etc/left4me/host.env
(umask 027 && cat >/etc/left4me/web.env) <<'ENVIRONMENT'
DATABASE_URL=sqlite:/var/lib/left4me/data/left4me.db
SECRET_KEY=a-secret-of-the-test-bed-0123456789abcdef
SESSION_COOKIE_SECURE=false
LEFT4ME_PORT_RANGE_START=27015
LEFT4ME_PORT_RANGE_END=27115
ENVIRONMENT
chown root:left4me /etc/left4me/web.env
# An address that is nobody's: a bed has no public resolver.
echo 'nameserver 192.0.2.53' >/etc/left4me/sandbox-resolv.conf

# The web application as it is installed: for a bed the checkout is its build.
ln -sfn "$source" /var/lib/left4me/app/current

visudo --check --quiet --file="$files/sudoers"
# A container shares its kernel with the machine.
systemd-detect-virt --quiet --container || sysctl --quiet --load=/etc/sysctl.d/99-left4me.conf
systemctl daemon-reload
systemctl --quiet enable --now left4me-firewall.service left4me-disk-limit.timer
