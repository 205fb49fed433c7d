import type { Cvar } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { cvarsQuery } from '../api/settings-queries.ts'
import { messages } from '../messages/messages.ts'
import { CodeEditor } from '../ui/code-editor.tsx'
import type { CodeTerm } from '../ui/code-props.ts'
import { Stack } from '../ui/layout.tsx'
import { Remarks } from '../ui/remarks.tsx'
import { Text } from '../ui/text.tsx'
import { configHints } from './config-hints.ts'

const text = messages.cvar
const hintTexts = messages.configHints

interface ConfigEditorProps {
  label: string
  value: string
  onChange?: (value: string) => void
  onSave?: () => void
  /** What is expected, below the editor. */
  hint?: string
  /** What the API refused of it. */
  error?: string | undefined
  height?: 'short' | 'tall'
}

/** Lines of server.cfg, with completion and explanations of cvars, and remarks on what is probably not meant. */
export function ConfigEditor({ value, hint, error, ...props }: ConfigEditorProps) {
  const { data: cvars } = useQuery(cvarsQuery)
  const terms = useMemo(() => termsOf(cvars ?? new Map()), [cvars])
  const hints = useMemo(() => (cvars ? configHints(value.split('\n'), cvars) : []), [value, cvars])
  return (
    <Stack gap={1}>
      <CodeEditor {...props} value={value} language="config" terms={terms} marks={hints} />
      {error !== undefined && <Text tone="broken">{error}</Text>}
      {hint && (
        <Text size="sm" tone="neutral">
          {hint}
        </Text>
      )}
      <Remarks
        label={hintTexts.title}
        items={hints.map(each => ({
          where: hintTexts.line(each.line + 1),
          tone: each.tone,
          text: each.text,
        }))}
      />
    </Stack>
  )
}

function termsOf(cvars: ReadonlyMap<string, Cvar>): CodeTerm[] {
  return [...cvars.values()].map(cvar => ({
    name: cvar.name,
    detail: describeCvar(cvar),
    info: cvar.description,
  }))
}

/** `whole number, default 30, from 0, cheat`. */
export function describeCvar(cvar: Cvar): string {
  const { type, minimum, maximum } = cvar
  return [
    text.types[type],
    ...(cvar.default === null ? [] : [text.default(cvar.default)]),
    ...(minimum === null || type === 'boolean' ? [] : [text.from(minimum)]),
    ...(maximum === null || type === 'boolean' ? [] : [text.to(maximum)]),
    ...(cvar.cheat ? [text.cheat] : []),
    ...(cvar.hidden ? [text.hidden] : []),
  ].join(', ')
}
