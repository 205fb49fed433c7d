import { commandEnvironment } from './run-command.ts'

/** Becomes another program, execve(2): nothing of Node stays. Returns never. */
export function replaceProcess(program: string, words: readonly string[]): never {
  if (!process.execve) throw new Error('This Node can not replace itself by another program.')
  return process.execve(program, [program, ...words], { ...commandEnvironment })
}
