import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gameFacts } from '../game-facts.ts'
import { type Platform, updateApp } from './app-update.ts'
import { HomeState } from './home-state.ts'
import { type MomentOptions, pass } from './moments.ts'
import { selfUpdateOutput } from './self-update.ts'
import { downloadWorkshopItem } from './workshop.ts'

export interface SessionOptions extends MomentOptions {
  /** Where steamcmd keeps its own files, and the default for installations. Absolute. */
  readonly home: string
  readonly print: (text: string) => void
}

/** What the login can fail with; the exit codes are those that were seen or that others report. */
const loginFailures: Readonly<Record<string, string>> = {
  'rate-limit': 'Rate Limit Exceeded',
  'no-connection': 'No Connection',
}

/** steamcmd's commands, one after the other. */
export class SteamcmdSession {
  readonly #options: SessionOptions
  readonly #state: HomeState
  #directory: string
  #platform: Platform = 'linux'
  #loggedOn = false
  #exitCode = 0
  #workshopGoesOn = true
  /** The run's failure, decided once: a login and an update of the same run count as one. */
  #decided: string | null = null

  constructor(options: SessionOptions) {
    this.#options = options
    this.#state = new HomeState(options.home)
    this.#directory = resolve(options.home, 'Steam/steamapps/common/Left 4 Dead 2 Dedicated Server')
  }

  get exitCode(): number {
    const asked = this.#options.switches['exit-code']
    return asked < 0 ? this.#exitCode : asked
  }

  /** Everything before the first command; false when the run ends here, after an update of itself. */
  async begin(): Promise<boolean> {
    const { switches, home } = this.#options
    const selfUpdate = switches['self-update']
    const updates =
      selfUpdate === 'restart' || (selfUpdate === 'stop' && this.#state.count('self-updates') === 0)
    if (updates) {
      this.#print(selfUpdateOutput(home, switches.locale))
      await wait(switches['duration-ms'] / 20)
      if (selfUpdate === 'stop') {
        this.#exitCode = 42
        return false
      }
    }
    this.#print(
      `Redirecting stderr to '${home}/Steam/logs/stderr.txt'\n[  0%] Checking for available updates...\n[----] Verifying installation...\nSteam Console Client (c) Valve Corporation - version 1778284286\n-- type 'quit' to exit --\nThis steamcmd is ${gameFacts.simulated}: nothing comes from Steam.\nLoading Steam API...OK\n\n`,
    )
    await pass('start', this.#options)
    return true
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
      case 'workshop_download_item':
        await this.#downloadItem(values)
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
    await pass('login', this.#options)
    await wait(this.#options.switches['duration-ms'] / 50)
    const reason = loginFailures[this.#options.switches.failure]
    const failure = reason !== undefined && this.#failure(this.#platform) !== 'none' ? reason : undefined
    if (failure !== undefined) {
      this.#print(`FAILED (${failure})\n`)
      this.#exitCode = 5
      return
    }
    this.#print('OK\nWaiting for client config...OK\nWaiting for user info...OK\n')
    this.#loggedOn = true
  }

  async #update([appId = '', ...options]: readonly string[]): Promise<void> {
    if (!this.#loggedOn) {
      this.#print(`ERROR! Failed to install app '${appId}' (Not logged on)\n`)
      this.#exitCode ||= 8
      return
    }
    const code = await updateApp({
      ...this.#options,
      appId,
      directory: this.#directory,
      platform: this.#platform,
      validate: options.some(option => option === 'validate' || option === '-validate'),
      failure: this.#failure(this.#platform),
    })
    if (code !== 0) this.#exitCode = code
  }

  async #downloadItem([appId = '', id = '']: readonly string[]): Promise<void> {
    if (!this.#workshopGoesOn) return
    if (!this.#loggedOn) {
      this.#print(`ERROR! Download item ${id} failed (Not logged on).\n`)
      this.#exitCode ||= 8
      return
    }
    const { code, goesOn } = await downloadWorkshopItem({
      ...this.#options,
      appId,
      id,
      directory: this.#directory,
    })
    this.#workshopGoesOn = goesOn
    if (code !== 0) this.#exitCode = code
  }

  #failure(platform: Platform): string {
    const { switches } = this.#options
    const concerned = switches['failure-platform'] === 'any' || switches['failure-platform'] === platform
    if (switches.failure === 'none' || !concerned) return 'none'
    if (this.#decided === null) {
      const times = switches['failure-times']
      this.#decided = times < 0 || this.#state.count('failures') < times ? switches.failure : 'none'
    }
    return this.#decided
  }

  #print(text: string): void {
    this.#options.print(text)
  }
}
