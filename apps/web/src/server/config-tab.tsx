import { useQuery } from '@tanstack/react-query'
import { generatedConfigQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { LinkButton } from '../ui/button.tsx'
import { CodeLines } from '../ui/code-lines.tsx'
import { Panel } from '../ui/layout.tsx'
import { Hint } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { useServer } from './server-page.tsx'

const { sources, ...text } = messages.config

/** What the server will run with, and which line comes from where. */
export function ConfigTab() {
  const server = useServer()
  const config = useQuery(generatedConfigQuery(server.id))
  return (
    <Panel
      title={text.title}
      about={text.about}
      flush
      actions={
        <LinkButton to="/servers/$serverId/settings" params={{ serverId: server.id }} small>
          {text.edit}
        </LinkButton>
      }
    >
      <ProblemNotice error={config.error} onRetry={() => void config.refetch()} />
      {config.isPending && <Loading label={messages.loading} />}
      {config.data?.lines.length === 0 && <Hint title={text.empty}>{null}</Hint>}
      {config.data && config.data.lines.length > 0 && (
        <CodeLines
          label={text.title}
          lines={config.data.lines.map(line => ({
            text: line.text,
            source: sources[line.source],
            own: line.source === 'server',
          }))}
        />
      )}
    </Panel>
  )
}
