import { limits } from '@left4me/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProblemError } from '../http/problem-error.ts'
import { type BlueprintDefinition, readBlueprintText, writeBlueprintText } from './blueprint-text.ts'

const blueprint: BlueprintDefinition = {
  name: 'Versus',
  description: 'For “Friday”.\nTwo teams.',
  arguments: ['+mp_gamemode', 'versus', '+map', 'c5m1_waterfront'],
  config: ['sv_alltalk 1', ''],
  overlays: [
    { name: 'Admins', kind: 'script', script: '#!/bin/bash\nmkdir -p "$OVERLAY/left4dead2/cfg"\n' },
    { name: 'Maps', kind: 'workshop', items: ['123456789', '18446744073709551615'] },
    { name: 'More maps', kind: 'map-index', url: 'https://maps.example/index.csv' },
    { name: 'Files', kind: 'upload', digest: 'a'.repeat(64) },
    { name: 'Never built', kind: 'upload', digest: null },
    { name: 'Somebody else’s', kind: 'script', digest: 'b'.repeat(64) },
  ],
}

test('a blueprint is one readable text, the same for the same', () => {
  const { text } = writeBlueprintText(blueprint)
  expect(text).toMatchInlineSnapshot(`
    "{
      "left4me": "blueprint",
      "version": 1,
      "name": "Versus",
      "description": "For “Friday”.\\nTwo teams.",
      "arguments": [
        "+mp_gamemode",
        "versus",
        "+map",
        "c5m1_waterfront"
      ],
      "config": [
        "sv_alltalk 1",
        ""
      ],
      "overlays": [
        {
          "name": "Admins",
          "kind": "script",
          "script": [
            "#!/bin/bash",
            "mkdir -p \\"$OVERLAY/left4dead2/cfg\\"",
            ""
          ]
        },
        {
          "name": "Maps",
          "kind": "workshop",
          "items": [
            "123456789",
            "18446744073709551615"
          ]
        },
        {
          "name": "More maps",
          "kind": "map-index",
          "url": "https://maps.example/index.csv"
        },
        {
          "name": "Files",
          "kind": "upload",
          "digest": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        },
        {
          "name": "Never built",
          "kind": "upload",
          "digest": null
        },
        {
          "name": "Somebody else’s",
          "kind": "script",
          "digest": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
        }
      ]
    }
    "
  `)
  expect(readBlueprintText(text)).toEqual(blueprint)
  expect(readBlueprintText(`\ufeff${text.replaceAll('\n', '\r\n')}`)).toEqual(blueprint)
})

test('whatever a blueprint holds comes back as it was', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9é夜“"\\]{1,20}$/)
  const digest = fc.stringMatching(/^[0-9a-f]{64}$/)
  const overlay = fc.oneof(
    fc.record({ name, kind: fc.constant('script' as const), script: fc.string({ unit: 'grapheme' }) }),
    fc.record({
      name,
      kind: fc.constant('workshop' as const),
      items: fc.uniqueArray(fc.stringMatching(/^[1-9][0-9]{0,15}$/), { maxLength: 5 }),
    }),
    fc.record({ name, kind: fc.constant('map-index' as const), url: fc.webUrl() }),
    fc.record({ name, kind: fc.constant('upload' as const), digest: fc.option(digest) }),
  )
  fc.assert(
    fc.property(
      fc.record({
        name,
        description: fc.string({ unit: 'grapheme', maxLength: 300 }),
        arguments: fc.array(fc.stringMatching(/^[+-]?[a-z0-9_]{1,20}$/), { maxLength: 5 }),
        config: fc.array(fc.stringMatching(/^[\x20-\x7e]{0,40}$/), { maxLength: 5 }),
        overlays: fc.array(overlay, { maxLength: 4 }),
      }),
      definition => {
        const { text } = writeBlueprintText(definition)
        expect(readBlueprintText(text)).toEqual(definition)
        expect(writeBlueprintText(readBlueprintText(text)).text).toBe(text)
      },
    ),
  )
})

test('any text whatever is read or refused, never anything else', () => {
  const { text } = writeBlueprintText(blueprint)
  const damaged = fc
    .tuple(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 5 }))
    .map(([at, length, other]) => text.slice(0, at) + other + text.slice(at + length))
  fc.assert(
    fc.property(fc.oneof(damaged, fc.json(), fc.string()), given => {
      try {
        readBlueprintText(given)
      } catch (error) {
        expect(error).toBeInstanceOf(ProblemError)
        expect(error).toMatchObject({ code: 'invalid-input' })
      }
    }),
  )
})

describe('a text that is wrong is refused by the place that is wrong', () => {
  const changed = (change: (value: Record<string, never>) => unknown) => {
    const value = JSON.parse(writeBlueprintText(blueprint).text) as Record<string, never>
    return JSON.stringify(change(value) ?? value)
  }
  test.each<[string, string]>([
    ['{\n  "left4me": "blueprint",\n  "version": 1,,\n', 'line 3, column 16'],
    ['{"left4me": "blueprint"', 'ends too early'],
    ['{\n"left4me": }', 'line 2, column 12'],
    ['{"left4me": "blue\nprint"}', 'line 1, column 18'],
    ['hello', 'line 1, column 1'],
    ['', 'ends too early'],
    ['[]', 'Must be an object'],
    ['{"left4me": "server", "version": 1}', '/left4me: Must be one of blueprint.'],
    [changed(value => ({ ...value, version: 2 })), 'version 2 of the format'],
    [changed(({ name: _, ...value }) => value), '/name: Is missing.'],
    [changed(value => ({ ...value, shared: true })), '/shared: Is not known.'],
    [changed(value => ({ ...value, arguments: ['a b'] })), '/arguments/0: Must be of this form'],
    [changed(value => ({ ...value, config: ['a\nb'] })), '/config/0: Must be of this form'],
    [
      changed(value => ({ ...value, config: Array.from({ length: limits.configLines + 1 }, () => '') })),
      '/config',
    ],
    [changed(value => ({ ...value, overlays: [{ name: 'x', kind: 'magic' }] })), '/overlays/0/kind'],
    [
      changed(value => ({ ...value, overlays: [{ name: 'x', kind: 'script', script: ['a\nb'] }] })),
      '/overlays/0/script/0: Must be of this form: One line of a script.',
    ],
    [
      changed(value => ({ ...value, overlays: [{ name: 'x', kind: 'workshop', items: ['-1'] }] })),
      '/overlays/0/items/0',
    ],
    [
      changed(value => ({
        ...value,
        overlays: [{ name: 'x', kind: 'map-index', url: 'file:///etc/passwd' }],
      })),
      '/overlays/0/url: Must be of this form: A URL.',
    ],
    [
      changed(value => ({
        ...value,
        overlays: [{ name: 'x', kind: 'script', script: ['x'.repeat(limits.scriptLength + 1)] }],
      })),
      `/overlays/0/script: Must have at most ${limits.scriptLength} characters.`,
    ],
  ])('%.60j', (text, fault) => {
    expect(() => readBlueprintText(text)).toThrow(fault)
  })
})

test('a text that would be too long is not written', () => {
  const overlays = Array.from({ length: 6 }, (_, index) => ({
    name: `Script ${index}`,
    kind: 'script' as const,
    script: 'x'.repeat(limits.scriptLength),
  }))
  expect(() => writeBlueprintText({ ...blueprint, overlays })).toThrow('are the most')
})
