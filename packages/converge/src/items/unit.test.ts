import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { fakeMachine } from '../testing/fake-programs.ts'
import { itemOf, Scratch } from '../testing/scratch.ts'
import { unit } from './unit.ts'

describeWith(['systemd-analyze'], 'units, judged by systemd itself', () => {
  it('go live when they are right, a template too, and not with a typo or a program that is not there', async () => {
    using scratch = new Scratch()
    scratch.transport = fakeMachine(scratch.folder)
    rmSync(scratch.path('bin/systemd-analyze'))
    const folder = scratch.path('system')
    mkdirSync(folder)
    const service = (name: string, keys: Readonly<Record<string, string>>) =>
      unit(name, {
        folder,
        sections: { Unit: { Description: 'x' }, Service: { ExecStart: '/bin/true', ...keys } },
      })
    const report = await scratch.apply([
      service('right.service', {}),
      service('right@.service', { ExecStart: '/bin/echo %i', Slice: 'other.slice' }),
      service('typo.service', { Restrat: 'always' }),
      service('missing.service', { ExecStart: '/nowhere/program' }),
    ])
    expect(readdirSync(folder).sort()).toEqual(['right.service', 'right@.service'])
    expect(itemOf(report, 'unit:typo.service').message).toContain('Unknown key')
    expect(itemOf(report, 'unit:missing.service').message).toContain('is not executable')
  })
})
