import { longestCommand, splitCommands, type TokenisedCommand, tokenise, unquote } from './console-text.ts'
import { type CvarStore, describeCvar } from './cvar-store.ts'

export interface Invocation extends TokenisedCommand {
  /** Where the answer goes: the server's console, or the RCON client that asked. Text as is, line ends included. */
  readonly print: (text: string) => void
}

export type CommandHandler = (invocation: Invocation) => void

/** Runs console text: commands that were registered, then cvars, then “Unknown command”. */
export class Console {
  readonly #commands = new Map<string, { name: string; help: string; run: CommandHandler }>()
  readonly #cvars: CvarStore
  readonly #onChange: (name: string, value: string) => void

  constructor(cvars: CvarStore, onChange: (name: string, value: string) => void) {
    this.#cvars = cvars
    this.#onChange = onChange
  }

  register(name: string, help: string, run: CommandHandler): void {
    this.#commands.set(name.toLowerCase(), { name, help, run })
  }

  commands(): { name: string; help: string }[] {
    return [...this.#commands.values()].map(({ name, help }) => ({ name, help }))
  }

  execute(text: string, print: (text: string) => void): void {
    for (const command of splitCommands(text)) this.#executeOne(command, print)
  }

  #executeOne(text: string, print: (text: string) => void): void {
    if (Buffer.byteLength(text) > longestCommand) {
      print('CCommand::Tokenize: Encountered command which overflows the tokenizer buffer.. Skipping!\n')
      return
    }
    const command = tokenise(text)
    if (command.name === '') return
    const registered = this.#commands.get(command.name.toLowerCase())
    if (registered !== undefined) {
      registered.run({ ...command, print })
      return
    }
    const cvar = this.#cvars.find(command.name)
    if (cvar === undefined) {
      print(`Unknown command "${command.name}"\n`)
      return
    }
    if (command.rest === '') {
      print(describeCvar(cvar))
      return
    }
    if (cvar.flags.includes('cheat') && !this.#cvars.enabled('sv_cheats')) {
      print(`Can't use cheat cvar ${cvar.name} in multiplayer, unless the server has sv_cheats set to 1.\n`)
      return
    }
    const before = cvar.value
    this.#cvars.set(cvar, unquote(command.rest))
    if (before !== cvar.value && cvar.flags.includes('notify')) this.#onChange(cvar.name, cvar.value)
  }
}
