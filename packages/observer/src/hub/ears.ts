/**
 * hub/ears: hands on what the process of the Observer is told, to whoever waits for it.
 */
import type { Ref } from 'troupe'

type Fields = Readonly<Record<string, unknown>>

export class Ears {
  readonly #follows = new Map<string, (told: Fields) => void>()
  readonly #watches = new Map<number, () => void>()

  addFollow(node: string, follow: number, take: (told: Fields) => void): () => void {
    const key = `${follow} ${node}`
    this.#follows.set(key, take)
    return () => {
      if (this.#follows.get(key) === take) this.#follows.delete(key)
    }
  }

  addWatch(ref: Ref, lost: () => void): () => void {
    this.#watches.set(ref.id, lost)
    return () => this.#watches.delete(ref.id)
  }

  /**
   * What nobody waits for was asked for by one who has gone since. `node` is the one that said it,
   * as its connection proved it.
   */
  followed(told: unknown, node: string): void {
    if (typeof told !== 'object' || told === null) return
    const fields = told as Fields
    this.#follows.get(`${fields['follow']} ${node}`)?.(fields)
  }

  down(ref: Ref): void {
    const lost = this.#watches.get(ref.id)
    this.#watches.delete(ref.id)
    lost?.()
  }
}
