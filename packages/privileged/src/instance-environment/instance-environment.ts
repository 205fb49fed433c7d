import { HelperError } from '../helper-error.ts'
import { quoteValue, quoteWord, splitWords, unquoteValue } from './quoting.ts'

/** What a server is started with: `instances/NAME/instance.env`, written by the driver, read by root as hostile. */
export interface InstanceEnvironment {
  /** Game port, UDP and TCP. The further ports are derived from it. */
  readonly port: number
  /** Arguments after the platform's own. Text without control characters. */
  readonly arguments: readonly string[]
  /**
   * Uppermost first, relative to the data directory: `overlays/ID/revisions/N`, `installation` or
   * `installation/revisions/N`.
   */
  readonly lowerdirs: readonly string[]
}

export const instanceEnvironmentLimits = {
  /** Bytes of the whole file. */
  file: 128 * 1024,
  arguments: 256,
  /** UTF-16 units of one argument. */
  argument: 1024,
  /** The kernel stacks no more (fs/overlayfs/params.h, OVL_MAX_STACK). */
  lowerdirs: 500,
  /** Below are the system's own ports; above, a derived port would not be a port. */
  port: { min: 1024, max: 62_535 },
} as const

const keys = ['L4D2_PORT', 'L4D2_ARGS', 'L4D2_LOWERDIRS'] as const
const number = '[1-9][0-9]{0,14}'
const lowerdirShape = new RegExp(
  `^(overlays/${number}/revisions/${number}|installation(/revisions/${number})?)$`,
)
/** Control characters of ASCII and Latin-1, and the two line separators of Unicode. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** Throws `HelperError` (`bad-environment`) for a value that the file can't hold or root would refuse. */
export function formatInstanceEnvironment(environment: InstanceEnvironment): string {
  check(environment)
  const words = environment.arguments.map(quoteWord).join(' ')
  const text = [
    `L4D2_PORT=${environment.port}`,
    `L4D2_ARGS=${quoteValue(words)}`,
    `L4D2_LOWERDIRS=${environment.lowerdirs.join(':')}`,
    '',
  ].join('\n')
  if (Buffer.byteLength(text) > instanceEnvironmentLimits.file) refuse('is too long')
  return text
}

/**
 * Each of the three keys exactly once, one a line, in any order; no comment, no other key. Throws `HelperError`
 * (`bad-environment`) for anything else. Reverses `formatInstanceEnvironment`.
 */
export function parseInstanceEnvironment(text: string): InstanceEnvironment {
  if (Buffer.byteLength(text) > instanceEnvironmentLimits.file) refuse('is too long')
  const values = new Map<string, string>()
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const line of lines) {
    const separator = line.indexOf('=')
    const key = line.slice(0, Math.max(separator, 0))
    if (!keys.some(known => known === key)) refuse('has a line that is none of its settings')
    if (values.has(key)) refuse(`says ${key} twice`)
    const value = unquoteValue(line.slice(separator + 1))
    if (value === null) refuse(`has quotes in ${key} that are not understood`)
    values.set(key, value)
  }
  const settingOf = (key: (typeof keys)[number]) => values.get(key) ?? refuse(`doesn't say ${key}`)
  const port = settingOf('L4D2_PORT')
  if (!/^[1-9][0-9]{0,4}$/.test(port)) refuse('has a port that is no number')
  const environment = {
    port: Number(port),
    arguments:
      splitWords(settingOf('L4D2_ARGS')) ?? refuse('has quotes in L4D2_ARGS that are not understood'),
    lowerdirs: settingOf('L4D2_LOWERDIRS').split(':'),
  }
  check(environment)
  return environment
}

function check({ port, arguments: words, lowerdirs }: InstanceEnvironment): void {
  const limits = instanceEnvironmentLimits
  if (!Number.isInteger(port) || port < limits.port.min || port > limits.port.max)
    refuse(`has a port outside ${limits.port.min} to ${limits.port.max}`)
  if (words.length > limits.arguments) refuse(`has more than ${limits.arguments} arguments`)
  for (const word of words) {
    if (word.length > limits.argument) refuse(`has an argument of more than ${limits.argument} characters`)
    if (!word.isWellFormed() || unprintable.test(word)) refuse('has an argument with control characters')
  }
  if (lowerdirs.length === 0) refuse('has no layer')
  if (lowerdirs.length > limits.lowerdirs) refuse(`has more than ${limits.lowerdirs} layers`)
  if (!lowerdirs.every(lowerdir => lowerdirShape.test(lowerdir)))
    refuse('has a layer that is neither a revision of an overlay nor the installation')
  if (new Set(lowerdirs).size < lowerdirs.length) refuse('has a layer twice')
}

function refuse(what: string): never {
  throw new HelperError('bad-environment', `The server's instance.env ${what}.`, {
    remedy: 'Start the server from the web application, which writes the file anew.',
  })
}
