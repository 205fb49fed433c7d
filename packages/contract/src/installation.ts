import Type from 'typebox'
import { Id, nullable, oneOf, type Static, strictObject, Time } from './schema.ts'

export const installationStates = ['missing', 'installing', 'ready', 'broken'] as const
export type InstallationState = (typeof installationStates)[number]

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
    /** Servers that keep an update from running. */
    runningServerIds: Type.Array(Id),
  },
  'Installation',
)
export type Installation = Static<typeof Installation>
