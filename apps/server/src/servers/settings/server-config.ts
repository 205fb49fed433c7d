import type { GeneratedConfig } from '@left4me/contract'

export type ConfigLine = GeneratedConfig['lines'][number]

export interface ConfigParts {
  readonly serverName: string
  /** Overlays that bring a server.cfg, lowest layer first. */
  readonly overlaysWithConfig: readonly number[]
  readonly blueprintConfig: readonly string[]
  readonly serverConfig: readonly string[]
}

/** Where the generated server.cfg lies, from the game's root. */
export const serverConfigPath = 'left4dead2/cfg/server.cfg'
const hiddenPassword = '(kept secret)'

/** Where an overlay's own server.cfg is published, since the generated one hides it. */
export function overlayConfigPath(overlayId: number): string {
  return `left4dead2/cfg/${overlayConfigName(overlayId)}`
}

/**
 * The server.cfg of a server, with where each line comes from, the RCON password left out. The engine runs it at every
 * map start, from top to bottom, so that of two lines about the same setting the later one wins: the platform's
 * defaults, the overlays' files, the blueprint, the server, and last what the platform itself depends on.
 */
export function describeServerConfig(parts: ConfigParts): ConfigLine[] {
  return configLines(parts, hiddenPassword)
}

/** The text of server.cfg. It holds the RCON password: for the instance's files and nothing else. */
export function renderServerConfig(parts: ConfigParts, rconPassword: string): string {
  return configLines(parts, rconPassword)
    .map(line => `${line.text}\n`)
    .join('')
}

function configLines(parts: ConfigParts, rconPassword: string): ConfigLine[] {
  const platform = (text: string): ConfigLine => ({ text, source: 'platform' })
  return [
    platform('// left4me writes this file at each start. Change the server in left4me instead.'),
    platform(`hostname "${hostnameOf(parts.serverName)}"`),
    platform('exec banned_user.cfg'),
    platform('exec banned_ip.cfg'),
    ...parts.overlaysWithConfig.map(
      (id): ConfigLine => ({
        text: `exec ${overlayConfigName(id)}`,
        source: 'overlay',
      }),
    ),
    ...parts.blueprintConfig.map((text): ConfigLine => ({ text, source: 'blueprint' })),
    ...parts.serverConfig.map((text): ConfigLine => ({ text, source: 'server' })),
    platform('// The console and the live log depend on these.'),
    // The console's output is the log that people see; files in the upper would only fill the disk.
    platform('sv_logfile 0'),
    platform('sv_logecho 1'),
    platform('log on'),
    // Asking for the players every few seconds would fill the log.
    platform('sv_rcon_log 0'),
    // Other servers share our address: their mistakes may not ban left4me.
    platform('sv_rcon_whitelist_address "127.0.0.1"'),
    platform('sv_rcon_minfailures 5'),
    platform('sv_rcon_maxfailures 10'),
    platform('sv_rcon_minfailuretime 30'),
    platform('sv_rcon_banpenalty 15'),
    platform(`rcon_password "${rconPassword}"`),
  ]
}

function overlayConfigName(overlayId: number): string {
  return `server_${overlayId}.cfg`
}

/** The engine has no escapes: a quote would end the text, and some builds end the command at a `;` within quotes. */
function hostnameOf(serverName: string): string {
  return serverName.toWellFormed().replaceAll('"', "'").replaceAll(';', ',')
}
