import { afterAll, beforeAll } from 'vitest'
import { type Container, openContainer } from './container.ts'
import { GameServer } from './game-server.ts'
import { BedNetwork } from './network/bed-network.ts'
import { installSimulatedGame } from './simulated-game.ts'

/** A container with the simulated game installed, for the tests of one `describe`. */
export interface GameBed {
  readonly container: Container
  readonly network: BedNetwork
  /** A server that is ready to be started: name and port follow from its number. */
  server(number: number, configuration?: Parameters<GameServer['configure']>[0]): Promise<GameServer>
  reboot(): Promise<void>
}

/** Registers what opens and closes it; use the returned function within tests and hooks. */
export function useGameBed(): () => GameBed {
  let bed: OpenGameBed | null = null
  beforeAll(async () => {
    bed = await OpenGameBed.open()
  })
  afterAll(async () => {
    await bed?.close()
  })
  return () => {
    if (bed === null) throw new Error('the bed is not open yet')
    return bed
  }
}

class OpenGameBed implements GameBed {
  readonly container: Container
  network: BedNetwork

  private constructor(container: Container, network: BedNetwork) {
    this.container = container
    this.network = network
  }

  static async open(): Promise<OpenGameBed> {
    const container = await openContainer()
    try {
      await installSimulatedGame(container)
      return new OpenGameBed(container, await BedNetwork.open(container))
    } catch (error) {
      await container[Symbol.asyncDispose]()
      throw error
    }
  }

  async server(
    number: number,
    configuration: Parameters<GameServer['configure']>[0] = {},
  ): Promise<GameServer> {
    const server = new GameServer(this.container, String(number), 27_014 + number)
    await server.configure(configuration)
    return server
  }

  async reboot(): Promise<void> {
    await this.network[Symbol.asyncDispose]()
    await this.container.reboot()
    this.network = await BedNetwork.open(this.container)
  }

  async close(): Promise<void> {
    await this.network[Symbol.asyncDispose]()
    await this.container[Symbol.asyncDispose]()
  }
}
