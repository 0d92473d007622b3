/**
 * runtime/applications/turns: changes that touch the same application run one after another.
 *
 * Each change names all it may touch before it begins and waits for every earlier change that
 * touches any of it. Nobody waits for a later one, so no two can wait for each other; changes of
 * applications that have nothing to do with each other run at the same time.
 */
interface Turn {
  readonly touched: ReadonlySet<string>
  readonly done: Promise<unknown>
}

export class Turns {
  readonly #open = new Set<Turn>()

  /** Runs `change` when its turn has come, at once if nothing stands before it. */
  take<T>(touched: ReadonlySet<string>, change: () => Promise<T>): Promise<T> {
    const before = [...this.#open].filter((turn) => meet(turn.touched, touched))
    const running =
      before.length === 0 ? change() : Promise.all(before.map(({ done }) => done)).then(change)
    const turn: Turn = { touched, done: running.catch(() => undefined) }
    this.#open.add(turn)
    void turn.done.then(() => this.#open.delete(turn))
    return running
  }
}

function meet(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  for (const name of left) if (right.has(name)) return true
  return false
}
