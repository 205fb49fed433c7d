import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { language } from '../messages/messages.ts'
import '../ui/tokens.css'
import { PlayPage } from './play-page.tsx'

/** The page that players see without an account: a document of its own, without the application round it. */
document.documentElement.lang = language
const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <PlayPage serverId={/^\/play\/([1-9]\d{0,15})\/?$/.exec(location.pathname)?.[1] ?? null} />
    </StrictMode>,
  )
}
