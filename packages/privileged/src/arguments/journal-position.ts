/** Lines that one call of journalctl may be asked for. */
export const journalLineLimit = 100_000

/** null unless it is a whole number from 0 to `journalLineLimit`, written without leading zeros. */
export function parseJournalLines(text: string): number | null {
  if (!/^(0|[1-9][0-9]{0,5})$/.test(text)) return null
  const lines = Number(text)
  return lines <= journalLineLimit ? lines : null
}

/**
 * The form that systemd writes: file, sequence number, boot, monotonic time, time, and a hash, all hexadecimal
 * (sd_journal_get_cursor(3)). null for anything else.
 */
export function parseJournalCursor(text: string): string | null {
  const hexadecimal = '[0-9a-f]{1,32}'
  const fields = ['s', 'i', 'b', 'm', 't', 'x'].map(key => `${key}=${hexadecimal}`).join(';')
  return new RegExp(`^${fields}$`).test(text) ? text : null
}
