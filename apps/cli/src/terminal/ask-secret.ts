import type { ReadStream, WriteStream } from 'node:tty'

/** The person at the terminal pressed Ctrl-C or Ctrl-D instead of answering. */
class AskingCancelled extends Error {
  override readonly name = 'AskingCancelled'
}

/**
 * Asks on the terminal and reads one line without echo. Rejects with AskingCancelled on Ctrl-C and on Ctrl-D. The
 * terminal is as before afterwards.
 */
export async function askSecret(question: string, input: ReadStream, output: WriteStream): Promise<string> {
  const wasRaw = input.isRaw
  // Before the question is seen: until then the terminal would echo, and turn Ctrl-C into a signal.
  input.setRawMode(true)
  input.setEncoding('utf8')
  try {
    output.write(`${question}: `)
    return await readLine(input)
  } finally {
    input.setRawMode(wasRaw)
    input.pause()
    output.write('\n')
  }
}

function readLine(input: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let characters: string[] = []
    const finish = (end: () => void) => {
      input.off('data', onData)
      end()
    }
    const onData = (chunk: string | Buffer) => {
      for (const character of chunk.toString()) {
        if (character === '\r' || character === '\n') return finish(() => resolve(characters.join('')))
        if (character === '\u0003' || character === '\u0004')
          return finish(() => reject(new AskingCancelled('cancelled')))
        if (character === '\u007f' || character === '\b') characters.pop()
        else if (character === '\u0015') characters = []
        else if (character >= ' ') characters.push(character)
      }
    }
    input.on('data', onData)
  })
}
