import Type from 'typebox'
import { Fraction, nullable, type Static, strictObject, Time } from './schema.ts'

/** What one running server takes from the machine. null: the host doesn't tell, or it isn't known yet. */
export const ServerUsage = strictObject(
  {
    observedAt: Time,
    cpu: nullable(
      Type.Number({ minimum: 0, description: 'Cores used on average since the observation before' }),
    ),
    /** The last ten minutes, one value each ten seconds, oldest first. */
    cpuHistory: Type.Array(nullable(Type.Number({ minimum: 0 }))),
    /** Bytes. */
    memory: strictObject({
      used: Type.Integer(),
      high: nullable(Type.Integer({ description: 'Where the kernel begins to take memory away' })),
      limit: nullable(Type.Integer({ description: 'Where the kernel ends it' })),
    }),
    processes: strictObject({ count: Type.Integer(), limit: nullable(Type.Integer()) }),
    throttled: nullable(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description:
          'Share of the time since the observation before in which a CPU quota kept it from running',
      }),
    ),
    /** Bytes a second since the observation before. */
    read: nullable(Type.Number({ minimum: 0 })),
    written: nullable(Type.Number({ minimum: 0 })),
    /** Share of the last ten seconds in which something of it waited. */
    pressure: nullable(strictObject({ cpu: Fraction, memory: Fraction, io: Fraction })),
  },
  'ServerUsage',
)
export type ServerUsage = Static<typeof ServerUsage>
