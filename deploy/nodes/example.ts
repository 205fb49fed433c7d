import { defineHost } from '../src/index.ts'

/** A host: copy this file to nodes/NAME.ts and deploy it by `npx left4me-deploy apply NAME`. */
export default defineHost({
  metadata: { left4me: { domain: 'l4d2.example.org' } },
  // What `test` takes for the machine's answers; everything else asks the machine itself. Not needed to deploy.
  facts: {
    host: {
      topology: [0, 1, 2, 3]
        .map(core => `/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list:${core}\n`)
        .join(''),
      memory: 15_920,
      interface: { name: 'eth0', addresses: ['192.0.2.10', '2001:db8::10'] },
      network_files: { eth0: '/etc/systemd/network/eth0.network' },
      ssh_ports: [22],
      container: null,
    },
  },
})
