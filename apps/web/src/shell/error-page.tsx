import { Compass, RotateCw } from 'lucide-react'
import { isProblem, type ProblemError } from '../api/problem-error.ts'
import { messages } from '../messages/messages.ts'
import { Button, LinkButton } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Page } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'

export function NotFoundPage() {
  return (
    <Page title={messages.errors.notFound}>
      <Empty
        icon={Compass}
        title={messages.errors.notFound}
        actions={
          <LinkButton to="/" kind="primary">
            {messages.server.toServers}
          </LinkButton>
        }
      >
        {messages.errors.notFoundDetail}
      </Empty>
    </Page>
  )
}

/** A page that couldn't be drawn: what the API said, or that something broke here. */
export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  if (isProblem(error, 'not-found')) return <NotFoundPage />
  // A new version has other files than the one that this page was loaded from.
  const outdated =
    error instanceof TypeError && /dynamically imported module|module script/i.test(error.message)
  return (
    <Page title={isProblem(error) ? error.title : messages.errors.page} width="reading">
      <Notice
        tone={outdated ? 'attention' : 'broken'}
        urgent
        actions={
          <Button icon={RotateCw} onClick={outdated ? () => location.reload() : reset}>
            {outdated ? messages.actions.reload : messages.actions.retry}
          </Button>
        }
      >
        {outdated ? messages.errors.outdated : isProblem(error) ? error.message : messages.errors.pageDetail}
      </Notice>
    </Page>
  )
}

/** An error beside what caused it. */
export function ProblemNotice({
  error,
  onRetry,
}: {
  error: ProblemError | Error | null
  onRetry?: () => void
}) {
  if (!error) return null
  const retry = onRetry && (
    <Button small icon={RotateCw} onClick={onRetry}>
      {messages.actions.retry}
    </Button>
  )
  // Some problems have no more to say than their title.
  const title = !isProblem(error)
    ? messages.errors.page
    : error.message.startsWith(error.title)
      ? undefined
      : error.title
  return (
    <Notice tone="broken" urgent title={title} {...(retry ? { actions: retry } : {})}>
      {isProblem(error) ? error.message : messages.errors.pageDetail}
    </Notice>
  )
}
