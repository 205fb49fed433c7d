import type { Campaign } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { CircleAlert, LibraryBig, SearchX } from 'lucide-react'
import { libraryQuery } from '../api/content-queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Badge, Tag } from '../ui/badge.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { CardGrid, PictureCard } from '../ui/card.tsx'
import { Empty } from '../ui/empty.tsx'
import { NameLink } from '../ui/fleet.tsx'
import { Page, Row } from '../ui/layout.tsx'
import { Picture } from '../ui/picture.tsx'
import { Loading } from '../ui/progress.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { Text } from '../ui/text.tsx'
import { filterCampaigns, mainChapters, modeName, pictureMap } from './campaign-look.ts'

const route = getRouteApi('/app/library')
const text = messages.library

/** What can be played here? */
export function LibraryPage() {
  const { search = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const library = useQuery(libraryQuery)
  const setSearch = (next: string) => void navigate({ search: next ? { search: next } : {}, replace: true })
  const all = library.data
  const shown = all && filterCampaigns(all, search)
  return (
    <Page
      title={text.title}
      actions={
        all && all.length > 0 && <SearchField main label={text.search} value={search} onChange={setSearch} />
      }
    >
      <Text block tone="neutral">
        {text.about}
      </Text>
      <ProblemNotice error={library.error} onRetry={() => void library.refetch()} />
      {library.isPending && <Loading label={messages.loading} />}
      {all?.length === 0 && (
        <Empty
          icon={LibraryBig}
          title={text.empty}
          actions={<LinkButton to="/overlays">{messages.navigation.overlays}</LinkButton>}
        >
          {text.emptyAbout}
        </Empty>
      )}
      {all && all.length > 0 && shown?.length === 0 && (
        <Empty
          icon={SearchX}
          title={text.noMatch(search)}
          actions={<Button onClick={() => setSearch('')}>{messages.overlays.showAll}</Button>}
        >
          {null}
        </Empty>
      )}
      {shown && shown.length > 0 && (
        <CardGrid label={text.title}>
          {shown.map(campaign => (
            <CampaignCard key={`${campaign.layer?.overlayId}/${campaign.id}`} campaign={campaign} />
          ))}
        </CardGrid>
      )}
    </Page>
  )
}

function CampaignCard({ campaign }: { campaign: Campaign }) {
  const { id, title, official, modes, layer, size, missingMaps, picture } = campaign
  const overlay = layer?.overlayId ?? null
  return (
    <PictureCard
      picture={<Picture src={picture} map={pictureMap(campaign)} size="wide" />}
      title={
        <NameLink
          to="/library/$campaignId"
          params={{ campaignId: id }}
          search={overlay === null ? {} : { overlay }}
        >
          {title}
        </NameLink>
      }
    >
      <Row gap={2}>
        <Tag>{official ? text.official : text.custom}</Tag>
        <Text size="sm" tone="neutral">
          {text.chapters(mainChapters(campaign).length)}
        </Text>
        {size > 0 && (
          <Text size="sm" tone="neutral">
            {formatBytes(size)}
          </Text>
        )}
      </Row>
      {!official && layer && (
        <Text size="sm" tone="neutral" cut>
          {layer.name}
        </Text>
      )}
      <Text size="sm" tone="neutral" cut>
        {modes.map(({ mode }) => modeName(mode)).join(', ')}
      </Text>
      {missingMaps.length > 0 && (
        <Row>
          <Badge tone="attention" icon={CircleAlert}>
            {text.missingTitle(missingMaps.length)}
          </Badge>
        </Row>
      )}
    </PictureCard>
  )
}
