import { useLocation } from '@tanstack/react-router'
import {
  Boxes,
  ClipboardList,
  Cpu,
  Ellipsis,
  HardDrive,
  HardDriveDownload,
  Keyboard,
  Layers,
  LibraryBig,
  ListChecks,
  ScrollText,
  UserRound,
  UsersRound,
} from 'lucide-react'
import { useState } from 'react'
import { messages } from '../messages/messages.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { NavButton, NavLink, NavSheet } from '../ui/frame.tsx'
import { Row } from '../ui/layout.tsx'
import { ThemeButton } from './theme-button.tsx'

export function Navigation({ admin, runningJobs }: { admin: boolean; runningJobs: number }) {
  const { navigation } = messages
  const [more, showMore] = useState(false)
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
      <NavLink to="/overlays" icon={Layers}>
        {navigation.overlays}
      </NavLink>
      <NavLink to="/blueprints" icon={ClipboardList} desk>
        {navigation.blueprints}
      </NavLink>
      <NavLink to="/library" icon={LibraryBig}>
        {navigation.library}
      </NavLink>
      <NavLink to="/jobs" icon={ListChecks} count={runningJobs}>
        {navigation.jobs}
      </NavLink>
      <Rest admin={admin} />
      <NavButton icon={Ellipsis} onClick={() => showMore(true)}>
        {navigation.more}
      </NavButton>
      <Dialog open={more} onClose={() => showMore(false)} title={navigation.more}>
        <NavSheet label={navigation.more}>
          <Rest admin={admin} onChoose={() => showMore(false)} />
          <NavLink to="/account" icon={UserRound} sheet onClick={() => showMore(false)}>
            {navigation.account}
          </NavLink>
        </NavSheet>
      </Dialog>
    </>
  )
}

/** What a phone has behind “More”, and a desk below the first ones. */
function Rest({ admin, onChoose }: { admin: boolean; onChoose?: () => void }) {
  const { navigation } = messages
  const place = onChoose ? { sheet: true, onClick: onChoose } : { desk: true }
  return (
    <>
      {onChoose && (
        <NavLink to="/blueprints" icon={ClipboardList} {...place}>
          {navigation.blueprints}
        </NavLink>
      )}
      <NavLink to="/installation" icon={HardDriveDownload} {...place}>
        {navigation.installation}
      </NavLink>
      <NavLink to="/host" icon={Cpu} activeOptions={{ exact: true }} {...place}>
        {navigation.host}
      </NavLink>
      {admin && (
        <>
          <NavLink to="/host/disk" icon={HardDrive} {...place}>
            {navigation.disk}
          </NavLink>
          <NavLink to="/people" icon={UsersRound} {...place}>
            {navigation.people}
          </NavLink>
          <NavLink to="/audit" icon={ScrollText} {...place}>
            {navigation.audit}
          </NavLink>
        </>
      )}
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
