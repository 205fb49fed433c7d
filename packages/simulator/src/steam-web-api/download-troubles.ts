/** What a download does wrong this time. */
export type DownloadTrouble = (typeof downloadTroubles)[number]
export const downloadTroubles = [
  'none',
  'short',
  'stall',
  'reset',
  'busy',
  'error',
  'gone',
  'corrupt',
  'endless',
  'silent',
] as const
