import manifest from '../package.json' with { type: 'json' }

/** Version of left4me. */
export const { version } = manifest
