import { type Node, parseSync } from 'oxc-parser'

export interface ModuleImport {
  readonly specifier: string
  readonly line: number
  readonly typeOnly: boolean
}

export interface SourceModule {
  /** Relative to the repository, forward slashes. */
  readonly path: string
  readonly imports: readonly ModuleImport[]
  /** Lines that read the process's environment. */
  readonly environmentReads: readonly number[]
}

/**
 * What a module imports (static, re-exported, dynamic, in types) and where it reads `process.env`, out of its syntax
 * tree. Rejects a file that doesn't parse with an Error that names it.
 */
export function readModule(path: string, text: string): SourceModule {
  const { program, errors } = parseSync(path, text, {})
  const [firstError] = errors
  if (firstError) throw new Error(`${path} can't be parsed: ${firstError.message}`)

  const imports: ModuleImport[] = []
  const environmentReads: number[] = []
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length
  const add = (source: unknown, node: Node, typeOnly: boolean) => {
    if (isStringLiteral(source)) imports.push({ specifier: source.value, line: lineOf(node.start), typeOnly })
  }

  walk(program, node => {
    switch (node.type) {
      case 'ImportDeclaration':
        add(node.source, node, node.importKind === 'type')
        if (isProcessModule(node.source.value) && node.specifiers.some(importsEnvironment))
          environmentReads.push(lineOf(node.start))
        break
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        add(node.source, node, node.exportKind === 'type')
        break
      case 'ImportExpression':
        add(node.source, node, false)
        break
      case 'TSImportType':
        add(node.source, node, true)
        break
      case 'MemberExpression':
        if (isProcess(node.object) && propertyName(node) === 'env') environmentReads.push(lineOf(node.start))
        break
      case 'VariableDeclarator':
        if (node.init && isProcess(node.init) && takesEnvironment(node.id))
          environmentReads.push(lineOf(node.start))
        break
      default:
        break
    }
  })
  return { path, imports, environmentReads }
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit)
  } else if (isNode(value)) {
    visit(value)
    for (const child of Object.values(value)) walk(child, visit)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

function isStringLiteral(value: unknown): value is { value: string } {
  return isNode(value) && value.type === 'Literal' && 'value' in value && typeof value.value === 'string'
}

function isProcessModule(specifier: string): boolean {
  return specifier === 'node:process' || specifier === 'process'
}

/** `import { env } from 'node:process'`, under whatever name. */
function importsEnvironment(specifier: Node): boolean {
  return (
    specifier.type === 'ImportSpecifier' &&
    specifier.imported.type === 'Identifier' &&
    specifier.imported.name === 'env'
  )
}

/** `process` or `globalThis.process`. */
function isProcess(node: Node): boolean {
  return (
    (node.type === 'Identifier' && node.name === 'process') ||
    (node.type === 'MemberExpression' &&
      node.object.type === 'Identifier' &&
      node.object.name === 'globalThis' &&
      propertyName(node) === 'process')
  )
}

function propertyName(node: Node): string | null {
  if (node.type !== 'MemberExpression') return null
  if (node.computed) return isStringLiteral(node.property) ? node.property.value : null
  return node.property.type === 'Identifier' ? node.property.name : null
}

/** `const { env } = process` */
function takesEnvironment(pattern: Node): boolean {
  return (
    pattern.type === 'ObjectPattern' &&
    pattern.properties.some(
      property =>
        property.type === 'Property' && property.key.type === 'Identifier' && property.key.name === 'env',
    )
  )
}
