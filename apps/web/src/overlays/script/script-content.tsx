import type { Overlay } from '@left4me/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Hammer, Pencil, Save } from 'lucide-react'
import { changeOverlay } from '../../api/content-queries.ts'
import { useEdits } from '../../edits/use-edits.ts'
import { useUnsaved } from '../../edits/use-unsaved.ts'
import { startJob } from '../../jobs/start-job.tsx'
import { messages } from '../../messages/messages.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CodeEditor } from '../../ui/code-editor.tsx'
import { Panel, Stack } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SaveRow } from '../../ui/save-row.tsx'
import { Text } from '../../ui/text.tsx'
import { useMayBringCode } from '../overlay-look.tsx'
import { ScriptHistory } from './script-history.tsx'

const text = messages.script

/** The script, its earlier texts, and the way to a revision. */
export function ScriptContent({ overlay }: { overlay: Overlay }) {
  const queries = useQueryClient()
  const mayBringCode = useMayBringCode()
  const present = overlay.script ?? ''
  // What was typed stays while events bring the overlay anew.
  const { edited, edit, saved, discard } = useEdits<string | null>(null)
  const script = edited ?? present
  const unchanged = script === present
  useUnsaved(!unchanged)
  const save = useMutation({
    mutationFn: async (sent: { script: string; build: boolean }) => {
      await changeOverlay(queries, overlay.id, { script: sent.script })
      if (sent.build) await startJob(queries, 'buildOverlay', { params: { id: overlay.id } })
    },
    onSuccess: (_, sent) => saved(sent.script),
  })
  const trySave = (build: boolean) => {
    if (!unchanged && mayBringCode && !save.isPending) save.mutate({ script, build })
  }
  const forbidden = mayBringCode ? null : messages.newOverlay.noCodeShort
  return (
    <Stack gap={4}>
      {!mayBringCode && <Notice tone="attention">{messages.newOverlay.noCode}</Notice>}
      <Panel
        title={text.title}
        about={text.about}
        actions={
          !unchanged && (
            <Badge tone="attention" icon={Pencil}>
              {text.edited}
            </Badge>
          )
        }
      >
        <CodeEditor
          label={text.title}
          value={script}
          language="bash"
          {...(mayBringCode ? { onChange: edit } : {})}
          onSave={() => trySave(false)}
        />
        <Text size="sm" tone="neutral">
          {text.limits}
        </Text>
        <ProblemNotice error={save.error} />
        <SaveRow
          save={{ isPending: save.isPending && !save.variables.build, isSuccess: save.isSuccess }}
          unchanged={unchanged}
          disabledReason={forbidden}
          icon={Save}
          onSave={() => trySave(false)}
          actions={
            !unchanged && (
              <>
                <Button
                  icon={Hammer}
                  busy={save.isPending && save.variables.build}
                  disabledReason={forbidden ?? (overlay.jobId !== null ? text.building : null)}
                  onClick={() => trySave(true)}
                >
                  {text.saveAndBuild}
                </Button>
                <Button kind="quiet" onClick={discard}>
                  {text.discard}
                </Button>
              </>
            )
          }
        />
      </Panel>
      <ScriptHistory overlayId={overlay.id} present={script} onRestore={mayBringCode ? edit : null} />
    </Stack>
  )
}
