import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A steamcmd that is a shell script. `body` runs with `$platform` (`windows`, `linux` or empty), `$directory`, `$validate`
 * and `$run` (1 for the first run, counted in `folder`), and may call `success`, `failure REASON`, `manifest FLAGS` and
 * `program`. Every command line is written to `calls` beside it.
 */
export async function writeFakeSteamcmd(folder: string, body: string): Promise<string> {
  const path = join(folder, 'steamcmd.sh')
  const script = `#!/bin/sh
here='${folder}'
echo "$*" >>"$here/calls"
run=$(wc -l <"$here/calls")
platform= directory= validate=
while [ $# -gt 0 ]; do
  case $1 in
    +@sSteamCmdForcePlatformType) platform=$2; shift ;;
    +force_install_dir) directory=$2; shift ;;
    validate) validate=yes ;;
  esac
  shift
done
manifest() {
  mkdir -p "$directory/steamapps"
  printf '"AppState" { "appid" "222860" "StateFlags" "%s" "buildid" "10097" "SizeOnDisk" "9710287462" "LastUpdated" "1790454103" }' "$1" \\
    >"$directory/steamapps/appmanifest_222860.acf"
}
program() {
  mkdir -p "$directory/left4dead2"
  echo PatchVersion=2.2.4.3 >"$directory/left4dead2/steam.inf"
  printf '#!/bin/sh\\nsleep 1000\\n' >"$directory/srcds_run"
  chmod +x "$directory/srcds_run"
}
success() { manifest 4; program; echo "Success! App '222860' fully installed."; exit 0; }
failure() { echo "ERROR! Failed to install app '222860' ($1)"; exit "\${2:-8}"; }
echo 'Loading Steam API...OK'
${body}
`
  await writeFile(path, script, { mode: 0o755 })
  return path
}
