/** What an exported blueprint contains, as far as it can be told before it is sent. The API reads it strictly. */
export interface BlueprintPreview {
  readonly name: string
  readonly description: string
  readonly arguments: number
  readonly lines: number
  readonly overlays: readonly {
    readonly name: string
    readonly kind: string
    /** Only its digest is there: it is used when there is one like it, else left out. */
    readonly hollow: boolean
  }[]
}

/** null when the text isn't one. */
export function readPreview(text: string): BlueprintPreview | null {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return null
  }
  if (!isRecord(value) || value['left4me'] !== 'blueprint' || typeof value['name'] !== 'string') return null
  return {
    name: value['name'],
    description: typeof value['description'] === 'string' ? value['description'] : '',
    arguments: listOf(value['arguments']).length,
    lines: listOf(value['config']).length,
    overlays: listOf(value['overlays'])
      .filter(isRecord)
      .map(overlay => ({
        name: String(overlay['name']),
        kind: String(overlay['kind']),
        hollow: 'digest' in overlay,
      })),
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
