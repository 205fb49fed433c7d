import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { DeployBed } from '../support/deploy-bed.ts'
import { applied, domain, openWebFrontBed, webFrontNode } from '../support/web-front/web-front-bed.ts'

const site = `/etc/nginx/sites-enabled/${domain}.conf`
const curl = 'curl --silent --insecure --no-buffer'

describeWith(['root'], 'what goes through nginx in both directions', () => {
  let bed: DeployBed

  const ask = async (path: string): Promise<string> =>
    await bed.container.succeed(`${curl} --max-time 20 https://${domain}${path}`)
  /** Lets so much other traffic go the same way that what nginx would pass on has long arrived. */
  const otherTraffic = async (): Promise<void> => {
    for (let count = 0; count < 30; count++) await ask('/health')
  }
  /** Writes some of the site's settings otherwise, and waits until new connections have them. */
  const change = async (settings: Readonly<Record<string, string>>): Promise<void> => {
    const workers = 'pgrep -f "nginx: worker process$" | sort | xargs'
    const before = await bed.container.succeed(workers)
    for (const [from, to] of Object.entries(settings))
      await bed.container.succeed(`grep -q '${from}' ${site}; sed -i 's/${from}/${to}/' ${site}`)
    await bed.container.succeed('systemctl reload nginx')
    // One that goes is called otherwise, and takes no new connection.
    await waitFor('the new workers', async () => {
      const now = (await bed.container.run(workers)).stdout.trim().split(' ')
      return now[0] !== '' && now.every(pid => !before.split(' ').includes(pid))
    })
  }
  const restore = (): Promise<unknown> => applied(bed, webFrontNode())
  /** Streams into /tmp/NAME until it is ended. */
  const listen = (name: string): Promise<string> =>
    bed.container.succeed(`: >/tmp/${name}; chmod 666 /tmp/${name}
      systemd-run --quiet --unit=${name} sh -c 'exec ${curl} --compressed https://${domain}/events >/tmp/${name}'`)
  const read = (name: string): Promise<string> => bed.container.succeed(`cat /tmp/${name}`)

  beforeAll(async () => {
    bed = await openWebFrontBed()
    await applied(bed, webFrontNode())
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })

  test('passes an event on when it happens, not when there are many', async () => {
    await listen('events')
    await waitFor('the first event', async () => (await read('events')).trim() === 'data: first')
    expect(await ask('/event')).toBe('1')
    await waitFor('the next event', async () => (await read('events')).trim().endsWith('data: next'))
    await bed.container.succeed('systemctl stop events')
  })

  test('that is compressed and buffered would be held back', async () => {
    await change({
      'gzip off': 'gzip on; gzip_types text\\/event-stream',
      'proxy_buffering off': 'proxy_buffering on',
    })
    await listen('held')
    await waitFor('the listener', async () => (await ask('/event')) === '1')
    await otherTraffic()
    expect(await read('held')).toBe('')
    await bed.container.succeed('systemctl stop held')
    await restore()
  })

  /** Sends a mebibyte, then nothing before it is told to. */
  const upload = (name: string): Promise<string> =>
    bed.container.succeed(`mkfifo /tmp/${name}
      systemd-run --quiet --unit=${name} sh -c \\
        '{ head -c 1048576 /dev/zero; cat /tmp/${name}; } | ${curl} -T . https://${domain}/upload >/tmp/${name}.answer'`)
  const finish = async (name: string): Promise<string> => {
    await bed.container.succeed(`head -c 1048576 /dev/zero >/tmp/${name}`)
    return await waitFor(
      'the answer',
      async () => (await bed.container.succeed(`cat /tmp/${name}.answer`)) || null,
    )
  }

  test('passes an upload on while it comes, without keeping it', async () => {
    await upload('upload')
    await waitFor('the first half', async () => (await ask('/uploading')) === '1048576')
    expect(await bed.container.succeed('ls -A /var/lib/nginx/body')).toBe('')
    expect(await finish('upload')).toBe('2097152')
  })

  test('without that setting the application would not see it before its end', async () => {
    expect(await bed.container.succeed(`printf x | ${curl} -T - https://${domain}/upload`)).toBe('1')
    await change({ 'proxy_request_buffering off': 'proxy_request_buffering on' })
    await upload('kept')
    await otherTraffic()
    expect(await ask('/uploading')).toBe('1')
    expect(await finish('kept')).toBe('2097152')
    await restore()
  })

  test('refuses a body beyond the limit', async () => {
    const send = (mebibytes: number) =>
      bed.container.succeed(
        `head -c ${mebibytes * 1024 * 1024} /dev/zero | ${curl} -o /dev/null -w '%{http_code}' --data-binary @- https://${domain}/upload`,
      )
    expect(await send(20)).toBe('200')
    expect(await send(21)).toBe('413')
  })
})
