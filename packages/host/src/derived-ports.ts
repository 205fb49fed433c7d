/** A rule that root's helpers apply too: they let a server bind these ports and no others. */
export { derivedPortDistance, derivedPorts } from '@left4me/privileged'
