import type { Bed, Finished } from './bed.ts'

export const helpers = '/usr/local/libexec/left4me'
/** Where a bed has the helpers' source, to take a check out of. */
export const helperSource = '/opt/left4me/src/packages/privileged/src'

/**
 * A host with an installation whose srcds_run is a shell script that waits, an overlay 7 with revision 3, and a folder
 * of root's that nobody else may enter, in which lies a file that everybody could read.
 */
export async function setHelperScene(bed: Bed): Promise<void> {
  await bed.succeed(
    `cd /var/lib/left4me
    rm -rf installation/srcds_run overlays/7/revisions/3/srcds_run
    mkdir -p installation/left4dead2 overlays/7/revisions/3 overlays/7/draft instances/1 tmp/scripts
    printf '%s\\n' '#!/bin/sh' 'trap "exit 0" INT TERM' 'while :; do sleep 0.1; done' >installation/srcds_run
    chmod 755 installation/srcds_run
    echo own >overlays/7/revisions/3/own.txt`,
    { user: 'left4me' },
  )
  await bed.succeed(
    `mkdir -p -m 0755 /etc/left4me/private/7/revisions/3
    chmod 0700 /etc/left4me/private
    echo secret >/etc/left4me/private/7/revisions/3/secret.txt`,
  )
}

/** Writes `instances/1/instance.env`, as the service user. */
export async function writeInstance(bed: Bed, text = instance()): Promise<void> {
  await bed.succeed(
    'rm -rf instances/1; mkdir instances/1; cat >instances/1/instance.env'.replaceAll(
      'instances/',
      '/var/lib/left4me/instances/',
    ),
    {
      user: 'left4me',
      input: text,
    },
  )
}

export function instance(lowerdirs: readonly string[] = ['overlays/7/revisions/3', 'installation']): string {
  return `L4D2_PORT=27015\nL4D2_ARGS=+map c1m1_hotel\nL4D2_LOWERDIRS=${lowerdirs.join(':')}\n`
}

/** Calls a helper as the web application does. */
export async function bySudo(bed: Bed, command: string, timeoutMs = 300_000): Promise<Finished> {
  return await bed.run(`exec sudo -n ${helpers}/${command}`, { user: 'left4me', timeoutMs })
}
