const maps = ['c2m1_highway', 'c5m3_cemetery', 'c8m4_interior'] as const
const names = [
  'Zoey',
  'Größe 漢',
  'x<12><STEAM_1:0:1><>',
  'the "quoted" one',
  'Bill',
  'Nick',
  'Игрок',
  '  spaces  ',
] as const
const weapons = ['rifle_ak47', 'pistol_magnum', 'molotov', 'boomer_claw', 'tank_rock'] as const
const chats = [
  'hello there',
  'rush!',
  'wait, "heal" first',
  'L 01/02/2026 - 03:04:05: World triggered "Round_Start"',
] as const

/** Lines of an evening in the proportions of a real log: mostly fights and pick-ups, some chat, few changes of map. */
export function logLines(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `L 11/22/2026 - ${clock(index)}: ${textOf(index)}`)
}

function textOf(index: number): string {
  const player = entity(index)
  const other = entity(index + 3)
  switch (index % 20) {
    case 0:
      return `${player} say "${chats[Math.floor(index / 20) % chats.length]}"`
    case 1:
      return `${player} say_team "${chats[Math.floor(index / 20) % chats.length]}"`
    case 2:
      return `${player} connected, address "192.0.2.${index % 250}:27005"`
    case 3:
      return `${player} entered the game`
    case 4:
      return `${player} joined team "Survivor"`
    case 5:
      return `${player} disconnected (reason "Disconnect by user.")`
    case 6:
      return index % 400 < 20
        ? `Started map "${maps[index % maps.length]}" (CRC "-431283537")`
        : 'World triggered "Round_Start"'
    case 7:
      return `"sv_gravity" = "800"`
    case 8:
      return `rcon from "198.51.100.9:51234": command "status"`
    case 9:
      return '[SM] Changed map to "c1m1_hotel"'
    default:
      return index % 3 === 0
        ? `${player} triggered "player_hurt" against ${other}`
        : `${player} killed ${other} with "${weapons[index % weapons.length]}"${index % 2 === 0 ? ' (headshot)' : ''}`
  }
}

function entity(index: number): string {
  return `"${names[index % names.length]}<${(index % 60) + 1}><STEAM_1:${index % 2}:${41_900_000 + (index % 97)}><Survivor>"`
}

function clock(index: number): string {
  const seconds = Math.floor(index / 10) % 86_400
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
}
