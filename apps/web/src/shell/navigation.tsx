import { useLocation } from '@tanstack/react-router'
import {
  Boxes,
  HardDriveDownload,
  Keyboard,
  ListChecks,
  ScrollText,
  UserRound,
  UsersRound,
} from 'lucide-react'
import { messages } from '../messages/messages.ts'
import { Button } from '../ui/button.tsx'
import { NavLink } from '../ui/frame.tsx'
import { Row } from '../ui/layout.tsx'
import { ThemeButton } from './theme-button.tsx'

export function Navigation({ admin, runningJobs }: { admin: boolean; runningJobs: number }) {
  const { navigation } = messages
  // A server's pages belong to “Servers”, whose own address is the root of everything.
  const inServers = useLocation({
    select: ({ pathname }) => pathname === '/' || pathname.startsWith('/servers'),
  })
  return (
    <>
      <NavLink
        to="/"
        icon={Boxes}
        activeOptions={{ exact: true }}
        inactiveProps={inServers ? { 'aria-current': 'page' } : {}}
      >
        {navigation.servers}
      </NavLink>
      <NavLink to="/jobs" icon={ListChecks} count={runningJobs}>
        {navigation.jobs}
      </NavLink>
      <NavLink to="/installation" icon={HardDriveDownload}>
        {navigation.installation}
      </NavLink>
      {admin && (
        <>
          <NavLink to="/people" icon={UsersRound}>
            {navigation.people}
          </NavLink>
          <NavLink to="/audit" icon={ScrollText} desk>
            {navigation.audit}
          </NavLink>
        </>
      )}
      <NavLink to="/account" icon={UserRound} phone>
        {navigation.account}
      </NavLink>
    </>
  )
}

/** What stands below the navigation on a desk. */
export function Foot({ name, onHelp }: { name: string; onHelp: () => void }) {
  return (
    <>
      <NavLink to="/account" icon={UserRound}>
        {name}
      </NavLink>
      <Row gap={1}>
        <ThemeButton />
        <Button kind="quiet" icon={Keyboard} iconOnly onClick={onHelp}>
          {messages.navigation.shortcuts}
        </Button>
      </Row>
    </>
  )
}
