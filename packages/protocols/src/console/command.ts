import { ProtocolError } from '../protocol-error.ts'

/** Bytes. The engine's command buffer is 512; a longer command is cut, which makes another command of it. */
export const maxConsoleCommandBytes = 500

const encoder = new TextEncoder()

/**
 * Checks one line for the server's console. It may hold several commands, separated by `;`, as in the game's own console:
 * text of other people has to go through `quoteConsoleArgument`. Throws `bad-input`.
 */
export function checkConsoleCommand(command: string): void {
  if (/[\u0000-\u001f\u007f]/.test(command.replaceAll('\t', ' '))) {
    throw new ProtocolError(
      'bad-input',
      'A console command may not contain line ends or other control characters.',
    )
  }
  if (!command.isWellFormed()) throw new ProtocolError('bad-input', 'The command is not valid Unicode.')
  if (command.trim() === '') throw new ProtocolError('bad-input', 'The console command is empty.')
  const length = encoder.encode(command).length
  if (length > maxConsoleCommandBytes) {
    throw new ProtocolError(
      'bad-input',
      `The console command has ${length} bytes; the engine takes at most ${maxConsoleCommandBytes}.`,
    )
  }
}

/**
 * One argument in quotes. The engine's tokenizer has no escape: text with a quote, a `;`, a line end or another control
 * character can't be quoted and throws `bad-input`, as does a lone surrogate, which has no bytes.
 */
export function quoteConsoleArgument(text: string): string {
  if (/["\u0000-\u001f\u007f]/.test(text)) {
    throw new ProtocolError(
      'bad-input',
      'Text for the console may not contain quotes, line ends or control characters.',
    )
  }
  // Inside quotes the tokenizer keeps a `;`, but the command buffer splits before it tokenizes in some builds.
  if (text.includes(';')) throw new ProtocolError('bad-input', 'Text for the console may not contain “;”.')
  if (!text.isWellFormed()) throw new ProtocolError('bad-input', 'The text is not valid Unicode.')
  return `"${text}"`
}
