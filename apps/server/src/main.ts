import { readConfig } from './config/read-config.ts'
import { serve } from './serve.ts'

try {
  await serve(readConfig(process.env))
} catch (error) {
  // An expected failure is one sentence; of anything else the stack is what helps.
  const expected =
    error instanceof Error &&
    'code' in error &&
    ['ServerError', 'ConfigError', 'HostError'].includes(error.name)
  const remedy = expected && 'remedy' in error && typeof error.remedy === 'string' ? ` ${error.remedy}` : ''
  process.stderr.write(
    expected ? `left4me: ${error.message}${remedy}\n` : `${error instanceof Error ? error.stack : error}\n`,
  )
  process.exitCode = 1
}
