# Builds the application, shut in, as a user that has nothing: the source's archive comes on standard input, the
# application's goes to standard output. $1: Node's folder. $2: a registry of npm's. $3: a folder with every package.
set -eu
exec 3>&1 >&2
export HOME=/var/tmp/home PATH="$1/bin:/usr/bin:/bin" LC_ALL=C.UTF-8 CI=1
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false npm_config_logs_max=0
if [ -n "$2" ]; then export npm_config_registry="$2"; fi
mkdir "$HOME" /var/tmp/app
cd /var/tmp/app
tar -x -z --no-same-owner

# npm writes into its cache even when it is offline.
if [ -n "$3" ]; then
	cp -r -- "$3" /var/tmp/npm-cache
	export npm_config_cache=/var/tmp/npm-cache npm_config_offline=true
fi
install_dependencies() {
	node "$node_modules/npm/bin/npm-cli.js" ci --ignore-scripts "$@"
}
node_modules=$1/lib/node_modules

# First what builds the web application, then what runs.
install_dependencies --workspace=@left4me/web --workspace=@left4me/contract
(cd apps/web && node ../../node_modules/vite/bin/vite.js build --logLevel warn)
set -- --omit=dev
for manifest in apps/server apps/cli packages/*; do
	if [ -f "$manifest/package.json" ]; then set -- "$@" "--workspace=$manifest"; fi
done
install_dependencies "$@"
tar -c --owner=0 --group=0 package.json node_modules packages apps/server apps/cli apps/web/package.json apps/web/dist >&3
