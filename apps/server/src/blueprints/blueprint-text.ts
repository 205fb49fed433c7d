import {
  Arguments,
  type BlueprintText,
  Config,
  limits,
  oneOf,
  overlayKinds,
  strictObject,
  WorkshopIds,
} from '@left4me/contract'
import Type from 'typebox'
import { ProblemError, refuse } from '../http/problem-error.ts'
import { checkOf } from '../http/validation.ts'
import type { OverlayDefinition } from './overlay-definition.ts'

/** A blueprint without whose it is: what travels from one left4me to another. */
export interface BlueprintDefinition {
  readonly name: string
  readonly description: string
  readonly arguments: readonly string[]
  readonly config: readonly string[]
  /** Uppermost first. */
  readonly overlays: readonly OverlayDefinition[]
}

const format = 'blueprint'
const version = 1

const Line = Type.String({ pattern: '^[^\\u0000\\n]*$', description: 'One line of a script' })
const Name = Type.String({
  minLength: 1,
  maxLength: limits.overlayName,
  pattern: '^(?! )[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*(?<! )$',
})
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, 64 hexadecimal digits' })
const common = { name: Name, kind: oneOf(overlayKinds) }

const checkHeader = checkOf(Type.Object({ left4me: oneOf([format]), version: Type.Integer({ minimum: 1 }) }))
const checkBlueprint = checkOf(
  strictObject({
    left4me: Type.String(),
    version: Type.Integer(),
    name: Type.String({ ...Name, maxLength: limits.blueprintName }),
    description: Type.String({ maxLength: 2000 }),
    arguments: Arguments,
    config: Config,
    overlays: Type.Array(Type.Object(common), { maxItems: limits.overlaysPerServer }),
  }),
)
const checksOfKind = {
  script: checkOf(strictObject({ ...common, script: Type.Array(Line, { maxItems: limits.scriptLength }) })),
  workshop: checkOf(strictObject({ ...common, items: WorkshopIds })),
  'map-index': checkOf(
    strictObject({
      ...common,
      url: Type.String({
        maxLength: 2000,
        pattern: '^https?://[^\\s\\u0000-\\u001f]+$',
        description: 'A URL',
      }),
    }),
  ),
  upload: checkOf(strictObject({ ...common, digest: Type.Union([Digest, Type.Null()]) })),
}
const checkHidden = checkOf(strictObject({ ...common, digest: Digest }))

/**
 * The text of a blueprint: JSON of fixed order and indentation, so that two exports of the same differ in nothing. The
 * format is in docs/reference/blueprint-text.md. Throws ProblemError `body-too-large` beyond the contract's limit.
 */
export function writeBlueprintText(blueprint: BlueprintDefinition): BlueprintText {
  const { name, description } = blueprint
  const text = `${JSON.stringify(
    {
      left4me: format,
      version,
      name,
      description,
      arguments: blueprint.arguments,
      config: blueprint.config,
      overlays: blueprint.overlays.map(writeOverlay),
    },
    null,
    2,
  )}\n`
  if (text.length <= limits.blueprintText) return { text }
  throw new ProblemError(
    'body-too-large',
    `“${name}” and its overlays make a text of ${text.length} characters; ${limits.blueprintText} are the most. Take overlays out, or shorten their scripts.`,
  )
}

/** Throws ProblemError `invalid-input`, whose detail names the line or the member that is wrong. */
export function readBlueprintText(text: string): BlueprintDefinition {
  const value = parse(text.replace(/^\ufeff/, ''))
  at('', () => checkHeader(value))
  const header = value as { version: number }
  if (header.version !== version) {
    throw refuseText(
      `It is of version ${header.version} of the format, and this left4me reads version ${version}. Update left4me, or export it again with this one.`,
    )
  }
  at('', () => checkBlueprint(value))
  const raw = value as Omit<BlueprintDefinition, 'overlays'> & {
    overlays: { kind: OverlayDefinition['kind'] }[]
  }
  return {
    name: raw.name,
    description: raw.description,
    arguments: raw.arguments,
    config: raw.config,
    overlays: raw.overlays.map((overlay, index) => readOverlay(overlay, `/overlays/${index}`)),
  }
}

function writeOverlay(overlay: OverlayDefinition): Record<string, unknown> {
  const { name, kind } = overlay
  if ('script' in overlay) return { name, kind, script: overlay.script.split('\n') }
  if ('items' in overlay) return { name, kind, items: overlay.items }
  if ('url' in overlay) return { name, kind, url: overlay.url }
  return { name, kind, digest: overlay.digest }
}

function readOverlay(value: { kind: OverlayDefinition['kind'] }, path: string): OverlayDefinition {
  const check = 'digest' in value && value.kind !== 'upload' ? checkHidden : checksOfKind[value.kind]
  at(path, () => check(value))
  if (!('script' in value)) return value as OverlayDefinition
  const { name, script } = value as unknown as { name: string; script: string[] }
  const joined = script.join('\n')
  if (joined.length > limits.scriptLength) {
    throw refuseText(`${path}/script: Must have at most ${limits.scriptLength} characters.`)
  }
  return { name, kind: 'script', script: joined }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw refuseText(`It isn’t JSON. ${whereOf(text)}`)
  }
}

/** Where the longest part ends that could still become JSON. V8 names the place in some of its messages only. */
function whereOf(text: string): string {
  let [viable, broken] = [0, text.length + 1]
  while (broken - viable > 1) {
    const middle = Math.floor((viable + broken) / 2)
    if (couldBecomeJson(text.slice(0, middle))) viable = middle
    else broken = middle
  }
  if (viable === text.length) return 'It ends too early: export it again, and take the whole text.'
  const before = text.slice(0, viable).split('\n')
  return `Look at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`
}

function couldBecomeJson(start: string): boolean {
  try {
    JSON.parse(start)
    return true
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    const position = Number(/at position (\d+)/.exec(message)?.[1] ?? -1)
    return /Unexpected end|Unterminated string/.test(message) || position === start.length
  }
}

/** Faults below `path`, said as those of the text. */
function at(path: string, check: () => void): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const [first] = error.errors
    const more = error.errors.length > 1 ? ` And ${error.errors.length - 1} more.` : ''
    throw refuseText(`${path}${first?.path ?? ''}: ${first?.message ?? error.message}${more}`)
  }
}

function refuseText(fault: string): ProblemError {
  return refuse('invalid-input', '/text', `This text can’t be imported. ${fault}`)
}
