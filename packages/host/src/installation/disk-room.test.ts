import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { requireRoom } from './disk-room.ts'

test('a revision that doesn’t fit beside the present one is refused with how much it needs, before anything is copied', async () => {
  await expect(requireRoom(tmpdir(), 12_345_000_000_000_000)).rejects.toMatchObject({
    code: 'disk-full',
    message: expect.stringMatching(/that needs 12345000\.1 GB, and [\d.]+ (GB|MiB) are free/),
    remedy: expect.stringContaining('Free space'),
  })
  await requireRoom(tmpdir(), 0)
})
