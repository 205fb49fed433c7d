import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/**
 * `upstream.ts PORT`: stands for the application behind a proxy, and tells what arrived. /health is well until
 * /health/fail was asked for; /request answers with the request's headers; /events streams, one event at once and one for
 * each POST /event; PUT /upload answers how much it was, and /uploading how much has arrived of the last one.
 */
const [port = ''] = process.argv.slice(2)
const listeners = new Set<ServerResponse>()
let uploaded = 0
let well = true

createServer((request, response) => void answer(request, response)).listen(Number(port), '127.0.0.1')

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?')[0]
  const json = (value: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
  if (path === '/health') return json({ status: well ? 'ok' : 'failing' }, well ? 200 : 503)
  if (path === '/health/fail') {
    well = false
    return json(null)
  }
  if (path === '/request')
    return json({ headers: request.headers, count: headerCounts(request.rawHeaders), url: request.url })
  if (path === '/uploading') return json(uploaded)
  if (path === '/metrics' || path?.startsWith('/metrics/')) return void response.end('secret figures')
  if (path === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n')
    listeners.add(response)
    response.on('close', () => listeners.delete(response))
    return
  }
  if (path === '/event') {
    for (const listener of listeners) listener.write('data: next\n\n')
    return json(listeners.size)
  }
  if (path === '/upload') {
    uploaded = 0
    for await (const chunk of request) uploaded += (chunk as Buffer).length
    return json(uploaded)
  }
  response.writeHead(404).end('the application knows no such place')
}

/** How often each header came, which `request.headers` doesn't tell. */
function headerCounts(raw: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [index, name] of raw.entries())
    if (index % 2 === 0) counts[name.toLowerCase()] = (counts[name.toLowerCase()] ?? 0) + 1
  return counts
}
