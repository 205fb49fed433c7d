/**
 * Prints numbered lines with the time to its standard output, so many a second, until it is ended: `line-printer.ts
 * PREFIX LINES_PER_SECOND`. Whoever reads them directly sees what the machine itself takes.
 */
const [, , prefix = '', perSecond = ''] = process.argv
let number = 0
setInterval(() => {
  number += 1
  process.stdout.write(`${prefix} ${number} ${Date.now()}\n`)
}, 1000 / Number(perSecond))
