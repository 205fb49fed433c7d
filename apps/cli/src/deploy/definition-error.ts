import { ConvergeError } from '@left4me/converge'
import { DeployError } from '@left4me/deploy'

/** A node file, or what a command line says of it, is written wrongly: exit code 2. Nothing was done. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError'
}

/** Whether a person has to write something else before it is worth trying again. */
export function isWrongDefinition(error: unknown): boolean {
  if (error instanceof ConvergeError) return error.code === 'bad-definition'
  if (error instanceof DeployError) return error.code !== 'unreadable-facts'
  return error instanceof DefinitionError
}
