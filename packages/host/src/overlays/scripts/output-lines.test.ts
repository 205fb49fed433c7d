import { expect, it } from 'vitest'
import { OutputLines, outputLimits } from './output-lines.ts'
import { scriptText } from './script-text.ts'

function linesOf(chunks: readonly (string | Buffer)[], limits = outputLimits): string[] {
  const lines: string[] = []
  const output = new OutputLines(line => lines.push(line), limits)
  for (const chunk of chunks) output.add(Buffer.from(chunk as string))
  output.end()
  return lines
}

it('gives lines whole, wherever the output was cut', () => {
  expect(linesOf(['one\ntw', 'o\r\nthr', 'ee'])).toEqual(['one', 'two', 'three'])
  expect(linesOf([Buffer.from('ä\n').subarray(0, 1), Buffer.from('ä\n').subarray(1)])).toEqual(['ä'])
  expect(linesOf(['10 %\r20 %\r'])).toEqual(['10 %', '20 %'])
  expect(linesOf([])).toEqual([])
})

it('takes out what a terminal would obey', () => {
  expect(linesOf(['\u001b[31mred\u001b[0m\u0007\u0000\ttab\n'])).toEqual(['red\ttab'])
})

it('says how much it left out', () => {
  const limits = { lines: 3, bytes: 1000, lineLength: 10 } as unknown as typeof outputLimits
  expect(linesOf(['a\nb\nc\nd\n', 'e\n'], limits)).toEqual([
    'a',
    'b',
    'c',
    '… 4 more bytes of output are left out.',
  ])
  expect(linesOf(['x'.repeat(25)], limits)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)])
})

it('lets a script know where it is and keeps the numbers of its lines', () => {
  expect(scriptText('echo\r\nx')).toBe('export OVERLAY=/overlay; echo\nx')
  expect(scriptText('#!/bin/bash\necho')).toBe('#!/bin/bash\nexport OVERLAY=/overlay; echo')
  expect(scriptText('#!/usr/bin/env bash -e\necho')).toBe(
    '#!/usr/bin/env bash -e\nexport OVERLAY=/overlay; echo',
  )
  expect(scriptText('#!/usr/bin/perl\nprint')).toBe('#!/usr/bin/perl\nprint')
})
