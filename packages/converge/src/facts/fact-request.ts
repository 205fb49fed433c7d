/** One question about the target. Equal requests are asked once. */
export type FactRequest =
  /** What is at a path, the link itself if it is one; with `hash` also the SHA-256 of a regular file's content. */
  | { readonly kind: 'path'; readonly path: string; readonly hash?: boolean }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'architectures' }
  | { readonly kind: 'unit'; readonly name: string }
  /** A script that changes nothing: its exit code and the start of what it printed. */
  | { readonly kind: 'command'; readonly script: string; readonly seconds: number }
  /** A small file of the engine's own state, by its name in the state folder. */
  | { readonly kind: 'record'; readonly name: string }

/** What makes two requests equal; `hash` doesn't: it only adds to the answer. */
export function keyOf(request: FactRequest): string {
  switch (request.kind) {
    case 'path':
      return `path ${request.path}`
    case 'command':
      return `command ${request.seconds} ${request.script}`
    case 'architectures':
      return request.kind
    default:
      return `${request.kind} ${request.name}`
  }
}
