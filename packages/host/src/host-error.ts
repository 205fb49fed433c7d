export const hostErrorCodes = [
  'unsupported',
  'unavailable',
  'not-installed',
  'mount-failed',
  'start-failed',
  'instance-running',
  'servers-running',
  'install-failed',
  'cancelled',
  'file-refused',
  'file-too-large',
  'bad-path',
  'layer-missing',
  'never-started',
  'disk-full',
  'in-use',
  'build-running',
  'build-failed',
  'build-too-large',
  'script-failed',
  'native-code-refused',
  'upload-offset',
  'archive-refused',
  'download-failed',
  'download-refused',
  'index-refused',
] as const
export type HostErrorCode = (typeof hostErrorCodes)[number]

/** What a host couldn't do: one sentence that says what, and one that says what to do about it. */
export class HostError extends Error {
  override readonly name = 'HostError'
  readonly code: HostErrorCode
  readonly remedy: string | null

  constructor(code: HostErrorCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.remedy = options.remedy ?? null
  }
}
