import { expect, test } from 'vitest'
import type { Benchmark } from './benchmark.ts'
import { helpText, readCommandLine, UsageError } from './command-line.ts'

const benchmark = (name: string): Benchmark => ({
  name,
  title: `measures ${name}`,
  run: async () => ({ samples: [], figures: [], notes: [] }),
})
const all = [benchmark('one'), benchmark('two'), benchmark('three')]

test('runs everything when nothing is named', () => {
  expect(readCommandLine([], all)).toEqual({ help: false, benchmarks: all, profileFolder: null })
})

test('runs what is named, in the order of the list', () => {
  const { benchmarks } = readCommandLine(['three', 'one', 'three'], all)
  expect(benchmarks.map(({ name }) => name)).toEqual(['one', 'three'])
})

test('takes the folder of profiles as an absolute path', () => {
  expect(readCommandLine(['--profile', '/profiles/here', 'one'], all).profileFolder).toBe('/profiles/here')
})

test('refuses a name and an option that there are not', () => {
  expect(() => readCommandLine(['four'], all)).toThrow(UsageError)
  expect(() => readCommandLine(['four'], all)).toThrow(/“four”; there are one, two, three/)
  expect(() => readCommandLine(['--fast'], all)).toThrow(UsageError)
})

test('lists every benchmark in its help', () => {
  for (const { name, title } of all) expect(helpText(all)).toContain(`${name.padEnd(5)}  ${title}`)
})
