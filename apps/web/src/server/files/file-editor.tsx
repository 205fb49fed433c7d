import { limits, type Server } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, Layers, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { call } from '../../api/call.ts'
import { writeServerFile } from '../../api/server-file.ts'
import { refreshServerContent, serverFileQuery } from '../../api/settings-queries.ts'
import { useUnsaved } from '../../edits/use-unsaved.ts'
import { messages } from '../../messages/messages.ts'
import { ConfigEditor } from '../../settings/config-editor.tsx'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Button } from '../../ui/button.tsx'
import { CodeEditor } from '../../ui/code-editor.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Panel, Row, Stack } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Loading } from '../../ui/progress.tsx'
import { Text } from '../../ui/text.tsx'
import { isUp } from '../server-look.tsx'
import { PromoteDialog } from './promote-dialog.tsx'

const text = messages.files

/** One file of the server as text. Saving puts it into the writable layer, whatever layer it came from. */
export function FileEditor({
  server,
  path,
  onClose,
}: {
  server: Server
  path: string
  onClose: (deleted: boolean) => void
}) {
  const file = useQuery({ ...serverFileQuery(server.id, path), retry: false })
  const fresh = file.data?.there === false
  return (
    <Panel
      title={path}
      about={fresh ? text.fresh : text.saveAbout}
      actions={
        <Button small kind="quiet" icon={ArrowLeft} onClick={() => onClose(false)}>
          {text.back}
        </Button>
      }
    >
      <ProblemNotice error={file.error} onRetry={() => void file.refetch()} />
      {file.isPending && <Loading label={messages.loading} />}
      {file.data?.text === null && <Notice tone="neutral">{text.binary}</Notice>}
      {file.data && (
        <Edit
          server={server}
          path={path}
          content={file.data.text}
          fresh={fresh}
          onDeleted={() => onClose(true)}
        />
      )}
    </Panel>
  )
}

function Edit({
  server,
  path,
  content,
  fresh,
  onDeleted,
}: {
  server: Server
  path: string
  /** null: not a text. */
  content: string | null
  fresh: boolean
  onDeleted: () => void
}) {
  const queries = useQueryClient()
  const [typed, setTyped] = useState(content ?? '')
  const [saved, setSaved] = useState(fresh ? null : content)
  const [asked, ask] = useState<'delete' | 'promote' | null>(null)
  const save = useMutation({
    mutationFn: (sent: string) => writeServerFile(server.id, path, sent),
    onSuccess: async (_, sent) => {
      setSaved(sent)
      queries.setQueryData(serverFileQuery(server.id, path).queryKey, { there: true, text: sent })
      await refreshServerContent(queries, server.id)
    },
  })
  const remove = useMutation({
    mutationFn: () => call('deleteServerFile', { params: { id: server.id }, query: { path } }),
    onSuccess: async () => {
      onDeleted()
      queries.removeQueries({ queryKey: serverFileQuery(server.id, path).queryKey })
      await refreshServerContent(queries, server.id)
    },
  })
  const bytes = new Blob([typed]).size
  const changed = typed !== saved
  useUnsaved(typed !== (saved ?? ''))
  const trouble = bytes > limits.editedFile ? text.tooLarge(limits.editedFile / 1024) : null
  const trySave = () => {
    if (changed && trouble === null && !save.isPending) save.mutate(typed)
  }
  const editing = { label: path, value: typed, onChange: setTyped, onSave: trySave }
  return (
    <Stack>
      {content !== null &&
        (path.endsWith('.cfg') ? (
          <ConfigEditor {...editing} />
        ) : (
          <CodeEditor {...editing} language={path.endsWith('.sh') ? 'bash' : 'plain'} />
        ))}
      <ProblemNotice error={save.error} />
      <Row>
        {content !== null && (
          <Button
            kind="primary"
            busy={save.isPending}
            disabledReason={trouble ?? (changed ? null : messages.forms.nothingChanged)}
            onClick={trySave}
          >
            {text.save}
          </Button>
        )}
        <Button icon={Layers} disabledReason={changed ? text.saveFirst : null} onClick={() => ask('promote')}>
          {text.promote}
        </Button>
        <Button
          kind="danger"
          icon={Trash2}
          disabledReason={fresh && saved === null ? text.notThere : null}
          onClick={() => ask('delete')}
        >
          {text.delete}
        </Button>
        <span role="status">
          {save.isSuccess && !changed && (
            <Text tone="good">{isUp(server) ? text.savedRunning : text.saved}</Text>
          )}
        </span>
      </Row>
      <ConfirmDialog
        open={asked === 'delete'}
        onClose={() => ask(null)}
        title={text.deleteTitle(path)}
        action={text.delete}
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        error={<ProblemNotice error={remove.error} />}
      >
        <p>{isUp(server) ? text.deleteRunning : text.deleteStopped}</p>
      </ConfirmDialog>
      {asked === 'promote' && <PromoteDialog serverId={server.id} path={path} onClose={() => ask(null)} />}
    </Stack>
  )
}
