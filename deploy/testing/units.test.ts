import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseUnit, readUnits, words } from './unit-file.ts'
import { rules } from './unit-rules.ts'

const units = readUnits()

describe('a unit that root trusts', () => {
  test('is there for each part of the host', () => {
    expect(units.map(({ name }) => name).sort()).toEqual([
      'l4d2-build.slice',
      'l4d2-game.slice',
      'l4d2.slice',
      'left4me-disk-limit.service',
      'left4me-disk-limit.timer',
      'left4me-firewall.service',
      'left4me-log-wake.service',
      'left4me-log-wake.socket',
      'left4me-overlay@.service',
      'left4me-server@.service',
      'left4me-web.service',
      'left4me-workshop-refresh.service',
      'left4me-workshop-refresh.timer',
    ])
  })

  test.each(units.map(unit => [unit.name, unit] as const))('%s breaks no rule', (_, unit) => {
    expect(Object.values(rules).flatMap(rule => rule(unit))).toEqual([])
  })

  // Negative controls: each rule finds what it is for.
  test.each([
    ['noPrivilegedCommands', 'left4me-server@.service', 'ExecStartPre=+/usr/bin/id'],
    ['noPrivilegedCommands', 'left4me-server@.service', 'ExecStartPre=-!!/usr/bin/id'],
    ['environmentFilesOfRoot', 'x.service', 'EnvironmentFile=/var/lib/left4me/instances/%i/instance.env'],
    ['environmentFilesOfRoot', 'x.service', 'EnvironmentFile=-/tmp/x.env'],
    ['programsOfRoot', 'x.service', 'ExecStart=/var/lib/left4me/overlays/evil'],
    ['programsOfRoot', 'x.service', 'ExecStop=-/tmp/evil now'],
    ['sourcesThatStayPut', 'x.service', 'BindReadOnlyPaths=/etc -/var/lib/left4me/steam/sdk32:/sdk32'],
    ['sourcesThatStayPut', 'x.service', 'BindPaths=/var/lib/left4me/runtime/%i/upper'],
    ['quotasForServers', 'left4me-overlay@.service', 'CapabilityBoundingSet=CAP_SYS_ADMIN CAP_SYS_RESOURCE'],
    ['quotasForServers', 'left4me-overlay@.service', 'CapabilityBoundingSet=~CAP_SYS_TIME'],
    ['quotasForServers', 'left4me-overlay@.service', 'Type=oneshot'],
    ['mountsForAll', 'left4me-overlay@.service', 'ProtectHome=yes'],
    ['mountsForAll', 'left4me-overlay@.service', 'LogNamespace=left4me'],
  ])('would break %s: %s with %s', (rule, name, line) => {
    expect(rules[rule]?.(parseUnit(name, `[Service]\n${line}\n`))).not.toEqual([])
  })

  test('runs programs of ours that exist', () => {
    const own = units
      .flatMap(({ settings }) => settings)
      .flatMap(({ value }) => value.match(/\/usr\/local\/(libexec\/left4me|sbin)\/[\w-]+/g) ?? [])
      .map(path => path.replace('/usr/local/libexec/left4me', 'libexec').replace('/usr/local/', ''))
    expect(own.length).toBeGreaterThan(3)
    const missing = own.filter(path => !existsSync(new URL(`../scripts/${path}`, import.meta.url)))
    expect(missing).toEqual([])
  })
})

describe("the weights of left4me's slices", () => {
  const weight = (slice: string) =>
    Number(words(units.find(({ name }) => name === slice) ?? { name: slice, settings: [] }, 'CPUWeight')[0])

  test('put games before builds, and both before the rest of the system (100)', () => {
    expect(weight('l4d2-game.slice')).toBe(100 * weight('l4d2-build.slice'))
    expect(weight('l4d2.slice')).toBeGreaterThan(100)
  })
})
