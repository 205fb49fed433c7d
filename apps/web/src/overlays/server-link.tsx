import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { serversQuery } from '../api/queries.ts'
import { Link, Text } from '../ui/text.tsx'

interface ServerLinkProps {
  id: number
  plain?: boolean
  children: ReactNode
}

/** Leads to a server that uses an overlay; of somebody else's, which one may not see, only the words. */
export function ServerLink({ id, plain = false, children }: ServerLinkProps) {
  const { data: servers } = useQuery(serversQuery)
  if (!servers?.some(server => server.id === id)) return <Text>{children}</Text>
  return (
    <Link to="/servers/$serverId" params={{ serverId: id }} plain={plain}>
      {children}
    </Link>
  )
}
