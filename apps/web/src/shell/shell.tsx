import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Outlet, useNavigate, useParams, useRouter } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { jobsQuery } from '../api/queries.ts'
import { LeaveDialog } from '../edits/leave-dialog.tsx'
import type { KeyAction } from '../keyboard/keyboard-map.ts'
import { focusSearch, stepRow, useShortcuts } from '../keyboard/use-shortcuts.ts'
import { LiveConnection } from '../live/live-connection.tsx'
import { messages } from '../messages/messages.ts'
import { LogInAgain } from '../session/log-in-again.tsx'
import { useMe, useSimulated } from '../session/session.ts'
import { endSession } from '../session/session-end.ts'
import { Tag } from '../ui/badge.tsx'
import { Brand, Frame } from '../ui/frame.tsx'
import { ToastCorner } from '../ui/toast.tsx'
import { LiveBanner } from './live-banner.tsx'
import { Foot, Navigation } from './navigation.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { ThemeButton } from './theme-button.tsx'

/** The application round its pages: navigation, live connection, shortcuts. */
export function Shell() {
  const me = useMe()
  const simulated = useSimulated()
  const queries = useQueryClient()
  const router = useRouter()
  const navigate = useNavigate()
  const { serverId } = useParams({ strict: false })
  const [helpShown, showHelp] = useState(false)
  const running = useInfiniteQuery(jobsQuery('running')).data?.pages[0]?.items.length ?? 0

  const onLoggedOut = useCallback(() => endSession(queries, router), [queries, router])

  const act = useCallback(
    (action: KeyAction) => {
      switch (action) {
        case 'search':
          return focusSearch()
        case 'go-servers':
          return void navigate({ to: '/' })
        case 'go-jobs':
          return void navigate({ to: '/jobs' })
        case 'go-overlays':
          return void navigate({ to: '/overlays' })
        case 'go-blueprints':
          return void navigate({ to: '/blueprints' })
        case 'go-library':
          return void navigate({ to: '/library' })
        case 'go-installation':
          return void navigate({ to: '/installation' })
        case 'go-host':
          return void navigate({ to: '/host' })
        case 'go-account':
          return void navigate({ to: '/account' })
        case 'new-server':
          return void navigate({ to: '/servers/new' })
        case 'next-row':
          return stepRow(1)
        case 'previous-row':
          return stepRow(-1)
        case 'help':
          return showHelp(true)
      }
    },
    [navigate],
  )
  useShortcuts(act)

  return (
    <ToastCorner>
      <LiveConnection serverId={serverId ?? null} onLoggedOut={onLoggedOut}>
        <Frame
          skip={messages.navigation.skip}
          navigationLabel={messages.navigation.label}
          brand={
            <>
              <Brand name={messages.product} />
              {simulated && <Tag title={messages.simulatedHint}>{messages.simulated}</Tag>}
            </>
          }
          tools={<ThemeButton />}
          navigation={<Navigation admin={me.role === 'admin'} runningJobs={running} />}
          foot={<Foot name={me.username} onHelp={() => showHelp(true)} />}
          banner={<LiveBanner />}
        >
          <Outlet />
        </Frame>
        <ShortcutsDialog open={helpShown} onClose={() => showHelp(false)} />
        <LeaveDialog />
        <LogInAgain />
      </LiveConnection>
    </ToastCorner>
  )
}
