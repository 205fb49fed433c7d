/** An answer as tests look at it. */
export interface TestAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** undefined when it isn't JSON. */
  readonly json: unknown
}

/** A client with a cookie jar for one site, or with a token. */
export class TestClient {
  readonly url: string
  readonly #headers: Record<string, string>
  cookie: string | null = null

  constructor(url: string, headers: Record<string, string> = {}) {
    this.url = url
    this.#headers = headers
  }

  get authorisation(): Record<string, string> {
    return { ...this.#headers, ...(this.cookie === null ? {} : { cookie: this.cookie }) }
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<TestAnswer> {
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...this.authorisation,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: bodyOf(body) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      this.cookie = /max-age=0/i.test(line) ? null : pair
    }
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parse(text) }
  }

  get = (path: string, headers?: Record<string, string>) => this.call('GET', path, undefined, headers)
  post = (path: string, body?: unknown, headers?: Record<string, string>) =>
    this.call('POST', path, body, headers)
  patch = (path: string, body: unknown) => this.call('PATCH', path, body)
  delete = (path: string) => this.call('DELETE', path)
}

function bodyOf(body: unknown): string | Blob {
  if (body instanceof Uint8Array) return new Blob([Uint8Array.from(body)])
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
