import { afterEach, expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { useGameBed } from '../support/game-bed.ts'

describeWith(['root'], 'the layers of a server', () => {
  const bed = useGameBed()

  afterEach(async () => {
    await bed().container.succeed(`systemctl stop 'left4me-server@*' 'left4me-overlay@*'
      systemctl reset-failed 'left4me-*' 2>/dev/null || true`)
  })

  /** Revisions whose paths are as long as they get, uppermost first; each holds a file of its own and `top.txt`. */
  async function makeLayers(count: number): Promise<string[]> {
    const paths = Array.from({ length: count }, (_, index) => {
      const id = String(900_000_000_000_000 + index)
      return `overlays/${id}/revisions/${id}`
    })
    const script = `import os, sys
os.chdir("/var/lib/left4me")
for number, path in enumerate(sys.stdin.read().split()):
    os.makedirs(path + "/left4dead2/cfg", exist_ok=True)
    for name in ["top.txt", f"left4dead2/cfg/layer-{number}.cfg", f"left4dead2/cfg/pair-{number // 2}.cfg"]:
        with open(f"{path}/{name}", "w") as file:
            print(number, file=file)
`
    await bed().container.write('/run/make-layers.py', script)
    await bed().container.succeed('python3 /run/make-layers.py', { user: 'left4me', input: paths.join('\n') })
    return paths
  }

  it.each([1, 5, 100, 500])('are merged right when they are %d, the installation included', async count => {
    const paths = await makeLayers(count - 1)
    const server = await bed().server(1, { lowerdirs: [...paths, 'installation'] })
    await server.power('start')
    await bed().network.joinable(server.port)
    const numbers = paths.map((_, index) => index)
    const even = numbers.filter(number => number % 2 === 0)
    const files = [
      ...numbers.map(number => `left4dead2/cfg/layer-${number}.cfg`),
      ...even.map(number => `left4dead2/cfg/pair-${number / 2}.cfg`),
      ...numbers.slice(0, 1).map(() => 'top.txt'),
    ]
    const seen = await bed().container.succeed(
      `cd ${server.runtime}/merged; test -x srcds_run; xargs --no-run-if-empty cat`,
      { input: files.join('\n') },
    )
    expect(seen.split('\n').filter(Boolean).map(Number)).toEqual([
      ...numbers,
      ...even,
      ...numbers.slice(0, 1),
    ])
  })

  it('are refused beyond the 500 that the kernel stacks, before anything is mounted', async () => {
    const paths = await makeLayers(499)
    const server = await bed().server(1, { lowerdirs: [...paths, 'installation'] })
    await bed().container.succeed(
      "sed -i 's|^L4D2_LOWERDIRS=|&overlays/1/revisions/1:|' /var/lib/left4me/instances/1/instance.env",
    )
    const { code, stderr } = await server.ask('start')
    expect([code, stderr]).toEqual([1, expect.stringContaining('more than 500 layers')])
    expect(await server.mountId()).toBeNull()
  })

  it('stay as they were while the server changes, deletes and makes files, which it keeps through a restart', async () => {
    const [path = ''] = await makeLayers(1)
    const server = await bed().server(1, { lowerdirs: [path, 'installation'] })
    await server.power('start')
    await bed().container.succeed(
      `cd ${server.runtime}/merged
      echo changed >top.txt; rm left4dead2/cfg/layer-0.cfg; echo new >left4dead2/cfg/new.cfg
      rm -r left4dead2/maps; mkdir left4dead2/maps; echo only >left4dead2/maps/only.bsp`,
      { user: 'left4me' },
    )
    await server.power('restart')
    await server.power('stop')
    await server.power('start')
    expect(
      await bed().container.succeed(
        `cd ${server.runtime}/merged
        cat top.txt left4dead2/cfg/new.cfg; ls left4dead2/maps; test ! -e left4dead2/cfg/layer-0.cfg
        cd /var/lib/left4me
        cat ${path}/top.txt ${path}/left4dead2/cfg/layer-0.cfg; test -e installation/left4dead2/maps/c1m1_hotel.bsp`,
      ),
    ).toBe('changed\nnew\nonly.bsp\n0\n0')
  })

  it('that are in use when the server stops name who uses them, and come apart once that has ended', async () => {
    const server = await bed().server(1)
    await server.power('start')
    await bed().container.succeed(
      `cd ${server.runtime}/merged; setsid sleep 1234 >/dev/null 2>&1 </dev/null & echo $!`,
    )
    const holder = await bed().container.succeed('until pgrep --full "^sleep 1234$"; do sleep 0.05; done')
    const { code, stderr } = await server.ask('stop')
    expect(code).toBe(1)
    expect(stderr).toContain(`${server.runtime}/merged is in use by process ${holder} (sleep 1234).`)
    expect(await server.engine()).toBeNull()
    expect(await server.mountId()).not.toBeNull()

    await bed().container.succeed(`kill ${holder}; while [ -e /proc/${holder} ]; do sleep 0.05; done`)
    await server.power('start')
    await bed().network.joinable(server.port)
    await server.power('stop')
    expect(await server.mountId()).toBeNull()
  })
})
