import type { Campaign } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, ExternalLink } from 'lucide-react'
import { libraryQuery } from '../api/content-queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { NotFoundPage, ProblemNotice } from '../shell/error-page.tsx'
import { Badge } from '../ui/badge.tsx'
import { AnchorButton } from '../ui/button.tsx'
import { Banner } from '../ui/card.tsx'
import { MainAndAside, Page, Panel } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Picture } from '../ui/picture.tsx'
import { Loading } from '../ui/progress.tsx'
import { Table } from '../ui/table.tsx'
import { Anchor, Facts, Link, Text } from '../ui/text.tsx'
import { modeName, pictureMap } from './campaign-look.ts'

const route = getRouteApi('/app/library/$campaignId')
const text = messages.library

export function CampaignPage() {
  const { campaignId } = route.useParams()
  const { overlay } = route.useSearch()
  const library = useQuery(libraryQuery)
  const named = library.data?.filter(({ id }) => id === campaignId)
  const campaign =
    overlay === undefined ? named?.[0] : named?.find(({ layer }) => layer?.overlayId === overlay)
  if (library.data && !campaign) return <NotFoundPage />
  if (!campaign) {
    return (
      <Page title={text.title}>
        <ProblemNotice error={library.error} onRetry={() => void library.refetch()} />
        {library.isPending && <Loading label={messages.loading} />}
      </Page>
    )
  }
  return <LoadedCampaign campaign={campaign} />
}

function LoadedCampaign({ campaign }: { campaign: Campaign }) {
  const { title, description, modes, missingMaps, picture, workshopUrl } = campaign
  return (
    <Page
      title={title}
      above={
        <Link to="/library" plain>
          ← {text.toLibrary}
        </Link>
      }
      actions={
        workshopUrl !== null && (
          <AnchorButton href={workshopUrl} target="_blank" rel="noreferrer" icon={ExternalLink}>
            {text.workshopLink}
          </AnchorButton>
        )
      }
    >
      <MainAndAside
        main={
          <>
            <Banner>
              <Picture src={picture} map={pictureMap(campaign)} size="wide" />
            </Banner>
            {description && <Text block>{description}</Text>}
            {missingMaps.length > 0 && (
              <Notice tone="attention" title={text.missingTitle(missingMaps.length)}>
                {text.missingAbout} {missingMaps.join(', ')}
              </Notice>
            )}
            {modes.map(({ mode, chapters }) => (
              <Panel key={mode} title={modeName(mode)} about={text.chapters(chapters.length)} flush>
                <Table
                  label={modeName(mode)}
                  items={chapters}
                  keyOf={({ number, map }) => `${number}/${map}`}
                  columns={[
                    { key: 'number', title: '#', cell: ({ number }) => number },
                    {
                      key: 'chapter',
                      title: text.chapter,
                      cell: chapter => chapter.title ?? <Text tone="neutral">–</Text>,
                    },
                    { key: 'map', title: text.map, cell: ({ map }) => <Text mono>{map}</Text> },
                    {
                      key: 'present',
                      title: text.there,
                      numeric: true,
                      cell: ({ present }) => (
                        <Badge
                          tone={present ? 'good' : 'attention'}
                          icon={present ? CircleCheck : CircleAlert}
                        >
                          {present ? text.present : text.missing}
                        </Badge>
                      ),
                    },
                  ]}
                />
              </Panel>
            ))}
          </>
        }
        aside={<AboutCampaign campaign={campaign} />}
      />
    </Page>
  )
}

function AboutCampaign({ campaign }: { campaign: Campaign }) {
  const { id, size, layer, author, version, website, workshopUrl } = campaign
  return (
    <Panel title={text.facts}>
      <Facts
        items={[
          [
            text.from,
            layer?.overlayId == null ? (
              text.withGame
            ) : (
              <Link key="layer" to="/overlays/$overlayId" params={{ overlayId: layer.overlayId }}>
                {layer.name}
              </Link>
            ),
          ],
          ...(size > 0 ? [[text.size, formatBytes(size)] as const] : []),
          ...(author ? [[text.author, author] as const] : []),
          ...(version ? [[text.version, version] as const] : []),
          ...(website ? [[text.website, <Website key="website" address={website} />] as const] : []),
          [
            text.id,
            <Text key="id" mono>
              {id}
            </Text>,
          ],
        ]}
      />
      {workshopUrl !== null && (
        <Text size="sm" tone="neutral">
          {text.subscribeHint}
        </Text>
      )}
    </Panel>
  )
}

/** What a campaign says its website is: a link only where it is one. */
function Website({ address }: { address: string }) {
  return /^https?:\/\//.test(address) ? (
    <Anchor href={address} target="_blank" rel="noreferrer">
      {address}
    </Anchor>
  ) : (
    <Text>{address}</Text>
  )
}
