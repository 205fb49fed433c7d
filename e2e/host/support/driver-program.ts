import { createInterface } from 'node:readline'
import type { InstanceSpecification } from '../../../packages/host/src/host.ts'
import { createSystemdHost } from '../../../packages/host/src/systemd/systemd-host.ts'

/**
 * The systemd driver as a program: calls come as lines `{id, method, arguments}` on stdin; `{id, result}` or `{id, error}`
 * and every status that is told, `{status}`, go out as lines. Also `cpu`: microseconds that this process has used.
 */
const host = createSystemdHost({ steamcmd: null })
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`)

const methods: { readonly [name: string]: (...values: never[]) => Promise<unknown> } = {
  start: (specification: InstanceSpecification) => host.start(specification),
  stop: (instanceId: number) => host.stop(instanceId),
  status: (instanceId: number) => host.status(instanceId),
  list: () => host.list(),
  machine: () => host.machine(),
  cpu: async () => process.cpuUsage().user + process.cpuUsage().system,
}

host.subscribe(status => say({ status }))
await host.open()
say({ id: 0, result: 'open' })
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, arguments: values } = JSON.parse(line)
  methods[method]?.(...(values as never[])).then(
    result => say({ id, result }),
    error => say({ id, error: { code: error.code, message: error.message } }),
  )
}
await host.close()
