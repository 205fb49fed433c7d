import { buildNode, defineNode } from '@left4me/converge'
import { expect, test } from 'vitest'
import { systemdBundle } from '../systemd/bundle.ts'
import { systemdTimersBundle } from '../systemd-timers/bundle.ts'
import { monitoringBundle } from './bundle.ts'

const nodeWith = (checks: Record<string, unknown>) =>
  defineNode({
    name: 'host1',
    bundles: [monitoringBundle, systemdBundle, systemdTimersBundle],
    metadata: { monitoring: { checks } },
    facts: { host: { container: null } },
  })

test('checks are looked at by a timer', () => {
  const { graph } = buildNode(nodeWith({ left4me: { url: 'https://l4d2.example.org/health' } }))
  expect([...graph.items.keys()]).toContain('service:monitoring.timer')
})

test.each([
  [{ left4me: { url: 'http://l4d2.example.org/' } }, 'left4me/url is "http://l4d2.example.org/". Write an'],
  [{ left4me: { url: 'https://a.org/ health' } }, 'left4me/url is "https://a.org/ health". Write an https'],
  [{ left4me: {} }, 'left4me/url is missing. Write an https address'],
  [{ 'left 4 me': { url: 'https://a.org/' } }, 'left 4 me is no usable name. Write letters'],
])('%j is refused with the key', (checks, message) => {
  expect(() => buildNode(nodeWith(checks))).toThrow(`monitoring/checks/${message}`)
})
