import { useQuery } from '@tanstack/react-query'
import { serversQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { ServerStateBadge } from '../server/server-look.tsx'
import { NameLink } from '../ui/fleet.tsx'
import { ForeignText } from '../ui/foreign-text.tsx'
import { Columns, Panel, Row } from '../ui/layout.tsx'
import { Line, LineList } from '../ui/list.tsx'
import { Hint } from '../ui/notice.tsx'
import { useOverlay } from './overlay-page.tsx'

const text = messages.uses

/** Which servers and blueprints have it in their stack. */
export function UsesTab() {
  const {
    usedBy: { servers, blueprints },
  } = useOverlay()
  const { data: known } = useQuery(serversQuery)
  return (
    <Columns min="lg">
      <Panel title={text.servers} flush>
        {servers.length === 0 ? (
          <Hint title={text.noServers}>{blueprints.length === 0 && text.noneAbout}</Hint>
        ) : (
          <LineList label={text.servers}>
            {servers.map(({ id, name }) => {
              // Of somebody else's server one sees no more than its name.
              const server = known?.find(other => other.id === id)
              return (
                <Line key={id}>
                  <Row spread>
                    {server ? (
                      <NameLink to="/servers/$serverId" params={{ serverId: id }}>
                        <ForeignText>{name}</ForeignText>
                      </NameLink>
                    ) : (
                      name
                    )}
                    {server && <ServerStateBadge server={server} />}
                  </Row>
                </Line>
              )
            })}
          </LineList>
        )}
      </Panel>
      <Panel title={text.blueprints} flush>
        {blueprints.length === 0 ? (
          <Hint title={text.noBlueprints} />
        ) : (
          <LineList label={text.blueprints}>
            {blueprints.map(({ id, name }) => (
              <Line key={id}>
                <ForeignText>{name}</ForeignText>
              </Line>
            ))}
          </LineList>
        )}
      </Panel>
    </Columns>
  )
}
