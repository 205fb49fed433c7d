import { argon2Sync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Passwords } from './passwords.ts'

describe('Passwords', () => {
  const passwords = new Passwords()

  test('knows the password of a hash, and no other', async () => {
    const hash = await passwords.hash('correct horse')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await passwords.verify('correct horse', hash)).toBe(true)
    expect(await passwords.verify('correct horsf', hash)).toBe(false)
    expect(await passwords.verify('', hash)).toBe(false)
    expect(passwords.isOutdated(hash)).toBe(false)
  })

  test('salts: the same password twice has two hashes', async () => {
    expect(await passwords.hash('correct horse')).not.toBe(await passwords.hash('correct horse'))
  })

  test('takes the parameters of a hash from the hash, so that they can be raised', async () => {
    const options = { nonce: Buffer.from('somesalt'), parallelism: 1, tagLength: 32, memory: 64, passes: 1 }
    const hash = argon2Sync('argon2id', { message: 'correct horse', ...options }).toString('base64')
    const older = `$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$${hash.replace('=', '')}`
    expect(passwords.isOutdated(older)).toBe(true)
    expect(await passwords.verify('correct horse', older)).toBe(true)
    expect(await passwords.verify('wrong', older)).toBe(false)
  })

  test('treats composed and decomposed letters as the same', async () => {
    const hash = await passwords.hash('pa\u0308sswort')
    expect(await passwords.verify('p\u00e4sswort', hash)).toBe(true)
  })

  test.each([
    null,
    '',
    'plain text',
    '$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdHNvbWVzYWx0',
    '$argon2id$v=19$m=4,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdHNvbWVzYWx0',
    '$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdHNvbWVzYWx0',
  ])('refuses everything for the hash %j, after the same work as for a sound one', async hash => {
    expect(await passwords.verify('anything', hash)).toBe(false)
  })

  test('hashes two at once, lets some wait, and sends further ones away at once', async () => {
    const crowd = new Passwords()
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => crowd.hash('correct horse')))
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(40 - 2 - 32)
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: 'too-many-requests', retryAfter: 5 })
    }
    expect(await crowd.verify('correct horse', await crowd.hash('correct horse'))).toBe(true)
  })
})
