import { CircleCheck, CircleSlash, Copy, ExternalLink, Gamepad2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import { ForeignText } from './foreign-text.tsx'
import { useCopied } from './use-copied.ts'

/*
 * The pieces of the page for players. They stand apart from the rest of the kit, because that page is loaded on phones
 * by people who come once: without the router, dialogs and tooltips that the application has anyway.
 */

export function PlayFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-2xl flex-col gap-6 pb-10 sm:px-4 sm:pt-6">
      <title>{title}</title>
      {children}
    </main>
  )
}

export function PlayMessage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col items-center justify-center gap-2 p-6 text-center">
      <title>{title}</title>
      <CircleSlash aria-hidden className="size-8 text-muted" strokeWidth={1.5} />
      <h1 className="text-xl font-semibold">{title}</h1>
      <p className="text-lg text-muted">{children}</p>
    </main>
  )
}

interface PlayHeadProps {
  picture: ReactNode
  name: string
  open: boolean
  /** In words. */
  state: string
  facts: readonly string[]
  children: ReactNode
}

export function PlayHead({ picture, name, open, state, facts, children }: PlayHeadProps) {
  const Icon = open ? CircleCheck : CircleSlash
  return (
    <header className="flex flex-col gap-4">
      <div
        aria-hidden
        className="h-44 w-full overflow-hidden sm:h-56 sm:rounded-lg [&>*]:rounded-none sm:[&>*]:rounded-lg"
      >
        {picture}
      </div>
      <div className="flex flex-col gap-4 px-4 sm:px-0">
        <h1 className="text-2xl font-semibold tracking-tight wrap-anywhere">
          <ForeignText>{name}</ForeignText>
        </h1>
        <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 text-lg">
          <li
            className={classes(
              'inline-flex items-center gap-1.5 font-medium',
              open ? 'text-good' : 'text-muted',
            )}
          >
            <Icon aria-hidden className="size-5" />
            {state}
          </li>
          {facts.map(fact => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
        {children}
      </div>
    </header>
  )
}

/** `apart`: not within the head, whose margins it would have anyway. */
export function PlayNote({ apart = false, children }: { apart?: boolean; children: ReactNode }) {
  return <p className={classes('rounded-md bg-hover px-3 py-2', apart && 'mx-4 sm:mx-0')}>{children}</p>
}

interface JoinButtonProps {
  href: string
  label: string
  about: string
  /** What is typed into the game's console instead. */
  command: string
  copy: string
  copied: string
}

/** The one big thing to press, and what to do where it doesn't work. */
export function JoinButton({ href, label, about, command, copy, copied }: JoinButtonProps) {
  const [done, write] = useCopied()
  return (
    <div className="flex flex-col gap-3">
      <a
        href={href}
        className="flex h-13 items-center justify-center gap-2 rounded-lg bg-accent px-6 text-lg font-semibold text-on-accent hover:opacity-90"
      >
        <Gamepad2 aria-hidden className="size-6" />
        {label}
      </a>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="text-muted">{about}</span>
        <code className="rounded-md bg-sunken px-2 py-1 wrap-anywhere">{command}</code>
        <button
          type="button"
          onClick={() => write(command)}
          className="inline-flex h-9 items-center gap-1.5 rounded-md border border-line px-3 font-medium hover:bg-hover"
        >
          <Copy aria-hidden className="size-4" />
          {done ? copied : copy}
        </button>
        <span role="status" className="sr-only">
          {done ? copied : ''}
        </span>
      </div>
    </div>
  )
}

interface PlayCampaignsProps {
  title: string
  about: string
  children: ReactNode
}

export function PlayCampaigns({ title, about, children }: PlayCampaignsProps) {
  return (
    <section aria-label={title} className="flex flex-col gap-3 px-4 sm:px-0">
      <div>
        <h2 className="text-xl font-semibold tracking-tight">{title}</h2>
        <p className="text-muted">{about}</p>
      </div>
      <ul className="flex flex-col gap-3">{children}</ul>
    </section>
  )
}

interface PlayCampaignProps {
  picture: ReactNode
  title: string
  about: string | null
  facts: readonly string[]
  link: { href: string; label: string; name: string } | null
  /** Where there is no link. */
  otherwise: string
}

export function PlayCampaign({ picture, title, about, facts, link, otherwise }: PlayCampaignProps) {
  return (
    <li className="flex flex-col overflow-hidden rounded-lg border border-line bg-surface sm:flex-row">
      <div aria-hidden className="h-36 shrink-0 sm:h-auto sm:w-52 [&>*]:rounded-none">
        {picture}
      </div>
      <div className="flex min-w-0 flex-1 flex-col gap-2 p-4">
        <h3 className="text-lg font-semibold wrap-anywhere">{title}</h3>
        {about && <p className="line-clamp-4 text-muted wrap-anywhere">{about}</p>}
        <p className="text-muted">{facts.join(' · ')}</p>
        {link ? (
          <a
            href={link.href}
            target="_blank"
            rel="noreferrer"
            aria-label={link.name}
            className="mt-auto inline-flex h-11 items-center justify-center gap-2 rounded-md border border-edge px-4 font-medium hover:bg-hover"
          >
            <ExternalLink aria-hidden className="size-4" />
            {link.label}
          </a>
        ) : (
          <p className="mt-auto">{otherwise}</p>
        )}
      </div>
    </li>
  )
}
