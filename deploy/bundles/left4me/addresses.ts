import { isIP } from 'node:net'
import type { MetadataSection, TextRule } from '../metadata-section.ts'

/** An address of the web, in its normal spelling. */
export function webAddress(section: MetadataSection, key: string): string {
  const value = section.value(key)
  const url = typeof value === 'string' ? URL.parse(value) : null
  const plain = url !== null && (url.protocol === 'https:' || url.protocol === 'http:')
  if (plain && url.username === '' && url.password === '' && url.href.length <= 2000) return url.href
  throw section.wrongValue(key, 'an http or https address without a password')
}

/** An address of the host that others reach: Source drops logaddress_add to loopback without a word. */
export function reachableAddress(section: MetadataSection, key: string): string {
  const value = section.value(key)
  const wanted = 'an address that the host has on its network, for example 192.0.2.10'
  if (typeof value !== 'string' || isIP(value) === 0) throw section.wrongValue(key, wanted)
  const fault = faultOf(value)
  if (fault !== null) throw section.refusal(key, `is ${value}, ${fault}`, `Write ${wanted}`)
  return value
}

function faultOf(address: string): string | null {
  if (isLoopback(address)) return 'and game servers send nothing to loopback addresses'
  const isOneHosts = !/^(?:0\.0\.0\.0|::|fe[89ab].*|169\.254\..*)$/i.test(address)
  return isOneHosts ? null : "which isn't the address of one host"
}

export function isLoopback(address: string): boolean {
  return /^(?:127\..*|::1|::ffff:127\..*|::ffff:7f.*)$/i.test(address)
}

/** `192.0.2.0/24`, `2001:db8::/32`, or a single address. */
export const prefix: TextRule = {
  pattern: { test: isPrefix },
  wanted: 'an address or prefix, for example 192.0.2.0/24',
}

function isPrefix(text: string): boolean {
  const match = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text)
  const version = isIP(match?.[1] ?? '')
  return version !== 0 && Number(match?.[2] ?? 0) <= (version === 4 ? 32 : 128)
}
