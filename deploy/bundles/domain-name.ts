import type { TextRule } from './metadata-section.ts'

/** A host's name in the spelling that servers compare, or an IPv4 address. */
export const domainName: TextRule = {
  pattern: /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/,
  wanted: 'a host’s name in small letters such as l4d2.example.org',
  longest: 253,
}
