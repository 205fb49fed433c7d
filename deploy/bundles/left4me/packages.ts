import { debianPackage, foreignArchitecture, type Item } from '@left4me/converge'
import { tags } from './tags.ts'

/** What left4me needs of Debian, besides what the bundles bring that it requires: nftables, curl. */
const packages = ['ca-certificates', 'dbus', 'e2fsprogs', 'procps', 'quota', 'sudo', 'tini']

/** steamcmd and the game are 32-bit programs. */
const packagesOf32Bit = ['libc6:i386', 'libgcc-s1:i386', 'libstdc++6:i386', 'zlib1g:i386']

export function packagesOfDebian(): Item[] {
  const before = { tags: [tags.host] }
  return [
    foreignArchitecture('i386', before),
    ...[...packages, ...packagesOf32Bit].map(name => debianPackage(name, before)),
  ]
}
