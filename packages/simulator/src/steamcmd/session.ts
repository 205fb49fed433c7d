import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gameFacts } from '../game-facts.ts'
import { updateApp } from './app-update.ts'
import type { SteamcmdSwitches } from './switches.ts'

export interface SessionOptions {
  readonly switches: SteamcmdSwitches
  /** Where steamcmd keeps its own files, and the default for installations. Absolute. */
  readonly home: string
  readonly print: (text: string) => void
}

/** steamcmd's commands, one after the other. */
export class SteamcmdSession {
  readonly #options: SessionOptions
  #directory: string
  #platform: 'windows' | 'linux' = 'linux'
  #loggedOn = false
  #exitCode = 0

  constructor(options: SessionOptions) {
    this.#options = options
    this.#directory = resolve(options.home, 'Steam/steamapps/common/Left 4 Dead 2 Dedicated Server')
  }

  get exitCode(): number {
    return this.#exitCode
  }

  greet(): void {
    this.#print(
      `Redirecting stderr to '${this.#options.home}/Steam/logs/stderr.txt'\n[  0%] Checking for available updates...\n[----] Verifying installation...\nSteam Console Client (c) Valve Corporation - version 1778284286\n-- type 'quit' to exit --\nThis steamcmd is ${gameFacts.simulated}: nothing comes from Steam.\nLoading Steam API...OK\n\n`,
    )
  }

  /** Runs one command; false when it was `quit`. */
  async run(words: readonly string[]): Promise<boolean> {
    const [name = '', ...values] = words
    switch (name.toLowerCase()) {
      case '':
        return true
      case 'quit':
      case 'exit':
        return false
      case 'force_install_dir':
        this.#setDirectory(values[0])
        return true
      case '@ssteamcmdforceplatformtype':
        this.#platform = values[0]?.toLowerCase() === 'windows' ? 'windows' : 'linux'
        this.#print(`"@sSteamCmdForcePlatformType" = "${values[0] ?? ''}"\n`)
        return true
      case 'login':
        await this.#login(values[0] ?? '')
        return true
      case 'app_update':
        await this.#update(values)
        return true
      default:
        if (!name.startsWith('@')) this.#print(`Command not found: ${name}\n`)
        return true
    }
  }

  #setDirectory(path: string | undefined): void {
    if (this.#loggedOn) this.#print('Please use force_install_dir before logon!\n')
    else if (path !== undefined && path !== '') this.#directory = resolve(path)
  }

  async #login(account: string): Promise<void> {
    if (account !== 'anonymous') {
      this.#print(`Logging in user '${account}' to Steam Public...FAILED (Invalid Password)\n`)
      this.#exitCode = 5
      return
    }
    this.#print('\nConnecting anonymously to Steam Public...')
    await wait(this.#options.switches['duration-ms'] / 50)
    this.#print('OK\nWaiting for client config...OK\nWaiting for user info...OK\n')
    this.#loggedOn = true
  }

  async #update([appId = '', ...options]: readonly string[]): Promise<void> {
    if (!this.#loggedOn) {
      this.#print(`ERROR! Failed to install app '${appId}' (Not logged on)\n`)
      this.#exitCode = 8
      return
    }
    const code = await updateApp({
      appId,
      directory: this.#directory,
      platform: this.#platform,
      validate: options.includes('validate') || options.includes('-validate'),
      switches: this.#options.switches,
      print: this.#options.print,
    })
    if (code !== 0) this.#exitCode = code
  }

  #print(text: string): void {
    this.#options.print(text)
  }
}
