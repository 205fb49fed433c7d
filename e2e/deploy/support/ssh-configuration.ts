import { join } from 'node:path'

/**
 * A configuration for `ssh -F` by which `target` is root of a bed. `credentials` is a folder with `key` and `known_hosts`;
 * `way` are the lines of ssh_config(5) that lead there.
 */
export function sshConfiguration(credentials: string, way: readonly string[]): string {
  const lines = [
    ...way,
    'User root',
    `IdentityFile ${join(credentials, 'key')}`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${join(credentials, 'known_hosts')}`,
    'GlobalKnownHostsFile none',
    'HostKeyAlias left4me-bed',
    'LogLevel ERROR',
  ]
  return ['Host target', ...lines.map(line => `  ${line}`), ''].join('\n')
}
