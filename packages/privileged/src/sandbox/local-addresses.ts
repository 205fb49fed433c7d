import { readFileSync } from 'node:fs'

/**
 * The addresses that this machine itself answers to. From /proc, since the caller's sandbox allows no netlink socket,
 * which os.networkInterfaces() needs. Throws when they can't be read: a script must not run unless they are denied.
 */
export function readLocalAddresses(): string[] {
  return [
    ...parseFibTrie(readFileSync('/proc/net/fib_trie', 'latin1')),
    ...parseInterfaces(readIfThere('/proc/net/if_inet6')),
  ]
}

/** /proc/net/fib_trie: a leaf is an address, the lines below say what it is. */
export function parseFibTrie(text: string): string[] {
  const addresses = new Set<string>()
  let leaf: string | null = null
  for (const line of text.split('\n')) {
    leaf = /^ *\|-- (\d{1,3}(?:\.\d{1,3}){3})$/.exec(line)?.[1] ?? leaf
    if (leaf !== null && /^ *\/32 host LOCAL$/.test(line)) addresses.add(leaf)
  }
  return [...addresses]
}

/** /proc/net/if_inet6: 32 hexadecimal digits, then what the interface is. */
export function parseInterfaces(text: string): string[] {
  return text.split('\n').flatMap(line => {
    const digits = /^[0-9a-f]{32}(?= )/.exec(line)?.[0]
    return digits === undefined ? [] : (digits.match(/.{4}/g) ?? []).join(':')
  })
}

/** A machine without IPv6 has no such file. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
