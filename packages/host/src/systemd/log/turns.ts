/** Lets so many do something at a time; the others wait in order. */
export class Turns {
  readonly #limit: number
  #taken = 0
  readonly #waiting: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  async take(): Promise<Disposable> {
    if (this.#taken < this.#limit) this.#taken += 1
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    let given = false
    return {
      [Symbol.dispose]: () => {
        if (given) return
        given = true
        const next = this.#waiting.shift()
        if (next) next()
        else this.#taken -= 1
      },
    }
  }
}
