import Type from 'typebox'
import { Id, nullable, oneOf, type Static, strictObject, Time } from './schema.ts'

export const installationStates = ['missing', 'installing', 'ready', 'broken'] as const
export type InstallationState = (typeof installationStates)[number]

/** One immutable state of the game files; servers switch to a new one as they empty or restart. */
export const InstallationRevision = strictObject(
  {
    revision: Type.Integer(),
    buildId: nullable(Type.String()),
    version: nullable(Type.String()),
    installedAt: nullable(Time),
    /** Bytes that only it has: what deleting it would free. */
    ownBytes: nullable(Type.Integer()),
    /** What servers take at their next start. */
    current: Type.Boolean(),
    /** Servers that run with it. */
    usedBy: Type.Array(strictObject({ id: Id, name: Type.String() })),
  },
  'InstallationRevision',
)
export type InstallationRevision = Static<typeof InstallationRevision>

export const InstallationRollback = strictObject({ revision: Type.Integer({ minimum: 1 }) })
export type InstallationRollback = Static<typeof InstallationRollback>

export const Installation = strictObject(
  {
    state: oneOf(installationStates),
    /** steamcmd's build id out of the app manifest. */
    buildId: nullable(Type.String()),
    /** PatchVersion out of steam.inf. */
    version: nullable(Type.String()),
    /** Bytes, as the app manifest says. */
    size: nullable(Type.Integer()),
    updatedAt: nullable(Time),
    simulated: Type.Boolean(),
    jobId: nullable(Id),
    /** What is wrong with a broken one, and what to do. */
    problem: nullable(Type.String()),
    /** Number of the current revision; null while nothing is installed. */
    revision: nullable(Type.Integer()),
    /** Newest first. */
    revisions: Type.Array(InstallationRevision),
    /** A newer version that Valve has; null: none is known of. */
    updateAvailable: nullable(
      strictObject({
        version: nullable(Type.String()),
        /** Who said so: Steam's UpToDateCheck, or a server's console. */
        source: oneOf(['steam', 'console'] as const),
        seenAt: Time,
      }),
    ),
    /** Running servers that still have an older revision, and what they wait for. */
    pendingServers: Type.Array(
      strictObject({
        id: Id,
        name: Type.String(),
        revision: nullable(Type.Integer()),
        waitsFor: Type.String(),
      }),
    ),
  },
  'Installation',
)
export type Installation = Static<typeof Installation>
