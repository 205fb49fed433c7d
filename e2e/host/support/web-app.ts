import { ApiClient } from '../../support/api-client.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { GameBed } from './game-bed.ts'

const port = 8000
const admin = { username: 'rochelle', password: 'grenade launcher 1998' }

/** left4me-web.service on a bed, reached over HTTP as by its users. */
export class WebApp implements AsyncDisposable {
  readonly url: string
  readonly api: ApiClient
  readonly #bed: GameBed
  readonly #forwarding: AsyncDisposable

  private constructor(bed: GameBed, url: string, forwarding: AsyncDisposable) {
    this.#bed = bed
    this.url = url
    this.api = new ApiClient(url)
    this.#forwarding = forwarding
  }

  /** Starts the unit and makes an admin, who is logged in as `api`. */
  static async start(bed: GameBed): Promise<WebApp> {
    const forwarding = await bed.network.forward(port)
    const web = new WebApp(bed, `http://127.0.0.1:${forwarding.port}`, forwarding)
    await web.systemctl('start')
    await web.answers()
    await bed.container.succeed(
      `LEFT4ME_ADMIN_PASSWORD='${admin.password}' left4me create-user ${admin.username} --admin`,
    )
    await web.api.logIn(admin.username, admin.password)
    return web
  }

  /** The same after the bed was rebooted, or the web application stopped. */
  static async again(bed: GameBed): Promise<WebApp> {
    const forwarding = await bed.network.forward(port)
    const web = new WebApp(bed, `http://127.0.0.1:${forwarding.port}`, forwarding)
    await web.systemctl('start')
    await web.answers()
    await web.api.logIn(admin.username, admin.password)
    return web
  }

  /** Another person who is logged in as the same admin. */
  async anotherSession(): Promise<ApiClient> {
    const api = new ApiClient(this.url)
    await api.logIn(admin.username, admin.password)
    return api
  }

  async systemctl(verb: 'start' | 'stop' | 'restart' | 'kill --kill-whom=main --signal=KILL'): Promise<void> {
    await this.#bed.container.succeed(`systemctl ${verb} left4me-web.service`)
  }

  /** Resolves when it answers HTTP requests. */
  async answers(): Promise<void> {
    await waitFor('the web application answers', () =>
      fetch(`${this.url}/health`).then(
        () => true,
        () => false,
      ),
    )
  }

  /** 0 while it isn't running. */
  async pid(): Promise<number> {
    return Number(
      await this.#bed.container.succeed('systemctl show --property=MainPID --value left4me-web.service'),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#forwarding[Symbol.asyncDispose]()
  }
}
