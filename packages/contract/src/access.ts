/**
 * Who may call a route. There are four kinds of callers; each route names one access level, and a test runs every
 * route as each caller against this table.
 */
export const callers = ['anonymous', 'otherUser', 'owner', 'admin'] as const
export type Caller = (typeof callers)[number]

export const accessLevels = ['anyone', 'signed-in', 'owner', 'reader', 'admin', 'admin-token'] as const
export type Access = (typeof accessLevels)[number]

/**
 * What each caller gets: `allow`, or the problem that it is answered with. Somebody else's server, blueprint, overlay
 * or job is *not found* rather than forbidden, so that ids tell nothing.
 * `reader` is `owner`, and everybody else too once the thing is shared.
 * `admin-token` is for machines: an admin's API token in the Authorization header; a cookie doesn't count.
 */
export const rights: Record<
  Access,
  Record<Caller, 'allow' | 'not-signed-in' | 'not-allowed' | 'not-found'>
> = {
  anyone: { anonymous: 'allow', otherUser: 'allow', owner: 'allow', admin: 'allow' },
  'signed-in': { anonymous: 'not-signed-in', otherUser: 'allow', owner: 'allow', admin: 'allow' },
  owner: { anonymous: 'not-signed-in', otherUser: 'not-found', owner: 'allow', admin: 'allow' },
  reader: {
    anonymous: 'not-signed-in',
    otherUser: 'not-found',
    owner: 'allow',
    admin: 'allow',
  },
  admin: { anonymous: 'not-signed-in', otherUser: 'not-allowed', owner: 'not-allowed', admin: 'allow' },
  'admin-token': {
    anonymous: 'not-signed-in',
    otherUser: 'not-allowed',
    owner: 'not-allowed',
    admin: 'allow',
  },
}
