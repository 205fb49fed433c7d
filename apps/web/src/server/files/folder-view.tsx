import type { ServerFile } from '@left4me/contract'
import { useInfiniteQuery } from '@tanstack/react-query'
import { CircleHelp, File, FileX, Folder } from 'lucide-react'
import { serverFilesQuery } from '../../api/settings-queries.ts'
import { formatBytes } from '../../format/numbers.ts'
import { messages } from '../../messages/messages.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Tag } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { FileRow, FileRows } from '../../ui/file-rows.tsx'
import { Row } from '../../ui/layout.tsx'
import { Hint } from '../../ui/notice.tsx'
import { Popover } from '../../ui/popover.tsx'
import { Loading } from '../../ui/progress.tsx'
import { Facts, Text } from '../../ui/text.tsx'
import { layerName } from '../layers/conflicts-panel.tsx'

interface FolderViewProps {
  serverId: number
  layer: string
  path: string
  onFolder: (path: string) => void
  onFile: (path: string) => void
}

const text = messages.files
const icons = { file: File, folder: Folder, deleted: FileX, other: CircleHelp }

/** One folder: each entry with the layer that it comes from, and what it hides. */
export function FolderView({ serverId, layer, path, onFolder, onFile }: FolderViewProps) {
  const files = useInfiniteQuery(serverFilesQuery(serverId, layer, path))
  const entries = files.data?.pages.flatMap(page => page.items) ?? []
  return (
    <>
      <ProblemNotice error={files.error} onRetry={() => void files.refetch()} />
      {files.isPending && <Loading label={messages.loading} />}
      {files.data && entries.length === 0 && (
        <Hint title={layer === 'upper' ? text.noChanges : text.emptyFolder} />
      )}
      <FileRows label={text.title}>
        {entries.map(entry => (
          <FileRow
            key={entry.path}
            icon={icons[entry.kind]}
            name={entry.name}
            {...openOf(entry, onFolder, onFile)}
            detail={<Detail entry={entry} />}
          />
        ))}
      </FileRows>
      {files.hasNextPage && (
        <Row>
          <Button kind="quiet" busy={files.isFetchingNextPage} onClick={() => void files.fetchNextPage()}>
            {messages.actions.more}
          </Button>
        </Row>
      )}
    </>
  )
}

function openOf(
  entry: ServerFile,
  onFolder: (path: string) => void,
  onFile: (path: string) => void,
): { onOpen?: () => void } {
  if (entry.kind === 'folder') return { onOpen: () => onFolder(entry.path) }
  // What can't be edited, a plugin's database say, can still be put into an overlay or deleted.
  if (entry.kind === 'file' && (entry.editable || entry.layer?.kind === 'upper')) {
    return { onOpen: () => onFile(entry.path) }
  }
  return {}
}

function Detail({ entry }: { entry: ServerFile }) {
  const { kind, layer, hides, size } = entry
  return (
    <Row gap={3}>
      {kind === 'deleted' && <Tag title={text.deletedHint}>{text.deleted}</Tag>}
      {kind === 'other' && <Tag title={text.otherHint}>{text.other}</Tag>}
      {hides.length > 0 && (
        <Popover label={text.hidesOf(entry.name, hides.length)} trigger={text.hides(hides.length)}>
          <Facts
            items={hides.map(hidden => [
              layerName(hidden.layer),
              kind === 'folder'
                ? `${messages.picker.files(hidden.files)}, ${formatBytes(hidden.bytes)}`
                : formatBytes(hidden.bytes),
            ])}
          />
        </Popover>
      )}
      {layer && (
        <Text size="sm" tone={layer.kind === 'upper' ? 'attention' : 'neutral'}>
          {layerName(layer)}
        </Text>
      )}
      {size !== null && <Text size="sm">{formatBytes(size)}</Text>}
    </Row>
  )
}
