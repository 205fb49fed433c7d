import { useState } from 'react'
import { messages } from '../../messages/messages.ts'
import { Dialog, DialogSubmit } from '../../ui/dialog.tsx'
import { Form, TextField } from '../../ui/field.tsx'
import { suggestPlace } from './file-places.ts'

const text = messages.upload

interface PlacesDialogProps {
  files: readonly File[]
  onClose: () => void
  onSend: (files: { file: File; path: string }[]) => void
}

/** Asks where single files go; what they are doesn't say it. */
export function PlacesDialog({ files, onClose, onSend }: PlacesDialogProps) {
  const [paths, setPaths] = useState(() => files.map(({ name }) => suggestPlace(name)))
  return (
    <Dialog open onClose={onClose} title={text.whereTitle} about={text.whereAbout} width="wide">
      <Form
        onSubmit={() => {
          if (paths.every(path => path.trim() !== ''))
            onSend(files.map((file, index) => ({ file, path: (paths[index] ?? '').trim() })))
        }}
      >
        {files.map((file, index) => (
          <TextField
            key={file.name}
            label={text.where(file.name)}
            value={paths[index] ?? ''}
            onChange={path => setPaths(paths.with(index, path))}
            mono
            error={paths[index]?.trim() === '' ? messages.forms.required : undefined}
          />
        ))}
        <DialogSubmit action={text.send} onCancel={onClose} />
      </Form>
    </Dialog>
  )
}
