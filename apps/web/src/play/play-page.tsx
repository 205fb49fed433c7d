import type { PublicServer } from '@left4me/contract'
import { formatBytes } from '../format/numbers.ts'
import { findMap, mapTitle } from '../game/campaigns.ts'
import { messages } from '../messages/messages.ts'
import { Picture } from '../ui/picture.tsx'
import {
  JoinButton,
  PlayCampaign,
  PlayCampaigns,
  PlayFrame,
  PlayHead,
  PlayMessage,
  PlayNote,
} from '../ui/play-frame.tsx'
import { Poster } from '../ui/poster.tsx'
import { usePublicServer } from './use-public-server.ts'

const text = messages.play

/** What does somebody need who wants to play on this server? */
export function PlayPage({ serverId }: { serverId: string | null }) {
  const state = usePublicServer(serverId)
  switch (state.kind) {
    case 'loading':
      return <PlayFrame title={messages.product}>{null}</PlayFrame>
    case 'not-found':
      return <PlayMessage title={text.notFound}>{text.notFoundAbout}</PlayMessage>
    case 'broken':
      return <PlayMessage title={text.broken}>{text.brokenAbout}</PlayMessage>
    case 'there':
      return <Server server={state.server} stale={state.stale} />
  }
}

function Server({ server, stale }: { server: PublicServer; stale: boolean }) {
  const { name, map, players, maxPlayers, address, connectUrl, campaigns, simulated } = server
  const open = server.state === 'running'
  return (
    <PlayFrame title={name}>
      <PlayHead
        picture={<Poster map={open ? map : null} seed={name} size="wide" />}
        name={name}
        open={open}
        state={text.states[server.state] ?? text.closed}
        facts={
          open
            ? [text.players(players, maxPlayers ?? '?'), ...(map === null ? [] : [playing(map, campaigns)])]
            : []
        }
      >
        {stale && <PlayNote>{text.stale}</PlayNote>}
        {simulated && <PlayNote>{text.simulated}</PlayNote>}
        {open && (
          <JoinButton
            href={connectUrl}
            label={text.join}
            about={text.address}
            command={`connect ${address}`}
            copy={text.copy}
            copied={text.copied}
          />
        )}
      </PlayHead>
      {campaigns.length === 0 ? (
        <PlayNote apart>{text.noCampaigns}</PlayNote>
      ) : (
        <PlayCampaigns title={text.campaigns} about={text.campaignsAbout}>
          {campaigns.map(campaign => (
            <PlayCampaign
              key={campaign.id}
              picture={<Picture src={campaign.picture} map={campaign.id} size="wide" />}
              title={campaign.title}
              about={campaign.description}
              facts={[
                text.chapters(campaign.chapters),
                formatBytes(campaign.size),
                ...(campaign.author ? [text.by(campaign.author)] : []),
              ]}
              link={
                campaign.workshopUrl === null
                  ? null
                  : {
                      href: campaign.workshopUrl,
                      label: text.subscribe,
                      name: text.subscribeNamed(campaign.title),
                    }
              }
              otherwise={text.noWorkshop}
            />
          ))}
        </PlayCampaigns>
      )}
    </PlayFrame>
  )
}

/** The campaign and chapter of an official map; of another one its own name. */
function playing(map: string, campaigns: PublicServer['campaigns']): string {
  const known = findMap(map)
  if (known) {
    const { campaign, chapter } = known
    return `${text.map}: ${messages.servers.chapter(campaign.name, chapter, campaign.maps.length)}`
  }
  const [only] = campaigns
  return `${text.map}: ${campaigns.length === 1 && only ? `${only.title}, ` : ''}${mapTitle(map)}`
}
