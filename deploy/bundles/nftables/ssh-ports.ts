/**
 * Asks where sshd listens: what its configuration says, what is open now, what systemd listens on for it (if it listens
 * on anything), and where this very connection came in. Each that can't be asked says nothing.
 */
export const sshPortsScript = `{
  sshd -T 2>/dev/null | sed -n 's/^port //p'
  listening=$(ss -Hltnp 2>/dev/null)
  printf '%s\\n' "$listening" | sed -n '/"sshd"/s/^[^ ]* *[^ ]* *[^ ]* *[^ ]*:\\([0-9]*\\) .*/\\1/p'
  case $listening in
    '' | *'("systemd",pid=1,'*)
      systemctl show -p Listen -- ssh.socket sshd.socket 2>/dev/null |
        sed -n 's/^Listen=\\(.*:\\)\\{0,1\\}\\([0-9][0-9]*\\) (Stream)$/\\2/p' ;;
  esac
  set -- \${SSH_CONNECTION-}
  [ "$#" != 4 ] || echo "$4"
} | sort -nu`

/** The ports, each once; 22 when nobody could say. Throws when an answer is none. */
export function parseSshPorts(output: string): number[] {
  const ports = output
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => {
      const port = Number(line)
      if (!/^\d{1,5}$/.test(line) || port < 1 || port > 65_535)
        throw new Error(`${JSON.stringify(line)} is no port that sshd could listen on.`)
      return port
    })
  return ports.length === 0 ? [22] : [...new Set(ports)].sort((one, other) => one - other)
}
