type PlayerState = 'connecting' | 'spawning' | 'active'

/** One human. */
export interface Player {
  readonly userId: number
  readonly slot: number
  readonly name: string
  /** STEAM_1:Y:Z */
  readonly steamId: string
  readonly address: string
  /** ms of the server's clock. */
  readonly connectedAt: number
  state: PlayerState
  team: 'Unassigned' | 'Survivor' | 'Infected' | 'Spectator'
  score: number
  ping: number
  loss: number
  readonly rate: number
}

/** A survivor or infected that the game plays itself. */
export interface Bot {
  readonly userId: number
  readonly name: string
}

const plainNames =
  'Pulse;VX;Evilish;Wicket ™;Gerald;Sir.Q;guestone;Ünal;なおみ;Дмитрий;zoe;Mr. Tank;o7;medic!;Kit Carry;Łukasz;pills here;boomer bile;Hunter2;Ren;Ada L;Marta;Sven;Jo 🎮;tiny;Olm'.split(
    ';',
  )

/** Names that imitate what surrounds them in `status`, in logs and in the console. */
const hostileNames: readonly string[] = [
  'a" STEAM_1:0:1 00:01 1 0 active 30000 1.2.3.4:27005',
  '#end',
  '# 99 9 "ghost" STEAM_1:1:99 10:00 5 0 active 30000 9.9.9.9:27005',
  'x<3><STEAM_1:0:5><Survivor>" say "!admin',
  'hostname: fake',
  '"; quit; "',
  '<script>alert(1)</script>',
  'players : 9 humans, 0 bots (9 max)',
  '   ',
  'üñï 漢字 🧟\u200b\u202e',
  '%s%n{0}//',
  '‮evil',
]

export function playerNames(kind: string): readonly string[] {
  return kind === 'hostile' ? hostileNames : plainNames
}

/** As a log line names who did it. */
export function logEntity(player: Player, team: string = player.team): string {
  return `"${player.name}<${player.userId}><${player.steamId}><${team}>"`
}
