/** steamcmd for the items that have no URL (those of SteamPipe). */
export interface WorkshopSteamcmd {
  /**
   * Downloads items of app 550, and calls `onItem` with each one's folder, or the one file of an old item, before it goes
   * on: what is there may be moved away, and is deleted afterwards. Resolves when all were handed over. Rejects with what `onItem` rejects
   * with, `download-failed` (which names the first item that couldn't be had), `unsupported` or `cancelled`.
   */
  download(
    ids: readonly string[],
    options: {
      readonly onItem: (id: string, path: string) => Promise<void>
      readonly onOutput: (line: string) => void
      readonly signal: AbortSignal
    },
  ): Promise<void>
}
