import { expect, it } from 'vitest'
import { allowedPorts, isAllowed } from './socket-filter.ts'

/** As systemctl of systemd 257 writes it. */
const dropIn = `# This is a drop-in unit file extension, created via "systemctl set-property"
# or an equivalent operation. Do not edit.
[Service]
SocketBindAllow=udp:30015
SocketBindAllow=udp:29015
SocketBindAllow=udp:28015
SocketBindAllow=tcp:27015
SocketBindAllow=udp:27015
`

it('a server may bind its game port by UDP and TCP, and three more by UDP', () => {
  expect(allowedPorts(27015)).toEqual(['udp:27015', 'tcp:27015', 'udp:28015', 'udp:29015', 'udp:30015'])
})

it('systemd is asked again unless exactly these are allowed', () => {
  const wanted = allowedPorts(27015)
  expect(isAllowed(dropIn, wanted)).toBe(true)
  expect(isAllowed(dropIn, allowedPorts(27016))).toBe(false)
  expect(isAllowed('', wanted)).toBe(false)
  expect(isAllowed(`${dropIn}SocketBindAllow=tcp:8000\n`, wanted)).toBe(false)
  expect(isAllowed(`${dropIn}SocketBindAllow=\n`, wanted)).toBe(false)
  expect(isAllowed(dropIn.replace('SocketBindAllow=tcp:27015\n', ''), wanted)).toBe(false)
  expect(isAllowed(dropIn.replace('[Service]', '[Unit]'), wanted)).toBe(false)
  expect(isAllowed(`${dropIn}User=root\n`, wanted)).toBe(false)
})
