import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { basename, join } from 'node:path'

/** `serve-files.ts FOLDER ADDRESS [PORT]`: the files of one folder by HTTP, as a download page of somebody else's. */
const [folder = '', address = '', port = '80'] = process.argv.slice(2)

createServer((request, response) => {
  const name = basename(new URL(request.url ?? '/', 'http://bed').pathname)
  const file = createReadStream(join(folder, name))
  file.on('error', () => response.writeHead(404).end())
  file.on('open', () => response.writeHead(200, { 'content-type': 'application/octet-stream' }))
  file.pipe(response)
}).listen(Number(port), address)
