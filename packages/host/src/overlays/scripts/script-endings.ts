import type { ScriptEnding } from './script-runner.ts'

/** How scripts end, in the same words whatever runs them. */
export const scriptEndings = {
  succeeded: { outcome: 'succeeded', message: 'It succeeded.', remedy: '' },
  cancelled: { outcome: 'cancelled', message: 'It was cancelled.', remedy: 'Start the build again.' },
  'disk-limit': {
    outcome: 'disk-limit',
    message: 'It wrote more than one build may have.',
    remedy: 'Let it delete what it doesn’t need, or split it into several overlays.',
  },
  timeout: {
    outcome: 'timeout',
    message: 'It took longer than one hour.',
    remedy: 'Let it do less, or split it into several overlays.',
  },
  'out-of-memory': {
    outcome: 'out-of-memory',
    message: 'It needed more memory than the 4 GiB that a script may have.',
    remedy: 'Let it hold less at once; files in /tmp count as memory.',
  },
  'too-many-processes': {
    outcome: 'killed',
    message: 'It started more than the 512 processes that a script may have.',
    remedy: 'Let it do one thing after the other.',
  },
} as const satisfies Record<string, ScriptEnding>
