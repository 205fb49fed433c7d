import Type from 'typebox'
import { limits } from './limits.ts'
import { Id, lineOfText, nullable, oneOf, type Static, strictObject, Time } from './schema.ts'

export const roles = ['user', 'admin'] as const
export type Role = (typeof roles)[number]

export const Username = Type.String({
  minLength: limits.username.min,
  maxLength: limits.username.max,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
  description: 'Letters, digits, dot, underscore and hyphen; compared without regard to case',
})

export const Password = Type.String({ minLength: limits.password.min, maxLength: limits.password.max })

export const User = strictObject(
  {
    id: Id,
    username: Type.String(),
    role: oneOf(roles),
    /** May make script overlays and bring native code (`.so`, `.smx`). Admins always may. */
    mayBringCode: Type.Boolean(),
    createdAt: Time,
    lastSeenAt: nullable(Time),
  },
  'User',
)
export type User = Static<typeof User>

export const NewUser = strictObject({
  username: Username,
  password: Password,
  role: Type.Optional(oneOf(roles)),
  mayBringCode: Type.Optional(Type.Boolean()),
})
export type NewUser = Static<typeof NewUser>

export const UserChange = strictObject({
  role: Type.Optional(oneOf(roles)),
  password: Type.Optional(Password),
  mayBringCode: Type.Optional(Type.Boolean()),
})
export type UserChange = Static<typeof UserChange>

export const PasswordChange = strictObject({
  currentPassword: Type.String({ maxLength: limits.password.max }),
  newPassword: Password,
})
export type PasswordChange = Static<typeof PasswordChange>

export const Credentials = strictObject({
  username: Type.String({ minLength: 1, maxLength: limits.username.max }),
  password: Type.String({ minLength: 1, maxLength: limits.password.max }),
})
export type Credentials = Static<typeof Credentials>

export const Session = strictObject({ user: User, expiresAt: Time }, 'Session')
export type Session = Static<typeof Session>

/** Whether the first admin may be made in the browser, and whether the game is simulated. Public: the log-in page needs it. */
export const SetUpStatus = strictObject(
  { needed: Type.Boolean(), simulated: Type.Boolean(), version: Type.String() },
  'SetUpStatus',
)
export type SetUpStatus = Static<typeof SetUpStatus>

export const SetUp = strictObject({
  token: Type.String({ minLength: 1, maxLength: 200 }),
  username: Username,
  password: Password,
})
export type SetUp = Static<typeof SetUp>

export const ApiToken = strictObject(
  { id: Id, name: Type.String(), createdAt: Time, lastUsedAt: nullable(Time) },
  'ApiToken',
)
export type ApiToken = Static<typeof ApiToken>

export const NewApiToken = strictObject({ name: lineOfText(1, 64) })
export type NewApiToken = Static<typeof NewApiToken>

/** The only answer that ever holds the token itself. */
export const CreatedApiToken = strictObject({ apiToken: ApiToken, token: Type.String() }, 'CreatedApiToken')
export type CreatedApiToken = Static<typeof CreatedApiToken>

export const AuditEntry = strictObject(
  {
    id: Id,
    time: Time,
    userId: nullable(Id),
    username: nullable(Type.String()),
    action: Type.String({ description: 'For example server.start' }),
    target: nullable(Type.String({ description: 'For example server:3' })),
    detail: nullable(Type.String()),
  },
  'AuditEntry',
)
export type AuditEntry = Static<typeof AuditEntry>
