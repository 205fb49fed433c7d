import type { WriteStream } from 'node:tty'
import { printable } from '../terminal/printable.ts'

/** Shows the step that is at work in the terminal's last line, which the next replaces; null takes it away. */
export function stepLine(terminal: WriteStream): (step: string | null) => void {
  return step => {
    const text = step === null ? '' : printable(`… ${step}`).slice(0, terminal.columns - 1)
    terminal.write(`\r\u001b[K${text}`)
  }
}
