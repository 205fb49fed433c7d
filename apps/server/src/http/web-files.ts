import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}
const compressible = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt'])

interface WebFile {
  /** Kept, so that pages that are open stay whole when the application is built anew under a running server. */
  readonly content: Buffer
  readonly compressible: boolean
  readonly contentType: string
  readonly etag: string
  readonly cacheControl: string
  readonly compressed: Map<string, Promise<Buffer>>
}

/**
 * The built browser application. Its files are read once, so that a request can only ever name one of them; what
 * compresses is compressed at the first request and kept.
 */
export class WebFiles {
  readonly #files: ReadonlyMap<string, WebFile>
  readonly indexPage: string

  private constructor(files: ReadonlyMap<string, WebFile>, indexPage: string) {
    this.#files = files
    this.indexPage = indexPage
  }

  /** `folder` may be missing: then there is no page to show. */
  static async open(folder: string): Promise<WebFiles> {
    const files = new Map<string, WebFile>()
    let indexPage = ''
    const entries = existsSync(folder) ? await readdir(folder, { recursive: true, withFileTypes: true }) : []
    for (const entry of entries) {
      const contentType = contentTypes[extname(entry.name)]
      if (!entry.isFile() || contentType === undefined) continue
      const path = join(entry.parentPath, entry.name)
      const url = `/${relative(folder, path).split(sep).join('/')}`
      const content = await readFile(path)
      if (url === '/index.html') indexPage = content.toString('utf8')
      files.set(url, {
        content,
        compressible: compressible.has(extname(entry.name)),
        contentType,
        etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
        // Vite puts a hash of its content into the name of everything below assets/.
        cacheControl: url.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        compressed: new Map(),
      })
    }
    return new WebFiles(files, indexPage)
  }

  /**
   * The file that a path of a URL names. Below /play/ is the page for players; any other path is the application's own,
   * which routes it in the browser.
   */
  find(urlPath: string): WebFile | null {
    const file = this.#files.get(urlPath)
    if (file) return file
    if (urlPath.startsWith('/assets/')) return null
    return this.#files.get(urlPath.startsWith('/play/') ? '/play.html' : '/index.html') ?? null
  }

  async send(file: WebFile, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply
      .header('content-type', file.contentType)
      .header('cache-control', file.cacheControl)
      .header('vary', 'accept-encoding')
    const encoding = file.compressible ? encodingOf(request.headers['accept-encoding']) : null
    const etag = encoding === null ? file.etag : `${file.etag.slice(0, -1)}-${encoding}"`
    reply.header('etag', etag)
    if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) return reply.code(304).send()
    if (encoding === null) return reply.send(file.content)
    let compressed = file.compressed.get(encoding)
    if (compressed === undefined) {
      compressed = compressors[encoding](file.content)
      file.compressed.set(encoding, compressed)
      compressed.catch(() => file.compressed.delete(encoding))
    }
    return reply.header('content-encoding', encoding).send(await compressed)
  }
}

const compressors = {
  br: (content: Buffer) =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
  gzip: (content: Buffer) => promisify(gzip)(content, { level: 9 }),
} as const

function encodingOf(accepted: string | undefined): keyof typeof compressors | null {
  const names = (accepted ?? '').split(',').flatMap(part => {
    const [name = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/)
    return parameters.some(parameter => /^q=0(?:\.0*)?$/.test(parameter)) ? [] : [name]
  })
  if (names.includes('br')) return 'br'
  return names.includes('gzip') ? 'gzip' : null
}
