import { hostPaths } from '../../../../packages/privileged/src/index.ts'
import type { Guard } from '../guarded.ts'

/** The server's unit as one would write it at first: of the template, so that `left4me-naive@NAME` is started. */
const naiveUnit = 'left4me-naive@'

const folder = '/usr/local/libexec/naive'
const unitFile = `/etc/systemd/system/${naiveUnit}.service`

const helpers: Readonly<Record<string, string>> = {
  sh: '#!/bin/sh\ntrue\n',
  bash: '#!/bin/bash\ntrue\n',
  python: '#!/usr/bin/python3\npass\n',
  node: '#!/usr/local/lib/left4me/node/bin/node\n',
  searched: '#!/usr/bin/env node\n',
}

/**
 * What holds against whoever writes instance.env: that only a program of root's reads it, in a unit of its own. Without
 * that, PID 1 reads it, and what it says is in the environment of a helper that is run as root to mount.
 */
export const overlayUnit: Guard = {
  name: 'the overlay unit, which alone reads instance.env',
  off: async bed => {
    for (const [name, text] of Object.entries(helpers)) await bed.write(`${folder}/${name}`, text, 0o755)
    const before = Object.keys(helpers).map(
      name => `ExecStartPre=-+/usr/bin/nsenter --mount=/proc/1/ns/mnt -- ${folder}/${name} mount %i`,
    )
    await bed.write(
      unitFile,
      // Started only when its program runs: until then its environment is that of systemd's own.
      `[Service]
Type=exec
User=left4me
EnvironmentFile=${hostPaths.instances}/%i/instance.env
${before.join('\n')}
ExecStart=/usr/bin/sleep infinity
`,
    )
    await bed.succeed('systemctl daemon-reload')
    return {
      [Symbol.asyncDispose]: async () => {
        await bed.succeed(`
          systemctl stop '${naiveUnit}*' || true
          rm -r ${unitFile} ${folder}
          systemctl daemon-reload`)
      },
    }
  },
}

/** A script that starts an instance by the naive unit where there is one, otherwise as the service user may. */
export function startScript(instance: string): string {
  return `
    if [ -e ${unitFile} ]; then timeout 20 systemctl start ${naiveUnit}${instance}.service
    else timeout 60 setpriv --reuid=left4me --regid=left4me --init-groups sudo --non-interactive \
      /usr/local/libexec/left4me/left4me-systemctl start ${instance}
    fi`
}
