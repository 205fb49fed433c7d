import { buildNode, defineNode, describeItems, testNode } from '@left4me/converge'
import { describe, expect, test } from 'vitest'
import { systemdBundle } from './bundle.ts'
import { parseContainer } from './metadata.ts'

const nodeOf = (systemd: object) =>
  defineNode({ name: 'host1', bundles: [systemdBundle], metadata: { systemd } })

describe('the bundle systemd', () => {
  test('makes drop-ins, and restarts what runs when one of its own changes', () => {
    const node = nodeOf({
      drop_ins: {
        'ssh.service': { '50-calm': { Service: { Nice: 5, ExecReload: ['', '/bin/true'] } } },
        'user.slice': { '99-cores': { Slice: { AllowedCPUs: '0' } } },
      },
      running: new Set(['ssh.service', 'cron.service']),
    })
    const items = describeItems(buildNode(node))
    expect(items.filter(({ bundle }) => bundle === 'systemd').map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'drop-in:ssh.service/50-calm',
        'drop-in:user.slice/99-cores',
        'service:cron.service',
        'service:ssh.service',
      ]),
    )
    const triggers = buildNode(node).graph.triggers
    expect([...(triggers.get('drop-in:ssh.service/50-calm') ?? [])]).toContain('service:ssh.service')
    expect([...(triggers.get('drop-in:user.slice/99-cores') ?? [])]).toEqual(['systemd:daemon-reload'])
    expect(() => testNode(node)).not.toThrow()
  })

  test.each([
    [
      { drop_ins: { ssh: { a: {} } } },
      'systemd/drop_ins/ssh is no usable name. Write the name of a unit with its ending',
    ],
    [
      { drop_ins: { 'ssh.service': { a: 'Nice=5' } } },
      'systemd/drop_ins/ssh.service/a is "Nice=5". Write a map',
    ],
    [
      { drop_ins: { 'ssh.service': { a: { Service: { Nice: { x: 1 } } } } } },
      'systemd/drop_ins/ssh.service/a/Service/Nice is {"x":1}. Write a text, a number',
    ],
    [{ runing: new Set(['ssh.service']) }, 'systemd/runing is read by nothing. Known are drop_ins, running.'],
    [{ running: new Set(['ssh']) }, 'systemd/running has "ssh". Write the name of a unit with its ending'],
    [{ running: new Set([5]) }, 'systemd/running has 5. Write the name of a unit with its ending'],
    [{ drop_ins: { 'ssh.service': { a: { Service: { Nice: '5\nUser=root' } } } } }, 'one plain line'],
  ])('refuses %j', (systemd, sentence) => {
    expect(() => buildNode(nodeOf(systemd))).toThrow(sentence)
    expect(() => buildNode(nodeOf(systemd))).toThrow('The node host1, bundle systemd: ')
  })

  test('knows a container from a machine', () => {
    expect(['lxc\n', 'systemd-nspawn\n', 'none\n'].map(parseContainer)).toEqual([
      'lxc',
      'systemd-nspawn',
      null,
    ])
    expect(() => parseContainer('sh: not found\n')).toThrow('no kind of container')
  })
})
