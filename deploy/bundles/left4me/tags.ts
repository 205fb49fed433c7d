/** By these the host's part and the release's part of the bundle know each other, without naming each other's items. */
export const tags = {
  /** The host's part, as the web application needs it before it starts: what starts it `needs` this. */
  host: 'left4me-host',
  /** Node on the host. Units and helpers need it. */
  runtime: 'left4me-runtime',
  /** The checkout at /opt/left4me/src. Links into it need it. */
  source: 'left4me-source',
  /** After it the new version serves: what talks to the deployed application needs this. */
  release: 'left4me-release',
  /** What restarts the web application, triggered by what it reads at its start. */
  web: 'left4me-web',
} as const

export const need = (...names: (keyof typeof tags)[]): string[] => names.map(name => `tag:${tags[name]}`)
