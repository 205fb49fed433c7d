/**
 * What keeps left4me from running on this machine, or null.
 * @param {{ platform: string, arch: string, nodeVersion: string }} machine
 * @returns {string | null}
 */
export function whyUnsupported({ platform, arch, nodeVersion }) {
  if (platform !== 'linux' || arch !== 'x64')
    return `it runs on Linux on x86-64, as the game server does; this is ${platform} on ${arch}`
  const major = Number.parseInt(nodeVersion, 10)
  if (!(major >= 20))
    return `npm and this script need Node 20 or newer to begin with, and this is Node ${nodeVersion}; Node 24, which left4me itself runs on, is installed by npm`
  return null
}
