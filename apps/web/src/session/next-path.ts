/**
 * Where to go after logging in: a path of this application, never another site's address (`//evil.example`,
 * `/\evil.example`, `https:…`), and not back to the log-in page.
 */
export function nextPath(wished: string | undefined): string {
  if (wished === undefined || !/^\/(?![/\\])/.test(wished) || /[\u0000-\u001f]/.test(wished)) return '/'
  return /^\/(?:log-in|set-up)(?:[/?#]|$)/.test(wished) ? '/' : wished
}
