import Type from 'typebox'
import { Fraction, Id, nullable, oneOf, type Static, strictObject, Time } from './schema.ts'

export const jobStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export type JobState = (typeof jobStates)[number]

export const jobKinds = [
  'server-start',
  'server-stop',
  'server-restart',
  'server-reset',
  'server-delete',
  'server-clone',
  'instance-stop',
  'overlay-build',
  'overlay-take-upload',
  'workshop-refresh',
  'content-collect',
  'installation-update',
  'installation-rollback',
  'installation-switch',
] as const
export type JobKind = (typeof jobKinds)[number]

export const JobError = strictObject({
  code: Type.String(),
  message: Type.String(),
  remedy: nullable(Type.String()),
})
export type JobError = Static<typeof JobError>

export const Job = strictObject(
  {
    id: Id,
    kind: oneOf(jobKinds),
    title: Type.String({ description: 'For a person, for example Start “Friday night”' }),
    state: oneOf(jobStates),
    progress: Fraction,
    /** What it is doing now, for example “downloading, 1.2 of 9.7 GB”. */
    activity: nullable(Type.String()),
    /** While something is transferred: bytes, bytes, bytes a second. */
    transfer: nullable(
      strictObject({ bytes: Type.Integer(), total: nullable(Type.Integer()), rate: Type.Number() }),
    ),
    /** What came of it, in a sentence; null while it runs, and where there is nothing to say. */
    result: nullable(Type.String()),
    error: nullable(JobError),
    serverId: nullable(Id),
    overlayId: nullable(Id),
    ownerId: nullable(Id),
    cancellable: Type.Boolean(),
    cancelRequested: Type.Boolean(),
    createdAt: Time,
    startedAt: nullable(Time),
    finishedAt: nullable(Time),
  },
  'Job',
)
export type Job = Static<typeof Job>

/** What every route that starts long work answers, with status 202. */
export const AcceptedJob = strictObject({ job: Job }, 'AcceptedJob')
export type AcceptedJob = Static<typeof AcceptedJob>

export const JobLogLine = strictObject(
  { sequence: Type.Integer(), time: Time, text: Type.String() },
  'JobLogLine',
)
export type JobLogLine = Static<typeof JobLogLine>
