import { pathOf } from '@left4me/contract'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { feedQueries, refreshLive } from '../api/queries.ts'
import { addLogLines } from '../console/server-logs.ts'
import { askForWatched, hearJob } from '../jobs/start-job.tsx'
import { EventStream, type LiveState } from './event-stream.ts'

interface Live {
  readonly state: LiveState
  /** When the stream was last known to be whole; null: not yet. */
  readonly asOf: Date | null
  readonly retry: () => void
}

const LiveContext = createContext<Live>({ state: 'connecting', asOf: null, retry: () => {} })

/** Whether what is shown is current. */
export function useLive(): Live {
  return useContext(LiveContext)
}

/** Log lines that the stream begins with. More are asked for when somebody scrolls back. */
const firstLines = 500

/** A tab that was hidden for this long lets go of its stream, milliseconds. */
const hiddenPatience = 60_000

interface LiveConnectionProps {
  /** The server whose own stream is wanted; null: the stream of everything. */
  serverId: number | null
  /** The session is over. */
  onLoggedOut: () => void
  children: ReactNode
}

/** The one event stream of this tab. It feeds the queries and the logs; who wants to know whether it works asks `useLive`. */
export function LiveConnection({ serverId, onLoggedOut, children }: LiveConnectionProps) {
  const queries = useQueryClient()
  const [live, setLive] = useState<Live>({ state: 'connecting', asOf: null, retry: () => {} })

  useEffect(() => {
    let hiddenSince: Date | null = null
    const stream = new EventStream({
      url:
        serverId === null
          ? pathOf('events')
          : pathOf('serverEvents', { id: serverId }, { lines: firstLines }),
      open: url => new EventSource(url),
      onOpen: () => {
        refreshLive(queries)
        void askForWatched(queries)
      },
      onEvent: event => {
        if (event.name === 'log') addLogLines(event.data.serverId, [event.data])
        else feedQueries(queries, event)
        if (event.name === 'job') hearJob(event.data)
      },
      onState: state => {
        const now = hiddenSince ?? new Date()
        setLive(before => ({
          state,
          asOf: state === 'live' || before.state === 'live' ? now : before.asOf,
          retry: () => stream.retryNow(),
        }))
      },
      mayRetry: async () => {
        try {
          await (serverId === null ? call('getSession') : call('getServer', { params: { id: serverId } }))
        } catch (error) {
          if (isProblem(error, 'not-signed-in')) onLoggedOut()
          const gone = isProblem(error, 'not-found', 'not-allowed')
          // Its page stands there as it was last heard of.
          if (gone) void queries.invalidateQueries({ queryKey: ['server', serverId] })
          return !gone && !isProblem(error, 'not-signed-in')
        }
        return true
      },
    })
    stream.start()
    let asleep: ReturnType<typeof setTimeout> | undefined
    const onVisibility = () => {
      clearTimeout(asleep)
      if (document.visibilityState === 'hidden') {
        hiddenSince = new Date()
        asleep = setTimeout(() => stream.pause(), hiddenPatience)
      } else {
        // The timer doesn't run in a tab that a phone has frozen.
        if (hiddenSince && Date.now() - hiddenSince.getTime() >= hiddenPatience) stream.pause()
        hiddenSince = null
        stream.resume()
        stream.retryNow()
      }
    }
    const onOnline = () => stream.retryNow()
    document.addEventListener('visibilitychange', onVisibility)
    window.addEventListener('online', onOnline)
    return () => {
      clearTimeout(asleep)
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('online', onOnline)
      stream.stop()
    }
  }, [queries, serverId, onLoggedOut])

  return <LiveContext value={live}>{children}</LiveContext>
}
