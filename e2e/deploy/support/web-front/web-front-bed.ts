import { apply, defineNode, type Node, type Report, type Secret } from '@left4me/converge'
import { backupBundle } from '../../../../deploy/bundles/backup/bundle.ts'
import { letsencryptBundle } from '../../../../deploy/bundles/letsencrypt/bundle.ts'
import { monitoringBundle } from '../../../../deploy/bundles/monitoring/bundle.ts'
import { nginxBundle } from '../../../../deploy/bundles/nginx/bundle.ts'
import { systemdBundle } from '../../../../deploy/bundles/systemd/bundle.ts'
import { systemdTimersBundle } from '../../../../deploy/bundles/systemd-timers/bundle.ts'
import { outside } from '../../../host/support/outside.ts'
import { bedFolder } from '../bed-host.ts'
import { type DeployBed, openDeployBed } from '../deploy-bed.ts'
import { mustSucceed } from '../node-bed.ts'

export const domain = 'l4d2.example.org'
export const proxySecret = 'the-proxy-s-own-secret-0123456789'

type Metadata = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** What stands behind the name. */
export function siteBehind(secret: Secret | string) {
  return {
    upstream: '127.0.0.1:8000',
    check_path: '/health',
    denied: new Set(['/metrics']),
    proxy_secret: secret,
    largest_body: '20m',
  }
}

/** A host whose bundles are those between the network and an application, with one site. */
export function webFrontNode(metadata: Metadata = {}): Node {
  return defineNode({
    name: 'bed',
    bundles: [
      ...[nginxBundle, letsencryptBundle, monitoringBundle, backupBundle, systemdBundle, systemdTimersBundle],
    ],
    metadata: {
      letsencrypt: { enabled: false },
      ...metadata,
      nginx: {
        vhosts: {
          [domain]: siteBehind(proxySecret),
        },
        ...metadata['nginx'],
      },
    },
  })
}

/** A bed with that application running behind; the site's name is known in it and on the machine outside. */
export async function openWebFrontBed(): Promise<DeployBed> {
  const bed = await openDeployBed()
  try {
    await bed.container.succeed(`echo '${outside.public.host4} ${domain} other.example.org' >>/etc/hosts`)
    await bed.container.write(
      '/etc/systemd/system/upstream.service',
      `[Service]
ExecStart=${bedFolder}/node/bin/node ${bedFolder}/support/web-front/upstream.ts 8000
[Install]
WantedBy=multi-user.target
`,
    )
    await bed.container.succeed('systemctl --quiet enable --now upstream.service')
    await untilUpstream(bed)
    return bed
  } catch (error) {
    await bed[Symbol.asyncDispose]()
    throw error
  }
}

/** Resolves when that application answers: its unit has started before it does. */
export async function untilUpstream(bed: DeployBed): Promise<void> {
  await bed.container.succeed('until curl --silent --fail http://127.0.0.1:8000/health; do sleep 0.1; done')
}

/** Applies and throws with what failed. */
export async function applied(bed: DeployBed, node: Node): Promise<Report> {
  return mustSucceed(await apply(node, bed.transport))
}
