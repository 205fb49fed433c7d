import Type from 'typebox'
import { Arguments, Config, OverlayIds } from './blueprint.ts'
import { limits } from './limits.ts'
import { Id, lineOfText, nullable, oneOf, type Static, strictObject, Time } from './schema.ts'
import { serverStates } from './server-state.ts'

export const Port = Type.Integer({ minimum: 1024, maximum: 65535 })
export const ServerName = lineOfText(1, limits.serverName)

const StartAtBoot = Type.Boolean({
  description: 'The machine starts it when it boots, unless somebody stopped it',
})

export const updatePolicies = ['when-empty', 'at-time', 'never'] as const
/** When a running server changes to a new revision of the installation: when nobody plays, daily at a time (UTC, HH:MM) when nobody plays, or only at a start by hand. */
export const UpdatePolicy = strictObject({
  mode: oneOf(updatePolicies),
  time: nullable(Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })),
})
export type UpdatePolicy = Static<typeof UpdatePolicy>

const PublicPage = Type.Boolean({ description: 'Players see its campaigns at /play/ID without an account' })

/** Why a server is in its state, when there is more to say than the state's name: a crash, a wait, a failure. */
export const StateReason = strictObject({
  code: Type.String({ description: 'For example crashed, start-limit, never-ready, port-held' }),
  message: Type.String({ description: 'What happened' }),
  remedy: nullable(Type.String({ description: 'What to do about it' })),
})
export type StateReason = Static<typeof StateReason>

export const Server = strictObject(
  {
    id: Id,
    name: Type.String(),
    port: Port,
    ownerId: Id,
    ownerName: Type.String(),
    blueprintId: nullable(Id),
    overlayIds: OverlayIds,
    arguments: Arguments,
    config: Config,
    startAtBoot: StartAtBoot,
    publicPage: PublicPage,
    updatePolicy: UpdatePolicy,
    state: oneOf(serverStates),
    stateReason: nullable(StateReason),
    stateSince: Time,
    /** Restarts after crashes since a person last started it. */
    restarts: Type.Integer(),
    /** The process that the host started for it (srcds_run), as the host sees it. */
    pid: nullable(Type.Integer()),
    players: Type.Integer(),
    maxPlayers: nullable(Type.Integer()),
    map: nullable(Type.String()),
    /** Player counts of the last hour, one a minute, oldest first; null where nothing is known. */
    playerHistory: Type.Array(nullable(Type.Integer())),
    /** When map and players were last heard from the server itself; null when never since it started. */
    observedAt: nullable(Time),
    address: Type.String({ description: 'HOST:PORT that players connect to' }),
    connectUrl: Type.String({ description: 'steam://connect/HOST:PORT' }),
    /** The game is the simulator, not Valve's. */
    simulated: Type.Boolean(),
    /** Settings were changed since the server was started; they take effect at the next start. */
    restartNeeded: Type.Boolean(),
    jobId: nullable(Id),
    createdAt: Time,
    updatedAt: Time,
  },
  'Server',
)
export type Server = Static<typeof Server>

export const NewServer = strictObject({
  name: ServerName,
  blueprintId: Type.Optional(Id),
  port: Type.Optional(Port),
  overlayIds: Type.Optional(OverlayIds),
  arguments: Type.Optional(Arguments),
  config: Type.Optional(Config),
  startAtBoot: Type.Optional(StartAtBoot),
  publicPage: Type.Optional(PublicPage),
  updatePolicy: Type.Optional(UpdatePolicy),
})
export type NewServer = Static<typeof NewServer>

export const ServerChange = strictObject({
  name: Type.Optional(ServerName),
  port: Type.Optional(Port),
  blueprintId: Type.Optional(Id),
  overlayIds: Type.Optional(OverlayIds),
  arguments: Type.Optional(Arguments),
  config: Type.Optional(Config),
  startAtBoot: Type.Optional(StartAtBoot),
  publicPage: Type.Optional(PublicPage),
  updatePolicy: Type.Optional(UpdatePolicy),
})
export type ServerChange = Static<typeof ServerChange>

export const CloneServer = strictObject({ name: ServerName })
export type CloneServer = Static<typeof CloneServer>

export const ConsoleCommand = strictObject({
  command: Type.String({
    minLength: 1,
    maxLength: limits.consoleCommand,
    pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]+$',
    description: 'One console command without line breaks',
  }),
})
export type ConsoleCommand = Static<typeof ConsoleCommand>

export const ConsoleOutput = strictObject({ output: Type.String() }, 'ConsoleOutput')
export type ConsoleOutput = Static<typeof ConsoleOutput>

export const LogLine = strictObject(
  {
    sequence: Type.Integer({ description: 'Grows by one a line within a server, also across restarts' }),
    time: Time,
    text: Type.String(),
  },
  'LogLine',
)
export type LogLine = Static<typeof LogLine>

export const Player = strictObject(
  {
    userId: Type.Integer({ description: "The engine's number of the connection, for kick and ban" }),
    name: Type.String(),
    steamId: nullable(Type.String({ description: 'SteamID64' })),
    bot: Type.Boolean(),
    connectedSeconds: nullable(Type.Integer()),
    /** Milliseconds. */
    ping: nullable(Type.Integer()),
    /** Percent. */
    loss: nullable(Type.Integer()),
    state: Type.String(),
  },
  'Player',
)
export type Player = Static<typeof Player>

export const KickPlayer = strictObject({ reason: Type.Optional(lineOfText(0, 100)) })
export type KickPlayer = Static<typeof KickPlayer>

export const BanPlayer = strictObject({
  minutes: Type.Integer({ minimum: 0, maximum: 525_600, description: '0 bans for good' }),
  reason: Type.Optional(lineOfText(0, 100)),
})
export type BanPlayer = Static<typeof BanPlayer>

/** The server.cfg that the next start would write, with where each line comes from. The RCON password is never in it. */
export const GeneratedConfig = strictObject(
  {
    lines: Type.Array(
      strictObject({
        text: Type.String(),
        source: oneOf(['platform', 'overlay', 'blueprint', 'server'] as const),
      }),
    ),
    /** Each setting with the line (from 0) that sets it last. */
    settings: Type.Array(
      strictObject({
        name: Type.String(),
        value: Type.String(),
        line: Type.Integer(),
        /** Lines that set it too, and are overridden. */
        overrides: Type.Array(Type.Integer()),
      }),
    ),
  },
  'GeneratedConfig',
)
export type GeneratedConfig = Static<typeof GeneratedConfig>
