import type { WorkshopItem } from '@left4me/contract'
import { ChevronDown, ChevronRight, CircleAlert, ExternalLink } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { formatBytes } from '../../format/numbers.ts'
import { messages } from '../../messages/messages.ts'
import { Badge, Tag } from '../../ui/badge.tsx'
import { AnchorButton, Button } from '../../ui/button.tsx'
import { Row } from '../../ui/layout.tsx'
import { Inset, MediaItem, MediaList } from '../../ui/media.tsx'
import { Picture } from '../../ui/picture.tsx'
import { RelativeTime } from '../../ui/time.tsx'

const text = messages.workshop

/** Whether it can be added: a collection with something wrong in it can, what is wrong is left out. */
export function isUsable({ kind, problem, itemIds }: WorkshopItem): boolean {
  return problem === null || (kind === 'collection' && itemIds.length > 0)
}

export function titleOf({ title, id }: Pick<WorkshopItem, 'id' | 'title'>): string {
  return title ?? text.untitled(id)
}

interface WorkshopItemRowProps {
  item: WorkshopItem
  /** Those within collections, by their id. */
  members: ReadonlyMap<string, WorkshopItem>
  /** Beside the title. */
  note?: string
  actions?: ReactNode
}

/** An item or a collection, with what is in it behind a button. */
export function WorkshopItemRow({ item, members, note, actions }: WorkshopItemRowProps) {
  const [open, setOpen] = useState(false)
  const title = titleOf(item)
  const collection = item.kind === 'collection'
  return (
    <MediaItem
      picture={<Picture src={item.preview} map={item.id} />}
      title={
        <Row gap={2}>
          {title}
          {collection && <Tag>{text.collection}</Tag>}
          {note && <Tag>{note}</Tag>}
        </Row>
      }
      about={
        <>
          <span>{item.id}</span>
          {item.problem === null && (
            <span>{item.size === null ? text.sizeUnknown : formatBytes(item.size)}</span>
          )}
          {item.updatedAt !== null && (
            <span>
              {text.updated} <RelativeTime value={item.updatedAt} />
            </span>
          )}
        </>
      }
      actions={
        <>
          <AnchorButton
            href={item.url}
            target="_blank"
            rel="noreferrer"
            small
            kind="quiet"
            icon={ExternalLink}
            aria-label={text.open(title)}
            title={text.open(title)}
          />
          {actions}
        </>
      }
    >
      {item.problem !== null && (
        <Row>
          <Badge tone="broken" icon={CircleAlert}>
            {item.problem}
          </Badge>
        </Row>
      )}
      {collection && item.itemIds.length > 0 && (
        <>
          <Row>
            <Button
              small
              kind="quiet"
              icon={open ? ChevronDown : ChevronRight}
              expanded={open}
              label={`${text.itemsOf(item.itemIds.length)}: ${text.showNamed(title)}`}
              onClick={() => setOpen(!open)}
            >
              {text.itemsOf(item.itemIds.length)}
            </Button>
          </Row>
          {open && (
            <Inset>
              <MediaList label={text.showNamed(title)}>
                {item.itemIds.map(id => {
                  const member = members.get(id)
                  return member && <WorkshopItemRow key={id} item={member} members={members} />
                })}
              </MediaList>
            </Inset>
          )}
        </>
      )}
    </MediaItem>
  )
}
