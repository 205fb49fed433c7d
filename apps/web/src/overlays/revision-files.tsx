import { useInfiniteQuery } from '@tanstack/react-query'
import { File, Folder } from 'lucide-react'
import { revisionFilesQuery } from '../api/content-queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { Crumbs, FileRow, FileRows } from '../ui/file-rows.tsx'
import { Row } from '../ui/layout.tsx'
import { Hint } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'

const text = messages.revisions

interface RevisionFilesProps {
  overlayId: number
  revision: number
  path: string
  onPath: (path: string) => void
}

/** The folders of a revision, one at a time. */
export function RevisionFiles({ overlayId, revision, path, onPath }: RevisionFilesProps) {
  const files = useInfiniteQuery(revisionFilesQuery(overlayId, revision, path))
  const items = files.data?.pages.flatMap(page => page.items)
  return (
    <>
      <Crumbs label={text.path} root={text.root(revision)} path={path} onPath={onPath} />
      <ProblemNotice error={files.error} onRetry={() => void files.refetch()} />
      {files.isPending && <Loading label={messages.loading} />}
      {items?.length === 0 && <Hint title={text.folderEmpty} />}
      {items && items.length > 0 && (
        <FileRows label={`${text.browse}: /${path}`}>
          {items.map(item => (
            <FileRow
              key={item.path}
              icon={item.kind === 'folder' ? Folder : File}
              name={item.name}
              {...(item.kind === 'folder' ? { onOpen: () => onPath(item.path) } : {})}
              detail={item.size === null ? null : formatBytes(item.size)}
            />
          ))}
        </FileRows>
      )}
      {files.hasNextPage && (
        <Row>
          <Button busy={files.isFetchingNextPage} onClick={() => void files.fetchNextPage()}>
            {messages.actions.more}
          </Button>
        </Row>
      )}
    </>
  )
}
