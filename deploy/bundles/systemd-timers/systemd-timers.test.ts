import { buildNode, defineBundle, defineNode, describeItems, file, testNode } from '@left4me/converge'
import { describe, expect, test } from 'vitest'
import { systemdBundle } from '../systemd/bundle.ts'
import { systemdTimersBundle } from './bundle.ts'

const program = defineBundle({
  name: 'program',
  items: () => [file('/usr/local/sbin/tidy', { content: '#!/bin/sh\n', mode: '0755' })],
})
const nodeOf = (systemd_timers: object) =>
  defineNode({
    name: 'host1',
    bundles: [systemdBundle, systemdTimersBundle, program],
    metadata: { systemd_timers },
  })

describe('the bundle systemd-timers', () => {
  test('makes a service and a timer, after the program that the node has for it', () => {
    const node = nodeOf({
      tidy: {
        command: ['/usr/local/sbin/tidy', '--all'],
        when: 'daily',
        spread: 600,
        environment: { B: '1', A: '2' },
      },
    })
    const items = describeItems(buildNode(node)).filter(({ bundle }) => bundle === 'systemd-timers')
    expect(items.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['unit:tidy.service', 'unit:tidy.timer', 'service:tidy.timer']),
    )
    const needs = (id: string) => items.find(item => item.id === id)?.needs
    expect(needs('unit:tidy.service')).toContain('file:/usr/local/sbin/tidy')
    expect(needs('unit:tidy.timer')).toContain('unit:tidy.service')
    expect(() => testNode(node)).not.toThrow()
  })

  const good = { command: ['/bin/true'], when: 'daily' }
  test.each([
    [{ 'a b': good }, 'systemd_timers/a b is no usable name. Write letters, digits, _ and -'],
    [{ tidy: { ...good, command: 'true' } }, 'systemd_timers/tidy/command is "true". Write a list'],
    [{ tidy: { ...good, command: ['true'] } }, 'doesn’t begin with an absolute path'],
    [
      { tidy: { ...good, command: ['/bin/true', 'a\nUser=x'] } },
      'systemd_timers/tidy/command has "a\\nUser=x". Write a word',
    ],
    [{ tidy: { ...good, when: '' } }, 'systemd_timers/tidy/when is "". Write a time'],
    [{ tidy: { ...good, spread: -1 } }, 'systemd_timers/tidy/spread is -1. Write a whole number'],
    [
      { tidy: { ...good, environment: { 'A-B': 'x' } } },
      'systemd_timers/tidy/environment/A-B is no usable name. Write letters, digits and _',
    ],
    [
      { tidy: { ...good, environment_file: 'x' } },
      'systemd_timers/tidy/environment_file is "x". Write an absolute path',
    ],
    [{ tidy: { ...good, user: 'x' } }, 'systemd_timers/tidy/user is read by nothing'],
  ])('refuses %j', (timers, sentence) => {
    expect(() => buildNode(nodeOf(timers))).toThrow(sentence)
  })
})
