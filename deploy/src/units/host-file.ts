/** A file as it is to be on the host: root's, regular. */
export interface HostFile {
  readonly path: string
  /** Octal permissions. */
  readonly mode: 0o644 | 0o640
  readonly content: string
}

const header = '# Written by left4me’s deployment for this host; changes are lost with the next one.\n'

/** A drop-in beside the unit's own file. It sorts after those that come with left4me. systemd.unit(5). */
export function dropIn(
  unit: string,
  topic: string,
  section: 'Slice' | 'Service',
  settings: readonly string[],
): HostFile {
  return {
    path: `/usr/local/lib/systemd/system/${unit}.d/99-left4me-${topic}.conf`,
    mode: 0o644,
    content: `${header}[${section}]\n${settings.join('\n')}\n`,
  }
}

/** A fragment that left4me.nft includes, after its table. */
export function firewallFragment(topic: string, commands: readonly string[]): HostFile {
  return {
    path: `/etc/left4me/nftables.d/${topic}.nft`,
    mode: 0o644,
    content: `${header}${commands.join('\n')}\n`,
  }
}
