/** One server-sent event. */
export interface StreamEvent {
  readonly name: string
  readonly id: string | null
  readonly data: unknown
  /** ms since the epoch, when its last byte had come. */
  readonly receivedAt: number
}

/** Reads an event stream (WHATWG HTML, section 9.2) until `signal` aborts or the server ends it. */
export async function* readEvents(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal })
  if (!response.ok || response.body === null)
    throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  const decoder = new TextDecoder()
  let buffer = ''
  for await (const chunk of response.body) {
    const receivedAt = Date.now()
    buffer += decoder.decode(chunk, { stream: true })
    let end = buffer.indexOf('\n\n')
    while (end >= 0) {
      const event = parseEvent(buffer.slice(0, end), receivedAt)
      if (event !== null) yield event
      buffer = buffer.slice(end + 2)
      end = buffer.indexOf('\n\n')
    }
  }
}

/** null for a comment, which only keeps the connection alive. */
function parseEvent(block: string, receivedAt: number): StreamEvent | null {
  let name = 'message'
  let id: string | null = null
  const data: string[] = []
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^(event|id|data): ?(.*)$/.exec(line) ?? []
    if (field === 'event') name = value
    else if (field === 'id') id = value
    else if (field === 'data') data.push(value)
  }
  return data.length === 0 ? null : { name, id, data: JSON.parse(data.join('\n')), receivedAt }
}
