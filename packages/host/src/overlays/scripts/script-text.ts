/**
 * What is executed for an overlay's script: bash's unless its first line names another interpreter. Lines keep their
 * numbers, as bash tells them in its messages. `OVERLAY` says where the overlay is, as earlier scripts expect.
 */
export function scriptText(script: string): string {
  const text = script.replaceAll('\r\n', '\n')
  if (!text.startsWith('#!')) return `export OVERLAY=/overlay; ${text}`
  const [first = '', ...rest] = text.split('\n')
  if (!/^#!\s*\/(?:usr\/)?bin\/(?:env\s+)?(?:ba|da)?sh(?:\s|$)/.test(first) || rest.length === 0) return text
  return `${first}\nexport OVERLAY=/overlay; ${rest.join('\n')}`
}
