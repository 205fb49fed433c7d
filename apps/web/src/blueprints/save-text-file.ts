/** Lets the browser save a text as a file, as if it were downloaded. */
export function saveTextFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // The download has begun by then; the address would keep the text in memory.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
