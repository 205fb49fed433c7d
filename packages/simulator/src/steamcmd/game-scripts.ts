/** The two shell scripts at the root of a game tree. */

/**
 * Valve's runner in what it does: it starts the engine beside it and, unless `-norestart` was given, starts it again
 * ten seconds after every end, whatever the exit code.
 */
export const srcdsRun = `#!/bin/sh
# Simulated by left4me: runs ./srcds_linux as Valve's srcds_run does.

cd "$(dirname "$0")" || exit 1

RESTART=yes
DEBUG=
TIMEOUT=10
PID_FILE=

usage() {
	echo "Left 4 Dead 2 dedicated server (simulated)"
	echo "	-debug		 	Run debugging on failed servers if possible"
	echo "	-norestart		Don't attempt to restart failed servers"
	echo "	-pidfile <filename>	Use the specified <file> to store the server pid"
	echo "	-timeout <number>	Sleep for <number> seconds before restarting"
	echo "Note: All parameters specified as passed through to the server including any not listed."
	exit 1
}

previous=
for argument in "$@"; do
	case "$previous" in
		-timeout) TIMEOUT=$argument ;;
		-pidfile) PID_FILE=$argument ;;
	esac
	case "$argument" in
		-help) usage ;;
		-debug) DEBUG=yes ;;
		-norestart) RESTART= ;;
	esac
	previous=$argument
done

LD_LIBRARY_PATH=".:bin:$LD_LIBRARY_PATH"
SteamAppId=550
export LD_LIBRARY_PATH SteamAppId

if ! test -f ./srcds_linux; then
	echo "ERROR: Source Engine binary './srcds_linux' not found, exiting"
	exit 1
fi

run_engine() {
	if test -n "$PID_FILE"; then echo $$ >"$PID_FILE"; fi
	# What this shell itself says about a killed child goes away, so that the text below is the only one.
	{ sh -c 'exec ./srcds_linux "$@" 2>&3 3>&-' sh "$@"; } 3>&2 2>/dev/null
	status=$?
	case $status in
		139) echo "Segmentation fault (core dumped)" ;;
		134) echo "Aborted (core dumped)" ;;
		132) echo "Illegal instruction (core dumped)" ;;
		135) echo "Bus error (core dumped)" ;;
		136) echo "Floating point exception (core dumped)" ;;
		137) echo "Killed" ;;
	esac
	if test $status -ne 0 && test $status -ne 130; then
		if test -n "$DEBUG"; then
			echo "email debug.log to linux@valvesoftware.com"
		else
			echo "Add \\"-debug\\" to the $0 command line to generate a debug.log to help with solving this problem"
		fi
	fi
	return $status
}

if test -n "$DEBUG"; then echo "Enabling debug mode"; fi
if test -n "$RESTART"; then
	echo "Server will auto-restart if there is a crash."
	while :; do
		run_engine "$@"
		echo "$(date): Server restart in $TIMEOUT seconds"
		sleep "$TIMEOUT"
	done
fi
run_engine "$@"
exit 0
`

/** The engine's place: runs `command`, words of shell in which `$here` is the tree, since trees are moved and mounted. */
export function srcdsLinux(command: readonly string[]): string {
  return `#!/bin/sh
# Simulated by left4me: this is not Valve's engine.
here=$(dirname "$0")
# A simulated crash must not fill the disk with a core file.
ulimit -c 0
exec ${command.join(' ')} "$@"
`
}

/** A word for a shell, whatever it holds. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
