import type { OverlayScript } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { GitCompare, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { scriptsQuery } from '../../api/content-queries.ts'
import { formatLocal } from '../../format/time.ts'
import { messages } from '../../messages/messages.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Button } from '../../ui/button.tsx'
import { CodeDiff } from '../../ui/code-editor.tsx'
import { Panel } from '../../ui/layout.tsx'
import { MediaItem, MediaList } from '../../ui/media.tsx'
import { Hint } from '../../ui/notice.tsx'
import { Text } from '../../ui/text.tsx'
import { LocalTime, RelativeTime } from '../../ui/time.tsx'

const text = messages.script

interface ScriptHistoryProps {
  overlayId: number
  /** What is in the editor. */
  present: string
  /** Puts an earlier text into the editor, where it can be saved; null: it may not be changed. */
  onRestore: ((script: string) => void) | null
}

export function ScriptHistory({ overlayId, present, onRestore }: ScriptHistoryProps) {
  const scripts = useQuery(scriptsQuery(overlayId))
  return (
    <Panel title={text.history} about={text.historyAbout} flush>
      <ProblemNotice error={scripts.error} onRetry={() => void scripts.refetch()} />
      {scripts.data?.length === 0 && <Hint title={text.noHistory} />}
      {scripts.data && scripts.data.length > 0 && (
        <MediaList label={text.history}>
          {scripts.data.map(earlier => (
            <Earlier key={earlier.id} earlier={earlier} present={present} onRestore={onRestore} />
          ))}
        </MediaList>
      )}
    </Panel>
  )
}

function Earlier({
  earlier: { script, username, savedAt },
  present,
  onRestore,
}: {
  earlier: OverlayScript
  present: string
  onRestore: ((script: string) => void) | null
}) {
  const [compared, compare] = useState(false)
  const when = formatLocal(new Date(savedAt))
  return (
    <MediaItem
      title={<LocalTime value={savedAt} />}
      about={
        <>
          <RelativeTime value={savedAt} />
          <span>{text.savedBy(username ?? text.someone)}</span>
          {script === present && <span>{text.present}</span>}
        </>
      }
      actions={
        <>
          <Button
            small
            kind="quiet"
            icon={GitCompare}
            expanded={compared}
            label={text.compareNamed(when)}
            onClick={() => compare(!compared)}
          >
            {text.compare}
          </Button>
          {onRestore && script !== present && (
            <Button
              small
              kind="quiet"
              icon={Undo2}
              label={text.restoreNamed(when)}
              onClick={() => onRestore(script)}
            >
              {text.restore}
            </Button>
          )}
        </>
      }
    >
      {compared &&
        (script === present ? (
          <Text tone="neutral">{text.same}</Text>
        ) : (
          <CodeDiff label={text.difference} before={script} after={present} language="bash" />
        ))}
    </MediaItem>
  )
}
