import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What the fake game does, chosen by `-fake NAME` among a server's arguments. */
const behaviours = {
  /** Ends on SIGINT, as srcds does. */
  idle: `trap 'echo "caught SIGINT"; exit 0' INT
echo "started with $*"
while :; do sleep 1000 & wait $!; done`,
  /** Needs a while to end in order; what it does meanwhile isn't cut short by the signal that its processes get after it. */
  'slow-end': `trap 'trap "" INT; echo saving; sleep 1; echo saved; exit 0' INT
echo ready
while :; do sleep 1000 & wait $!; done`,
  /** Counts up twenty times a second. */
  tick: `n=0
while :; do echo "tick $n"; n=$((n + 1)); sleep 0.05; done`,
  'end-zero': `echo "Fatal error: no map"; exit 0`,
  'end-seven': `echo "Couldn't allocate dedicated server IP port"; exit 7`,
  segfault: 'echo "about to crash"; kill -SEGV $$; sleep 5',
  'ignore-interrupt': `trap 'echo "ignored SIGINT"' INT
trap 'echo "caught SIGTERM"; exit 0' TERM
echo ready
while :; do sleep 1000 & wait $!; done`,
  'ignore-all': `trap '' INT TERM HUP
echo ready
while :; do sleep 1000; done`,
  /** A child that leaves its process group and ignores signals: only the namespace's end reaches it. */
  'stray-child': `(trap '' INT TERM HUP; exec setsid sh -c 'trap "" INT TERM HUP; echo hidden; exec sleep 1000') &
trap 'exit 0' INT
while :; do sleep 1000 & wait $!; done`,
  /** Lives for a moment, long enough to be seen, then crashes. */
  'crash-later': 'echo up; sleep 1; kill -SEGV $$; sleep 5',
  flood: `n=1
while [ $n -le 2000 ]; do echo "line $n"; n=$((n + 1)); done
echo flooded
while :; do sleep 1000; done`,
  /** Prints as fast as it can, for as long as it runs. */
  'flood-on': 'exec yes "a line of a server that prints without end"',
  /** Removes and writes files below the game's root. */
  change: `rm -f left4dead2/lower.txt; echo changed >left4dead2/both.txt; echo new >left4dead2/new.txt
mkdir -p left4dead2/folder; echo inner >left4dead2/folder/inner.txt
echo changed
while :; do sleep 1000; done`,
  /** Runs a script that a layer brings. */
  script: `. ./fake-script.sh
echo "script done"
while :; do sleep 1000; done`,
} as const

export type FakeBehaviour = keyof typeof behaviours

/** A game tree that is a few shell scripts, complete as far as the host looks at it. */
export async function writeFakeGame(root: string): Promise<void> {
  // As the real one: a shell that waits for its child and passes its end on.
  const srcdsRun = `#!/bin/sh
behaviour=idle
previous=
for argument in "$@"; do
  [ "$previous" = -fake ] && behaviour=$argument
  previous=$argument
done
sh "./fake/$behaviour.sh" "$@"
exit $?
`
  await writeTree(root, {
    srcds_run: srcdsRun,
    'left4dead2/steam.inf': 'PatchVersion=2.2.4.3\nSimulated=1\n',
    'left4dead2/lower.txt': 'installation\n',
    'left4dead2/both.txt': 'installation\n',
    'steamapps/appmanifest_222860.acf':
      '"AppState"\n{\n\t"appid" "222860"\n\t"StateFlags" "4"\n\t"buildid" "1"\n\t"SizeOnDisk" "1000"\n}\n',
    ...Object.fromEntries(Object.entries(behaviours).map(([name, text]) => [`fake/${name}.sh`, `${text}\n`])),
  })
}

/** The fake game as revision 1 of a data directory's game files, which is the current one. */
export async function writeFakeInstallation(installation: string): Promise<void> {
  await writeFakeGame(join(installation, 'revisions', '1'))
  await writeFile(join(installation, 'revisions', '1.json'), '{"installedAt":1700000000000}')
  await writeFile(join(installation, 'current'), '1')
}

async function writeTree(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content, { mode: path === 'srcds_run' ? 0o755 : 0o644 })
  }
}
