import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { bundleWrapSecret, derivedSecret } from './derive-secret.ts'
import { secretText } from './secret.ts'

/** The bytes 0 to 31. The expected texts were made by Python's hmac and hashlib, in BundleWrap's way. */
const key = () => 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

describe('secrets', () => {
  it('of a host that is taken over are those that BundleWrap gives, also beyond one digest', () => {
    expect(bundleWrapSecret(key, 'host1 left4me secret_key').reveal()).toBe(
      'lCTFEg99IoElSkG5LzjQMXC+/OLg3vVExY+YcuTMDL8=',
    )
    expect(bundleWrapSecret(key, 'long', 100).reveal()).toBe(
      'QVgiEKj1GRlhh6RQ7CwjxWrNH5G/h95I+SdwhZCL/U/HaYgpqNXtyDi+c40lEOt5ykfx45abnPKDHAhO1L1i197RQiJjrmgdc1w6hKs2iIX/qZHoeqSMfATyRM94oVAvZ/070A==',
    )
  })

  it('of our own differ by name and by key, and are the same each time', () => {
    const secret = derivedSecret(key, 'n password')
    expect(secret.reveal()).toBe(derivedSecret(key, 'n password').reveal())
    expect(secret.reveal()).not.toBe(derivedSecret(key, 'm password').reveal())
    expect(secret.reveal()).not.toBe(
      derivedSecret(() => Buffer.alloc(32).toString('base64url'), 'n password').reveal(),
    )
    expect(Buffer.from(secret.reveal(), 'base64url').length).toBe(32)
  })

  it('are names wherever they are printed, also within a text', () => {
    const secret = derivedSecret(key, 'n password')
    const text = secretText`A=${secret}\nB=${1}\n`
    for (const printed of [
      `${text}`,
      JSON.stringify({ text }),
      inspect({ text }),
      String(new Error(`${secret}`)),
    ]) {
      expect(printed).toContain('[secret n password]')
      expect(printed).not.toContain(secret.reveal())
    }
    expect(text.reveal()).toBe(`A=${secret.reveal()}\nB=1\n`)
    expect(text.equals(secretText`A=${secret}\nB=${1}\n`)).toBe(true)
  })

  it('without a key, or with one that is too short, say so only when they are needed', () => {
    for (const missing of [null, '', 'AAEC']) {
      const secret = derivedSecret(() => missing, 'n password')
      expect(`${secret}`).toBe('[secret n password]')
      expect(() => secret.reveal()).toThrow('The key of n password')
    }
  })
})
