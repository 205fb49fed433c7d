import { becomeLeanNode, keepCompiledModules } from './lean-node.ts'

becomeLeanNode(process.env)

keepCompiledModules()
// What is imported before is read twice.
const { readConfig } = await import('./config/read-config.ts')
const { serve } = await import('./serve.ts')

try {
  await serve(readConfig(process.env))
} catch (error) {
  // An expected failure is one sentence; of anything else the stack is what helps.
  const expected = error instanceof Error && ['ServerError', 'ConfigError', 'HostError'].includes(error.name)
  const remedy = expected && 'remedy' in error && typeof error.remedy === 'string' ? ` ${error.remedy}` : ''
  const stack = error instanceof Error ? error.stack : String(error)
  process.stderr.write(expected ? `left4me: ${error.message}${remedy}\n` : `${stack}\n`)
  process.exitCode = 1
}
