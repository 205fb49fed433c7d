# Makes app/REVISION of the source's archive on standard input, wholly or not at all. Root publishes it, after somebody
# who has no rights has built it; nothing of it is run here. In /var/lib/left4me/app.
# $1: the revision. $2: Node's folder. $3: a registry of npm's. $4: a folder with every package. $5: the script that builds.
set -eu
revision=$1 unit=left4me-build-app.service
# What a run that was cut short has left.
systemctl stop "$unit" 2>/dev/null || true
rm -rf .building
mkdir -m 0755 .building

# Among the system's services, which games come before; not in l4d2-build.slice: what is in there reaches no resolver.
systemd-run --quiet --wait --pipe --collect --unit="$unit" --service-type=exec \
	-p CPUWeight=10 -p IOWeight=10 -p OOMScoreAdjust=500 \
	-p DynamicUser=yes -p PrivateTmp=yes -p ProtectHome=yes -p PrivateDevices=yes -p ProtectProc=invisible \
	-p 'TemporaryFileSystem=/var/lib/left4me:ro' -p InaccessiblePaths=-/etc/left4me -p ProtectKernelTunables=yes \
	-p ProtectControlGroups=yes -p RestrictNamespaces=yes -p 'CapabilityBoundingSet=' -p TasksMax=512 \
	-p 'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK' -p Nice=10 -p RuntimeMaxSec=1700 \
	-- /bin/sh -c "$5" sh "$2" "$3" "$4" >.building/app.tar

mkdir .building/app
tar -x --no-same-owner --no-same-permissions -f .building/app.tar -C .building/app
rm .building/app.tar
cd .building/app
refuse() {
	printf 'What was built has %s, which is not published: %s\n' "$1" "$2" >&2
	exit 1
}
strange=$(find . ! -type f ! -type d ! -type l -print -quit)
[ -z "$strange" ] || refuse 'something that is neither file, folder nor link' "$strange"
find . -type l | while read -r link; do
	case $(readlink -- "$link") in /*) refuse 'a link out of its tree' "$link" ;; esac
	case $(realpath -m -- "$link") in "$PWD"/*) ;; *) refuse 'a link out of its tree' "$link" ;; esac
done
chmod -R ug-s,o-t,u=rwX,go=rX .
[ -f apps/server/src/main.ts ] && [ -f apps/web/dist/index.html ] || refuse 'no web application' "$PWD"
printf '%s\n' "$revision" >REVISION
cd ../..
sync -f .building/app
# One that somebody damaged.
if [ -e "$revision" ]; then mv -T "$revision" .building/before; fi
mv -T .building/app "$revision"
rm -rf .building
