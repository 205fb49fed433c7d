import { formatInstanceEnvironment, hostPaths } from '../../../../packages/privileged/src/index.ts'
import type { Bed, Finished } from '../bed.ts'
import type { Outcome } from '../guarded.ts'
import { installProbes } from './install-probes.ts'
import { preloadLibrary } from './preload-library.ts'
import { installProbeGame } from './probe-server.ts'

/** What only root may read: somebody who got at it has the marker. */
export const rootsMarker = 'secret-of-root'

const home = `${hostPaths.temporary}/intruder`
const helpers = '/usr/local/libexec/left4me'

/**
 * Somebody with full control of the service user: all its files, and sudo as far as sudoers goes. What he plants runs as
 * root if anybody of root's takes it in, and then leaves a file in `proof`.
 */
export interface Intruder {
  /** Where his programs lie, and the folder that shows what ran as root. */
  readonly home: string
  readonly instance: string
  /** Runs a script as the service user. */
  run(script: string, input?: string): Promise<Finished>
  succeed(script: string, input?: string): Promise<string>
  /** Replaces his server's instance.env. */
  describe(text: string): Promise<void>
  /** A helper by sudo, with these arguments. */
  helper(name: string, ...words: string[]): Promise<Finished>
  /** `succeeded` if anything of his has run as root since the last look. */
  becameRoot(): Promise<Outcome>
  /** `succeeded` if he can see the marker in a file, the command line or environment of a process, or a report. */
  sees(marker: string, path?: string): Promise<Outcome>
  /** Stops his server, whatever state it is in. */
  rest(): Promise<void>
}

/** A description that root accepts. */
export function honestDescription(lowerdirs: readonly string[] = ['installation']): string {
  return formatInstanceEnvironment({ port: 27_030, arguments: ['+hostname', 'intruder'], lowerdirs })
}

/** Lets an intruder into the bed. His server is called `intruder`; below /root lies what he is after. */
export async function admitIntruder(bed: Bed): Promise<Intruder> {
  await installProbes(bed)
  await installProbeGame(bed)
  const instance = 'intruder'
  const folder = `${hostPaths.instances}/${instance}`
  const run = (script: string, input?: string) =>
    bed.run(script, { user: 'left4me', ...(input === undefined ? {} : { input }) })
  const succeed = (script: string, input?: string) =>
    bed.succeed(script, { user: 'left4me', ...(input === undefined ? {} : { input }) })

  await succeed(`mkdir -p ${home}/bin ${home}/proof ${folder}`)
  for (const [name, text] of Object.entries(programs))
    await succeed(`cat >${home}/${name}; chmod 755 ${home}/${name}`, text)
  await succeed(`base64 -d >${home}/preload.so`, preloadLibrary(`${home}/proof/preload`).toString('base64'))
  await bed.succeed(`
    mkdir -p /root/private/overlay/revisions/1
    echo ${rootsMarker} | tee /root/private/overlay/revisions/1/secret.txt >/root/private/secret.txt
    chmod 600 /root/private/secret.txt
    chmod 700 /root /root/private`)

  return {
    home,
    instance,
    run,
    succeed,
    describe: async text => {
      await succeed(`mkdir -p ${folder}; rm -rf ${folder}/instance.env; cat >${folder}/instance.env`, text)
    },
    helper: (name, ...words) =>
      run(
        `mapfile -d '' words; sudo --non-interactive "\${words[@]}" </dev/null`,
        [`${helpers}/${name}`, ...words].map(word => `${word}\0`).join(''),
      ),
    becameRoot: async () => {
      const found = await bed.succeed(`find ${home}/proof -user root -print -delete`)
      await bed.succeed(`rm -rf ${home}/proof/*`)
      return found === '' ? 'refused' : 'succeeded'
    },
    sees: async (marker, path) => {
      // The marker comes by stdin: this script's own command line is among those that are searched.
      const { stdout } = await run(
        `read -r marker
        cat ${path ?? ''} /proc/[0-9]*/environ /proc/[0-9]*/cmdline /run/left4me/instances/* </dev/null 2>/dev/null |
          tr '\\0' '\\n' | grep --count --fixed-strings --file=<(printf %s "$marker")`,
        `${marker}\n`,
      )
      return Number(stdout) > 0 ? 'succeeded' : 'refused'
    },
    rest: async () => {
      await bed.succeed(`
        systemctl stop left4me-server@${instance}.service left4me-overlay@${instance}.service || true
        systemctl reset-failed left4me-server@${instance}.service left4me-overlay@${instance}.service 2>/dev/null || true`)
    },
  }
}

const onlyForRoot = '[ "$(/usr/bin/id -u)" = 0 ] && : >'

/** Each leaves its proof when it runs as root, and is nothing else. */
const programs: Readonly<Record<string, string>> = {
  'require.cjs': `if (process.geteuid() === 0) require('node:fs').writeFileSync('${home}/proof/node', '')\n`,
  'sitecustomize.py': `import os\nif os.geteuid() == 0: open('${home}/proof/python', 'w').close()\n`,
  'shell.sh': `${onlyForRoot}${home}/proof/shell\n`,
  ...Object.fromEntries(
    [
      'node',
      'sh',
      'bash',
      'env',
      'mount',
      'umount',
      'systemctl',
      'systemd-run',
      'journalctl',
      'rm',
      'less',
      'pager',
    ].map(name => [`bin/${name}`, `#!/bin/sh\n${onlyForRoot}${home}/proof/path\n`]),
  ),
}
