import type {
  Blueprint,
  BlueprintText,
  Cvar,
  GeneratedConfig,
  ImportedBlueprint,
  LaunchArgument,
} from '@left4me/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

describeWith(['overlayfs'], 'settings through the API', () => {
  let bed: ProductBed
  let owner: Person
  let other: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    owner = await bed.addPerson('zoey')
    other = await bed.addPerson('louis')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const blueprints = '/api/v1/blueprints'
  const newBlueprint = async (person: Person, more: Record<string, unknown> = {}) =>
    (await person.send<Blueprint>('POST', blueprints, { name: 'Versus', ...more })).body
  const textOf = async (person: Person, id: number) =>
    (await person.get<BlueprintText>(`${blueprints}/${id}/export`)).body.text
  const bring = (person: Person, text: string) =>
    person.send<ImportedBlueprint>('POST', `${blueprints}/import`, { text })

  test('a blueprint goes from one account to another as one text', async () => {
    const overlay = await bed.admin.send<{ id: number }>('POST', '/api/v1/overlays', {
      name: 'Maps',
      kind: 'workshop',
      workshopIds: ['123456789'],
    })
    const made = await newBlueprint(bed.admin, {
      overlayIds: [overlay.body.id],
      arguments: ['+mp_gamemode', 'versus'],
      config: ['sv_alltalk 1'],
    })
    const text = await textOf(bed.admin, made.id)
    const brought = await bring(other, text)
    expect(brought).toMatchObject({
      status: 201,
      body: { overlays: [{ name: 'Maps', made: true }], notes: [] },
    })
    expect(brought.body.blueprint).toMatchObject({ ownerId: other.id, shared: false })
    expect(await textOf(other, brought.body.blueprint.id)).toBe(text)
  })

  test('a long text is taken, one that is too long is refused unread, and a wrong one by its place', async () => {
    const line = `echo "${'é'.repeat(480)}"`
    const { id } = await newBlueprint(owner, { name: 'Long' })
    const text = (await textOf(owner, id)).replace(
      '"config": []',
      `"config": ${JSON.stringify(Array.from({ length: 900 }, () => line))}`,
    )
    expect(Buffer.byteLength(text)).toBeGreaterThan(800_000)
    expect((await bring(owner, text)).status).toBe(201)
    expect(
      await owner.refused('POST', `${blueprints}/import`, { text: 'x'.repeat(3_300_000) }),
    ).toMatchObject({
      code: 'body-too-large',
    })
    expect(
      (await owner.refused('POST', `${blueprints}/import`, { text: '{\n"left4me": }' })).detail,
    ).toContain('line 2')
    expect(
      (
        await owner.refused('POST', `${blueprints}/import`, {
          text: text.replace('"arguments": []', '"arguments": ["-port"]'),
        })
      ).code,
    ).toBe('reserved-setting')
  })

  test('only who may read a blueprint exports it', async () => {
    const { id } = await newBlueprint(owner, { name: 'Mine' })
    expect((await other.refused('GET', `${blueprints}/${id}/export`)).code).toBe('not-found')
    await owner.send('PATCH', `${blueprints}/${id}`, { shared: true })
    expect(await textOf(other, id)).toContain('"Mine"')
  })

  test('cvars and launch arguments are explained', async () => {
    const { items } = (await owner.get<{ items: Cvar[] }>('/api/v1/cvars')).body
    expect(items.find(({ name }) => name === 'z_common_limit')).toMatchObject({ default: '30', cheat: true })
    const known = (await owner.get<{ items: LaunchArgument[] }>('/api/v1/launch-arguments')).body.items
    expect(known.find(({ name }) => name === '-port')?.reserved).toBe(true)
  })

  test('the generated config says which line decides', async () => {
    const { id: blueprintId } = await newBlueprint(owner, { config: ['sv_alltalk 1'] })
    const server = await bed.newServer(owner, 'Decided', {
      blueprintId,
      config: ['sv_alltalk 0', 'hostname "X"'],
    })
    const { lines, settings } = (
      await owner.get<GeneratedConfig>(`/api/v1/servers/${server.id}/generated-config`)
    ).body
    const decided = settings.find(({ name }) => name === 'sv_alltalk')
    expect(decided).toMatchObject({ value: '0', overrides: [expect.any(Number)] })
    expect(lines[decided?.line ?? 0]).toEqual({ text: 'sv_alltalk 0', source: 'server' })
    expect(lines[decided?.overrides[0] ?? 0]).toEqual({ text: 'sv_alltalk 1', source: 'blueprint' })
    expect(JSON.stringify(settings)).not.toMatch(/"rcon_password","value":"(?!\(kept secret\))/)
  })

  test('a policy that waits for a time needs one; a clone has the policy, and no public page', async () => {
    const server = await bed.newServer(owner, 'Policies', { publicPage: true })
    const path = `/api/v1/servers/${server.id}`
    expect(
      await owner.refused('PATCH', path, { updatePolicy: { mode: 'at-time', time: null } }),
    ).toMatchObject({ code: 'invalid-input', errors: [{ path: '/updatePolicy/time' }] })
    expect((await bed.server(owner, server.id)).updatePolicy).toEqual({ mode: 'when-empty', time: null })
    await owner.send('PATCH', path, { updatePolicy: { mode: 'at-time', time: '04:30' } })
    const job = await bed.done(owner, `${path}/clone`, 'POST', { name: 'Policies too' })
    expect(job).toMatchObject({ state: 'succeeded' })
    const clone = await bed.server(owner, job.serverId ?? 0)
    expect(clone).toMatchObject({
      name: 'Policies too',
      updatePolicy: { mode: 'at-time', time: '04:30' },
      publicPage: false,
    })
  })
})
