import { join } from 'node:path'
import { profileArguments } from '../processes/profile.ts'
import { Program } from '../processes/program.ts'

const repository = join(import.meta.dirname, '../..')
const portCount = 100

export interface WebProcessSettings {
  /** The data directory, absolute. */
  readonly root: string
  /** First of a hundred game ports. */
  readonly firstPort: number
  readonly profileFolder: string | null
}

/** The web application as `npm start` runs it once everything is installed, without npm around it. */
export interface WebProcess extends AsyncDisposable {
  readonly pid: number
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string
  /** Resolves with the one-time link, which is printed as long as there is no admin. */
  setUpLink(): Promise<string>
  /** Servers go on running. */
  stop(): Promise<void>
}

/** Resolves when it listens. */
export async function startWebProcess({
  root,
  firstPort,
  profileFolder,
}: WebProcessSettings): Promise<WebProcess> {
  const program = Program.start({
    file: process.execPath,
    arguments: [...profileArguments(profileFolder), join(repository, 'apps/server/src/main.ts')],
    folder: repository,
    environment: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      LANG: 'C.UTF-8',
      LEFT4ME_ROOT: root,
      LEFT4ME_LISTEN: '127.0.0.1:0',
      LEFT4ME_SIMULATOR: '1',
      LEFT4ME_PORT_RANGE_START: String(firstPort),
      LEFT4ME_PORT_RANGE_END: String(firstPort + portCount - 1),
    },
  })
  try {
    const [, url = ''] = await program.printed(/listening on (http:\/\/127\.0\.0\.1:\d+)\n/, 60_000)
    return {
      pid: program.pid,
      url,
      setUpLink: async () => (await program.printed(/^set up: (\S+)$/m))[1] ?? '',
      stop: () => program.stop(),
      [Symbol.asyncDispose]: () => program.stop(),
    }
  } catch (error) {
    await program.stop()
    throw error
  }
}
