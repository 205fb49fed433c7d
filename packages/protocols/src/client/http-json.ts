import { ProtocolError } from '../protocol-error.ts'
import { parseSteamJson } from '../web-api/json-value.ts'

export interface HttpJsonOptions {
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number
  /** In all. */
  readonly attempts: number
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly backoffMs: number
  /** Bytes of one answer. */
  readonly maxBytes: number
}

/** No server makes us wait longer than this between two attempts; beyond it, it is the caller's decision. */
const maxRetryAfterMs = 60_000

/**
 * Fetches JSON. What may pass (429, 5xx, a broken connection, a deadline) is tried again, with growing pauses and no
 * earlier than `Retry-After` says. Redirects are not followed: they are a no. Rejects with `refused` (said no, with its status), `timeout`,
 * `closed`, `malformed`, `too-large`, `aborted`.
 */
export async function fetchJson(
  url: URL,
  init: { readonly method?: string; readonly body?: URLSearchParams },
  options: HttpJsonOptions,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOnce(url, init, options, signal)
    if ('json' in outcome) return outcome.json
    if (outcome.retryAfterMs === null || attempt >= options.attempts) throw outcome.error
    const backoff = options.backoffMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2)
    const pause = Math.max(backoff, outcome.retryAfterMs)
    if (pause > maxRetryAfterMs) throw outcome.error
    await wait(pause, signal)
  }
}

/** `retryAfterMs` is null where another attempt can't help. */
type Outcome =
  | { readonly json: unknown }
  | { readonly error: ProtocolError; readonly retryAfterMs: number | null }

async function attemptOnce(
  url: URL,
  init: { readonly method?: string; readonly body?: URLSearchParams },
  options: HttpJsonOptions,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const deadline = AbortSignal.timeout(options.timeoutMs)
  const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: either })
    if (!response.ok) {
      await response.body?.cancel()
      return refused(response)
    }
    return { json: parseSteamJson(await readText(response, options.maxBytes)) }
  } catch (cause) {
    if (cause instanceof ProtocolError) return { error: cause, retryAfterMs: null }
    if (signal?.aborted) return { error: aborted(signal), retryAfterMs: null }
    const error = deadline.aborted
      ? new ProtocolError('timeout', `${url.host} didn't answer in time.`, { cause })
      : new ProtocolError('closed', `The connection to ${url.host} failed.`, {
          remedy: 'Check that the machine can reach Steam.',
          cause,
        })
    return { error, retryAfterMs: 0 }
  }
}

function refused(response: Response): Outcome {
  const passing = response.status === 429 || response.status >= 500
  const seconds = Number(response.headers.get('retry-after') ?? 0)
  const remedies = new Map([
    [401, 'Check the Web API key.'],
    [403, 'Check the Web API key.'],
    [429, 'Steam has had too many questions; wait some minutes.'],
  ])
  const remedy = remedies.get(response.status)
  return {
    error: new ProtocolError(
      'refused',
      `Steam answered with status ${response.status}.`,
      remedy === undefined ? {} : { remedy },
    ),
    retryAfterMs: passing ? (Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : 0) : null,
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new ProtocolError('too-large', `Steam's answer exceeds ${maxBytes} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(aborted(signal))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function aborted(signal: AbortSignal | undefined): ProtocolError {
  return new ProtocolError('aborted', 'The call was aborted.', { cause: signal?.reason })
}
