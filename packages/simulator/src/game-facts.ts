/** What Valve's programs say of themselves, and the word that tells this one from them. */
export const gameFacts = {
  gameAppId: 550,
  serverAppId: 222860,
  gameFolder: 'left4dead2',
  title: 'Left 4 Dead 2',
  patchVersion: '2.2.4.3',
  engineBuild: 10097,
  networkProtocol: 17,
  defaultPort: 27015,
  defaultMap: 'c1m1_hotel',
  /** Carried by everything that a person may read: version, banner, steam.inf. */
  simulated: 'simulated',
} as const
