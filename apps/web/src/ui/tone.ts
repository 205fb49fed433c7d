/** The three meanings, the accent for what is going on, and neutral. Never the only signal: an icon and a word go with it. */
export type Tone = 'neutral' | 'accent' | 'good' | 'attention' | 'broken'

export const toneText: Record<Tone, string> = {
  neutral: 'text-muted',
  accent: 'text-accent',
  good: 'text-good',
  attention: 'text-attention',
  broken: 'text-broken',
}

export const toneSoft: Record<Tone, string> = {
  neutral: 'bg-hover',
  accent: 'bg-accent-soft',
  good: 'bg-good-soft',
  attention: 'bg-attention-soft',
  broken: 'bg-broken-soft',
}

export const toneSolid: Record<Tone, string> = {
  neutral: 'bg-edge',
  accent: 'bg-accent',
  good: 'bg-good',
  attention: 'bg-attention',
  broken: 'bg-broken',
}
