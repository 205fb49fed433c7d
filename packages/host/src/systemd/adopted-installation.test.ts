import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { layoutOf } from '../layout.ts'
import { InstancePlaces } from './instance-places.ts'

test('an instance that starts at boot with files of an earlier left4me starts with the revision that they became', async () => {
  const root = await mkdtemp(join(tmpdir(), 'left4me-places-'))
  try {
    const places = new InstancePlaces({
      layout: layoutOf(root),
      reports: join(root, 'reports'),
      wanted: join(root, 'wanted'),
    })
    const old = { port: 27_015, arguments: ['+map', 'c1m1_hotel'] }
    await places.writeEnvironment(1, { ...old, lowerdirs: ['overlays/7/revisions/2', 'installation'] })
    await places.writeEnvironment(2, { ...old, lowerdirs: ['installation/revisions/5'] })
    expect(await places.readInstallation(1)).toBeNull()
    await places.adoptInstallation(1)
    expect(await places.readEnvironment(1)).toEqual({
      ...old,
      lowerdirs: ['overlays/7/revisions/2', 'installation/revisions/1'],
    })
    expect(await places.readInstallation(1)).toBe(1)
    expect(await places.readInstallation(2)).toBe(5)
  } finally {
    await rm(root, { recursive: true })
  }
})
