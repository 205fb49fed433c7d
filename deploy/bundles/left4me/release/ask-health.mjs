// Waits until the web application says that it is well and of the revision that is the only argument.
import { spawnSync } from 'node:child_process'

const [revision] = process.argv.slice(1)
/** How often systemd starts anew a program that ends by itself, until that is believed. */
const patience = 3

const starts = () => {
  const { stdout } = spawnSync('systemctl', [
    'show',
    '--property=NRestarts',
    '--value',
    'left4me-web.service',
  ])
  return Number(String(stdout).trim())
}

/** Milliseconds in which one that answers, and isn't well yet, may become so. */
const recovery = 30_000

let last = 'it gives no answer'
let answeredAt = null
let pause = 100
for (const deadline = Date.now() + 300_000; Date.now() < deadline; ) {
  try {
    const answer = await fetch('http://127.0.0.1:8000/health', { signal: AbortSignal.timeout(5000) })
    const health = await answer.json()
    // Versions that were deployed otherwise don't tell theirs.
    if (health.status === 'ok' && (health.revision ?? revision) === revision) process.exit(0)
    const ill = health.checks?.flatMap(({ ok, message }) => (ok ? [] : [message])) ?? []
    last = health.status === 'ok' ? `it is of revision ${health.revision}` : ill.join(' ')
    answeredAt ??= Date.now()
    if (Date.now() - answeredAt > recovery) break
  } catch (error) {
    last = `it gives no answer (${error.cause?.code ?? error.message})`
    if (starts() >= patience) {
      last = 'it ends by itself as often as it is started'
      break
    }
  }
  // Soon seen where it is quick; not in the way where the machine is slow.
  await new Promise(resolve => setTimeout(resolve, pause))
  pause = Math.min(1000, pause * 1.3)
}
console.error(`The web application of revision ${revision} isn’t well: ${last}`)
process.exit(1)
