import { constants } from 'node:fs'
import sevenZipFactory, { type SevenZipModule, type SevenZipModuleFactory } from '7z-wasm'

// CommonJS, whose types say that it were a module with a default export.
const sevenZip = sevenZipFactory as unknown as SevenZipModuleFactory

// Emscripten asks `process.binding` for the numbers of open(2)'s flags, which the permission model refuses.
Object.defineProperty(process, 'binding', { value: () => ({ fs: constants }) })

/** ENOSPC and EDQUOT as Emscripten counts them: those of WASI (wasi_snapshot_preview1). */
const fullDisk: readonly unknown[] = [51, 19]

/** 7-Zip itself would only say that something went wrong. */
export class DiskFullError extends Error {}

/** Lines of output and complaints that are kept. */
const keptLines = 200

export interface SevenZipRun {
  readonly failed: boolean
  /** Its last lines. */
  readonly output: readonly string[]
}

export interface SevenZipOptions {
  /** The only folder that it sees. */
  readonly folder: string
  readonly arguments: readonly string[]
  readonly onLine: (line: string) => void
  /** Bytes that are about to be written; what it throws ends the run, and so does a full disk with a DiskFullError. */
  readonly onWrite: (bytes: number) => void
}

/**
 * One run of 7-Zip in its WebAssembly: a memory of its own, and no system call but on files of `folder`. Links and devices
 * can't be made. Every run has a fresh instance: a failed one leaves its memory in no particular state.
 */
export async function runSevenZip(options: SevenZipOptions): Promise<SevenZipRun> {
  const output: string[] = []
  const keep = (line: string) => {
    output.push(line)
    if (output.length > keptLines) output.shift()
  }
  let thrown: Error | null = null
  const module = await sevenZip({
    print: line => {
      keep(line)
      options.onLine(line)
    },
    printErr: keep,
    stdin: () => 0,
  })
  restrict(module, options.onWrite, error => {
    thrown ??= asError(error)
  })
  module.FS.mkdir('/work')
  module.FS.mount(module.NODEFS, { root: options.folder }, '/work')
  module.FS.chdir('/work')
  let failed = false
  try {
    module.callMain([...options.arguments])
  } catch (error) {
    failed = true
    if (!isExit(error)) thrown ??= asError(error)
  }
  if (thrown !== null) throw thrown
  return {
    failed:
      failed || output.some(line => /^(?:ERROR|Archives with Errors|Sub items Errors|Can't open)/.test(line)),
    output,
  }
}

interface NodeOperations {
  readonly node_ops: Record<string, unknown>
  readonly stream_ops: Record<string, (...values: unknown[]) => unknown>
}

function restrict(
  module: SevenZipModule,
  onWrite: (bytes: number) => void,
  onThrow: (error: unknown) => void,
): void {
  const { node_ops, stream_ops } = module.NODEFS as unknown as NodeOperations
  const refuse = () => {
    throw new Error('links are not made')
  }
  node_ops['symlink'] = refuse
  const write = stream_ops['write']
  stream_ops['write'] = (...values) => {
    // (stream, buffer, offset, length, position)
    const length = values[3]
    try {
      onWrite(typeof length === 'number' ? length : 0)
      return write?.(...values)
    } catch (error) {
      const { errno } = error as { errno?: unknown }
      onThrow(fullDisk.includes(errno) ? new DiskFullError('the disk is full') : error)
      throw error
    }
  }
}

/** Emscripten ends a program by throwing this. */
function isExit(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'ExitStatus'
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
