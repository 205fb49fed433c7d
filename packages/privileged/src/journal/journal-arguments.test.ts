import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { journalctlArguments, parseJournalRequest } from './journal-arguments.ts'

const cursor = 's=0639d43d;i=2f1;b=be7a24d1;m=4d3c2b1a;t=6442f8b1c2d3e;x=9f8e7d6c'

describe('the arguments of left4me-journalctl', () => {
  it('become those of journalctl', () => {
    const request = parseJournalRequest(['7', '--lines', '100', '--after-cursor', cursor, '--follow'])
    expect(request && journalctlArguments(request).join('\n')).toMatchInlineSnapshot(`
      "--namespace=left4me
      --output=json
      --output-fields=MESSAGE,_STREAM_ID,_LINE_BREAK
      --all
      --quiet
      --lines=100
      --after-cursor=s=0639d43d;i=2f1;b=be7a24d1;m=4d3c2b1a;t=6442f8b1c2d3e;x=9f8e7d6c
      --follow
      --merge
      _SYSTEMD_UNIT=left4me-server@7.service
      _TRANSPORT=stdout
      +
      OBJECT_SYSTEMD_UNIT=left4me-server@7.service
      _TRANSPORT=driver
      MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e"
    `)
    const without = parseJournalRequest(['7', '--lines', '0', '--no-follow'])
    expect(without && journalctlArguments(without).slice(-8, -4).join('\n')).toMatchInlineSnapshot(`
      "--lines=0
      --no-pager
      _SYSTEMD_UNIT=left4me-server@7.service
      _TRANSPORT=stdout"
    `)
  })

  it.each([
    [[]],
    [['7']],
    [['7', '--lines']],
    [['7', '--lines', '10']],
    [['7', '--lines', '10', '--follow', '--follow']],
    [['7', '--lines', '10', '--follow', '--merge']],
    [['7', '--lines', '10', '--after-cursor', '--follow']],
    [['7', '--lines', '10', '--after-cursor', cursor]],
    [['7', '--lines', '10', '--after-cursor', '', '--follow']],
    [['7', '--lines', '10', '--after-cursor', `${cursor} `, '--follow']],
    [['7', '--lines', '10', '--after-cursor', cursor, '--after-cursor', cursor, '--follow']],
    [['7', '--lines=10', '--follow']],
    [['7', '-n', '10', '--follow']],
    [['--lines', '10', '7', '--follow']],
    [['../7', '--lines', '10', '--follow']],
    [['7', '--lines', '-1', '--follow']],
    [['7', '--lines', '10', '-f']],
    [['--file=/etc/shadow', '--lines', '10', '--follow']],
  ])('are refused as %j', words => {
    expect(parseJournalRequest(words)).toBeNull()
  })

  it('never let a word through that journalctl might read as another option', () => {
    const whole = ['7', '--lines', '10', '--after-cursor', cursor, '--follow']
    const word = fc.oneof(fc.constantFrom(...whole, '--no-follow', '--merge', ''), fc.string())
    // As it has to be, but for one word.
    const nearly = fc.tuple(fc.nat(whole.length - 1), word).map(([index, other]) => whole.with(index, other))
    const options =
      /^--(namespace=left4me|output=json|output-fields=[A-Z_,]+|all|quiet|lines=\d+|after-cursor=[sibmtx=;0-9a-f]+|follow|merge|no-pager)$/
    const matches =
      /^(\+|(OBJECT|)_SYSTEMD_UNIT=left4me-server@[a-z0-9][a-z0-9_-]{0,63}\.service|_TRANSPORT=(stdout|driver)|MESSAGE_ID=[0-9a-f]{32})$/
    let letThrough = 0
    fc.assert(
      fc.property(fc.oneof(nearly, fc.array(word, { maxLength: 7 })), words => {
        const request = parseJournalRequest(words)
        if (!request) return
        letThrough += 1
        const given = journalctlArguments(request)
        const flags = given.filter(argument => argument.startsWith('-'))
        expect(flags.every(argument => options.test(argument))).toBe(true)
        expect(given.filter(argument => !flags.includes(argument)).every(each => matches.test(each))).toBe(
          true,
        )
      }),
      { numRuns: 2000 },
    )
    expect(letThrough).toBeGreaterThan(0)
  })
})
