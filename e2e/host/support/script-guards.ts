import { check } from './guards.ts'
import { helperSource } from './helper-scene.ts'

export const sandboxProperties = `${helperSource}/sandbox/sandbox-properties.ts`

/** Off, a script can give what it has open to a process outside. */
export const noUnixSockets = check('RestrictAddressFamilies= without AF_UNIX', sandboxProperties, text =>
  text.replace("=AF_INET AF_INET6'", "=AF_INET AF_INET6 AF_UNIX'"),
)
