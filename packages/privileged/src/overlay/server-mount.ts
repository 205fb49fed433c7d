import { HelperError } from '../helper-error.ts'
import { type MountEntry, readMountTable } from '../mounts/mount-table.ts'
import { programs, runCommand } from '../program/run-command.ts'
import type { ServerPlaces } from './server-places.ts'

/**
 * The server's mount, null when there is none. Throws `HelperError` for anything mounted that isn't ours: something
 * else on `merged`, or the same upper a second time, which the kernel allows and leaves undefined.
 */
export function findServerMount(places: ServerPlaces): MountEntry | null {
  const found = readMountTable().filter(
    entry => entry.mountPoint === places.merged || entry.upper === places.upper,
  )
  const [first] = found
  if (first === undefined) return null
  if (found.length === 1 && first.mountPoint === places.merged && first.upper === places.upper) return first
  const foreign =
    found.find(entry => entry.mountPoint !== places.merged || entry.upper !== places.upper) ?? first
  throw new HelperError(
    'mount-failed',
    `${foreign.mountPoint} is a mount (${foreign.type}) that left4me didn't make.`,
    { remedy: `Unmount it; as root: umount ${foreign.mountPoint}` },
  )
}

/**
 * `userxattr`: what overlayfs notes in the upper (that a folder hides the one below) then stands in attributes that the
 * service user may read and copy. Without it a copied upper shows deleted files again. redirect_dir and metacopy would
 * let a layer name other files by an attribute. Documentation/filesystems/overlayfs.rst.
 */
const options = [
  'nosuid',
  'nodev',
  'userxattr',
  'redirect_dir=nofollow',
  'metacopy=off',
  'index=off',
  'nfs_export=off',
]

/** Descriptors are numbered from 3 in the program that is started. */
const firstDescriptor = 3

/**
 * Mounts the layers. They are named by their descriptors: a name would be looked up again, by root, in folders of the
 * service user's. One `lowerdir+=` each, since a joined value is limited to 255 characters.
 */
export function mountServerLayers(places: ServerPlaces, descriptors: readonly number[]): void {
  const layers = descriptors.map((_, index) => `lowerdir+=/proc/self/fd/${firstDescriptor + index}`)
  const all = [...options, ...layers, `upperdir=${places.upper}`, `workdir=${places.work}`]
  const { code, stderr } = runCommand(
    programs.mount,
    ['--no-canonicalize', '--types', 'overlay', '--options', all.join(','), 'left4me', places.merged],
    descriptors,
  )
  if (code === 0) return
  const said = stderr.replace(/\s+/g, ' ').trim()
  if (/no space left|quota exceeded/i.test(said))
    throw new HelperError('disk-full', 'The layers could not be mounted: the disk is full.', {
      remedy: 'Free space on the disk of /var/lib/left4me.',
    })
  throw new HelperError(
    'mount-failed',
    `The layers could not be mounted. mount said: ${said.slice(0, 300)}`,
    {
      remedy: 'See what the kernel says; as root: journalctl -k -n 20',
    },
  )
}
