import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface ForeignAnswer {
  readonly name: string
  readonly map: string
  readonly players: number
  readonly maxPlayers: number
  readonly playerNames: readonly string[]
}

/** Asks a server by quakestat, an A2S client that shares nothing with ours. null while it doesn't answer. */
export async function foreignQuery(port: number): Promise<ForeignAnswer | null> {
  const { stdout } = await promisify(execFile)('quakestat', ['-a2s', `127.0.0.1:${port}`, '-P', '-xml'], {
    encoding: 'latin1',
  })
  if (!/status="UP"/.test(stdout)) return null
  const text = (element: string) => new RegExp(`<${element}>(.*?)</${element}>`).exec(stdout)?.[1] ?? ''
  return {
    name: unescapeXml(text('name')),
    map: unescapeXml(text('map')),
    players: Number(text('numplayers')),
    maxPlayers: Number(text('maxplayers')),
    playerNames: [...stdout.matchAll(/<player>\s*<name>(.*?)<\/name>/g)].map(match =>
      unescapeXml(match[1] ?? ''),
    ),
  }
}

function unescapeXml(xml: string): string {
  return xml
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&')
}
