import { RotateCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { formatClock } from '../format/time.ts'
import { useLive } from '../live/live-connection.tsx'
import { messages } from '../messages/messages.ts'
import { Button } from '../ui/button.tsx'
import { TopBanner } from '../ui/frame.tsx'

/** An interruption shorter than this is nobody's business, milliseconds. */
const patience = 1500

/** Says when what is shown isn't current any more. Quiet: the servers themselves are most likely well. */
export function LiveBanner() {
  const { state, asOf, retry } = useLive()
  const whole = state === 'live' || state === 'paused' || state === 'refused'
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (whole) return setLate(false)
    const timer = setTimeout(() => setLate(true), patience)
    return () => clearTimeout(timer)
  }, [whole])
  if (whole || !late) return null
  return (
    <TopBanner
      actions={
        <Button small kind="quiet" icon={RotateCw} onClick={retry}>
          {messages.actions.retry}
        </Button>
      }
    >
      {asOf ? messages.live.broken(formatClock(asOf)) : messages.live.neverConnected}
    </TopBanner>
  )
}
