import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { FilePlus } from 'lucide-react'
import { useState } from 'react'
import { serverLayersQuery } from '../../api/settings-queries.ts'
import { messages } from '../../messages/messages.ts'
import { Button } from '../../ui/button.tsx'
import { CompactSelect } from '../../ui/choices.tsx'
import { Dialog, DialogSubmit } from '../../ui/dialog.tsx'
import { Form, TextField } from '../../ui/field.tsx'
import { Crumbs } from '../../ui/file-rows.tsx'
import { Panel } from '../../ui/layout.tsx'
import { useServer } from '../server-page.tsx'
import { FileEditor } from './file-editor.tsx'
import { FolderView } from './folder-view.tsx'

const route = getRouteApi('/app/servers/$serverId/files')
const text = messages.files

/** Where does each file come from, what does it hide, and what did the server change? */
export function FilesTab() {
  const server = useServer()
  const { path = '', layer = 'merged', file } = route.useSearch()
  const navigate = route.useNavigate()
  const [naming, setNaming] = useState(false)
  const { data: layers = [] } = useQuery(serverLayersQuery(server.id))
  const go = (
    next: { path?: string; layer?: string; file?: string },
    how?: { replace?: boolean; ignoreBlocker?: boolean },
  ) => {
    const search = { path, layer, ...next }
    void navigate({
      search: {
        ...(search.path ? { path: search.path } : {}),
        ...(search.layer === 'merged' ? {} : { layer: search.layer }),
        ...(search.file ? { file: search.file } : {}),
      },
      ...how,
    })
  }
  if (file !== undefined) {
    return (
      <FileEditor
        key={file}
        server={server}
        path={file}
        onClose={deleted => go({}, { ignoreBlocker: deleted })}
      />
    )
  }
  return (
    <Panel
      title={text.title}
      about={text.about[layer === 'merged' || layer === 'upper' ? layer : 'layer']}
      flush
      actions={
        <>
          <CompactSelect
            label={text.layer}
            value={layer}
            onChange={next => go({ layer: next }, { replace: true })}
            choices={[
              { value: 'merged', label: text.merged },
              { value: 'upper', label: text.upper },
              ...layers
                .filter(({ revision }) => revision !== null)
                .map(({ overlayId, name }) => ({
                  value: String(overlayId),
                  label: name,
                  group: text.overlays,
                })),
              { value: 'installation', label: text.installation, group: text.game },
            ]}
          />
          <Button small icon={FilePlus} onClick={() => setNaming(true)}>
            {text.newFile}
          </Button>
        </>
      }
    >
      <Crumbs label={text.folder} root={text.root} path={path} onPath={next => go({ path: next })} />
      <FolderView
        serverId={server.id}
        layer={layer}
        path={path}
        onFolder={next => go({ path: next })}
        onFile={next => go({ file: next })}
      />
      {naming && (
        <NewFile
          folder={path}
          onClose={() => setNaming(false)}
          onName={next => {
            setNaming(false)
            go({ file: next })
          }}
        />
      )}
    </Panel>
  )
}

function NewFile({
  folder,
  onName,
  onClose,
}: {
  folder: string
  onName: (path: string) => void
  onClose: () => void
}) {
  const [path, setPath] = useState(folder === '' ? 'left4dead2/cfg/' : `${folder}/`)
  const whole = /[^/]$/.test(path.trim())
  return (
    <Dialog open onClose={onClose} title={text.newFile}>
      <Form onSubmit={() => whole && onName(path.trim())}>
        <TextField label={text.path} value={path} onChange={setPath} hint={text.pathHint} mono autoFocus />
        <DialogSubmit
          action={text.edit}
          disabledReason={whole ? null : messages.forms.required}
          onCancel={onClose}
        />
      </Form>
    </Dialog>
  )
}
