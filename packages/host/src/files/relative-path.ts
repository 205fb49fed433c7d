import { HostError } from '../host-error.ts'

const componentBytes = 255
const pathBytes = 1024
const depthLimit = 32

/**
 * The components of a path below a game root, checked: relative, forward slashes, no empty, `.` or `..` component, no
 * control characters or backslashes, at most 1024 bytes. Rejects with `bad-path`.
 */
export function pathComponents(path: string): string[] {
  const components = path.split('/')
  const wrong =
    Buffer.byteLength(path) > pathBytes
      ? 'is too long'
      : components.length > depthLimit
        ? 'has too many folders'
        : components.map(whatIsWrong).find(reason => reason !== null)
  if (wrong) throw new HostError('bad-path', `The path ${JSON.stringify(path.slice(0, 200))} ${wrong}.`)
  return components
}

function whatIsWrong(component: string): string | null {
  if (component === '') return 'is absolute, empty, or has an empty component'
  if (component === '.' || component === '..') return 'has a component “.” or “..”'
  if (/[\u0000-\u001f\u007f\\]/.test(component)) return 'has a control character or a backslash'
  if (!component.isWellFormed()) return 'is not Unicode'
  if (Buffer.byteLength(component) > componentBytes) return 'has a component of more than 255 bytes'
  return null
}
