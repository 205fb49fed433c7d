import { ApiClient } from '../../../e2e/support/api-client.ts'
import type { Measured } from '../measured.ts'
import { measureHelper } from './helper-calls.ts'
import { measureIdle } from './idle-servers.ts'
import { measureLines } from './log-lines.ts'
import { measureStarts } from './starts.ts'
import { measureStateChanges } from './state-changes.ts'

/**
 * Measures a host from inside it, as root: `main.ts URL USERNAME PASSWORD`, an admin of the web application that runs
 * there as left4me-web.service. Prints what it measured as JSON, and on standard error what it is at.
 */
const [, , url = '', username = '', password = ''] = process.argv
const api = new ApiClient(url)
await api.logIn(username, password)
const say = (text: string) => process.stderr.write(`${text}\n`)

say('installing the game')
await api.install()
say('calling helpers')
const helper = await measureHelper()
say('starting servers')
const start = await measureStarts(api)
say('stopping servers behind its back')
const stateChange = await measureStateChanges(api, url)
say('reading consoles')
const lines = await measureLines(api, url)
say('idling')
const idle = await measureIdle(api)
const measured: Measured = { helper, start, stateChange, lines, idle }
process.stdout.write(`${JSON.stringify(measured)}\n`)
// What it listened to would keep it alive.
process.exit(0)
