/**
 * Ends the process with one line that says what is wrong and what to do about it.
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  process.stderr.write(`left4me: ${message}\n`)
  process.exit(1)
}
