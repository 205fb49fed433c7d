import { expect, it } from 'vitest'
import { whyUnsupported } from './platform.mjs'

const linux = { platform: 'linux', arch: 'x64', nodeVersion: '20.0.0' }

it('accepts Linux on x86-64 with Node 20 or newer', () => {
  expect(whyUnsupported(linux)).toBeNull()
  expect(whyUnsupported({ ...linux, nodeVersion: '24.21.0' })).toBeNull()
})

it('refuses another system, another processor and an older Node in one line that names them', () => {
  expect(whyUnsupported({ ...linux, platform: 'darwin' })).toMatch(/this is darwin on x64$/)
  expect(whyUnsupported({ ...linux, arch: 'arm64' })).toMatch(/this is linux on arm64$/)
  expect(whyUnsupported({ ...linux, nodeVersion: '18.19.1' })).toMatch(/this is Node 18\.19\.1/)
})
