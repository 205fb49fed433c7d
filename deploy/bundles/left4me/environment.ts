import { file, type Item, type Secret, secretText } from '@left4me/converge'
import { hostPaths } from '@left4me/privileged'
import type { Left4meValues } from './metadata.ts'
import { tags } from './tags.ts'

const configuration = hostPaths.configuration
const database = `${hostPaths.root}/data/left4me.db`

/** Public resolvers: a script may reach no private address, and so not its host's resolver either. */
const resolvers = ['9.9.9.9', '1.1.1.1', '2620:fe::fe']

/** What the web application and root's helpers are told, in files that only root writes. systemd.exec(5), EnvironmentFile=. */
export function environmentFiles(metadata: Left4meValues, ports: Readonly<Record<string, string>>): Item[] {
  const readable = { mode: '0640', owner: 'root', group: 'left4me', tags: [tags.host] }
  const open = { mode: '0644', owner: 'root', group: 'root', tags: [tags.host] }
  const limits = limitsText(metadata)
  return [
    file(`${configuration}/host.env`, {
      ...readable,
      content: lines({
        LEFT4ME_ROOT: hostPaths.root,
        LEFT4ME_STEAMCMD: `${hostPaths.root}/steam/steamcmd.sh`,
      }),
      triggers: [`tag:${tags.web}`],
    }),
    file(`${configuration}/web.env`, {
      ...readable,
      content: lines(webEnvironment(metadata, ports)),
      triggers: [`tag:${tags.web}`],
    }),
    file(`${configuration}/sandbox-resolv.conf`, {
      ...open,
      content: resolvers.map(address => `nameserver ${address}\n`).join(''),
    }),
    // The file is also what docs/operations/host.md tells operators to write: it is theirs while the node says nothing.
    ...(limits === '' ? [] : [file(`${configuration}/limits.env`, { ...open, content: limits })]),
  ]
}

/** Variables of the web application: apps/server/src/config. Its wrapper on the command line reads them as well. */
function webEnvironment(
  metadata: Left4meValues,
  ports: Readonly<Record<string, string>>,
): Readonly<Record<string, string | number | Secret>> {
  const { address, port } = metadata.log_listener
  const listener = `${address.includes(':') ? `[${address}]` : address}:${port}`
  return {
    DATABASE_URL: `sqlite:${database}`,
    SECRET_KEY: metadata.secret_key,
    LEFT4ME_PROXY_SECRET: metadata.proxy_secret,
    SESSION_COOKIE_SECURE: 'true',
    JOB_WORKER_THREADS: metadata.job_worker_threads,
    ...ports,
    LEFT4ME_PUBLIC_ADDRESS: metadata.domain,
    LOG_LISTENER_ADDR: listener,
    LOG_LISTENER_BIND: listener,
    ...(metadata.steam_web_api_key === null ? {} : { STEAM_WEB_API_KEY: metadata.steam_web_api_key }),
  }
}

/** `NAME=value` each, as one secret whose name shows everything that isn't one. */
function lines(variables: Readonly<Record<string, string | number | Secret>>): Secret {
  const names = Object.keys(variables).map((name, index) => `${index === 0 ? '' : '\n'}${name}=`)
  const between = [...names, '\n']
  return secretText(Object.assign(between, { raw: between }), ...Object.values(variables))
}

function limitsText({ limits, sandbox_denied }: Left4meValues): string {
  const counts = Object.entries(limits)
    .sort()
    .map(([name, limit]) => `${name}=${limit}\n`)
  const denied =
    sandbox_denied.size === 0 ? [] : [`SANDBOX_DENIED_ADDRESSES=${[...sandbox_denied].join(' ')}\n`]
  return [...counts, ...denied].join('')
}
