import { createHash, createHmac, hkdfSync } from 'node:crypto'
import { ConvergeError } from '../converge-error.ts'
import { Secret } from './secret.ts'

/**
 * BundleWrap's `random_bytes_as_base64_for`: HMAC-SHA512 of the identifier seeds a stream of SHA-512 digests, each of
 * the one before; the first `length` bytes of it as base64. `key` is the text of the `[generate]` key, base64url.
 * https://github.com/bundlewrap/bundlewrap/blob/main/bundlewrap/secrets.py
 */
function randomBytesAsBase64For(key: string, identifier: string, length = 32): string {
  let block = createHmac('sha512', Buffer.from(key, 'base64url')).update(identifier).digest()
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length; at += block.length) {
    block = createHash('sha512').update(block).digest()
    block.copy(bytes, at)
  }
  return bytes.toString('base64')
}

/** Where a deployment's keys come from; null when the key isn't there, and only then is its secret missed. */
export type KeySource = () => string | null

/** The secret that BundleWrap would give, so that a host of its can be taken over unchanged. */
export function bundleWrapSecret(key: KeySource, identifier: string, length = 32): Secret {
  return new Secret(identifier, () => randomBytesAsBase64For(available(key, identifier), identifier, length))
}

/** A secret of our own: HKDF-SHA256 of the deployment's key, as base64url. */
export function derivedSecret(key: KeySource, identifier: string, length = 32): Secret {
  return new Secret(identifier, () =>
    Buffer.from(
      hkdfSync(
        'sha256',
        Buffer.from(available(key, identifier), 'base64url'),
        '',
        `left4me-apply ${identifier}`,
        length,
      ),
    ).toString('base64url'),
  )
}

function available(key: KeySource, identifier: string): string {
  const text = key()
  if (text === null || Buffer.from(text, 'base64url').length < 16)
    throw new ConvergeError(
      'secret-unavailable',
      `The key of ${identifier} isn't there or is shorter than 16 bytes. Put the deployment's key in its place.`,
    )
  return text
}
