/**
 * registrar/own-routes: what this node wants etcd to say of its applications, and what it has said.
 *
 * While etcd takes what it is told, changes go out one by one, so that others hear of each; what
 * could not be told is told later as it is then. Pure.
 * Limit: `QUEUE_MAX` changes wait; beyond it the last state of each application is what is told.
 */
import type { OwnApplicationRoute } from 'troupe'

export const QUEUE_MAX = 1_024

/** One application as it is to be told; without a text it is to be taken away. */
export interface OwnChange {
  readonly name: string
  readonly text: string | undefined
}

export class OwnRoutes {
  readonly #write: (route: OwnApplicationRoute) => string
  readonly #wanted = new Map<string, string>()
  /** What etcd may have of this life: undefined when it is not sure what. */
  readonly #told = new Map<string, string | undefined>()
  /** Changes to be told one by one, then names that are to be told as they are. */
  #queue: OwnChange[] = []
  readonly #dirty = new Set<string>()

  constructor(write: (route: OwnApplicationRoute) => string) {
    this.#write = write
  }

  /** Applications that are wanted. */
  get size(): number {
    return this.#wanted.size
  }

  has(name: string): boolean {
    return this.#wanted.has(name)
  }

  put(route: OwnApplicationRoute): void {
    const text = this.#write(route)
    this.#wanted.set(route.name, text)
    this.#push({ name: route.name, text })
  }

  remove(name: string): void {
    if (this.#wanted.delete(name)) this.#push({ name, text: undefined })
  }

  /** What is told next, at once; nothing: etcd has it all. */
  next(most: number): readonly OwnChange[] {
    const [first] = this.#queue
    if (first !== undefined) return [first]
    const names = [...this.#dirty].slice(0, most)
    return names.map((name) => ({ name, text: this.#wanted.get(name) }))
  }

  /** It is being told: from now on etcd may have it. */
  sending({ name }: OwnChange): void {
    this.#told.set(name, undefined)
  }

  /** Etcd has taken it. */
  sent(change: OwnChange): void {
    const { name, text } = change
    if (this.#queue[0] === change) this.#queue.shift()
    else if (this.#wanted.get(name) === text) this.#dirty.delete(name)
    if (text === undefined) this.#told.delete(name)
    else this.#told.set(name, text)
  }

  /** It is not sure what etcd has: the last state of each is told, when it can be. */
  doubt(): void {
    for (const { name } of this.#queue) this.#dirty.add(name)
    for (const [name, text] of this.#told) if (text === undefined) this.#dirty.add(name)
    this.#queue = []
  }

  /** All that etcd is to have, and what it is to have no more: for whoever tells it at once. */
  all(): readonly OwnChange[] {
    this.#queue = []
    this.#dirty.clear()
    const gone = [...this.#told.keys()].filter((name) => !this.#wanted.has(name))
    return [
      ...[...this.#wanted].map(([name, text]) => ({ name, text })),
      ...gone.map((name) => ({ name, text: undefined })),
    ]
  }

  /** What etcd has is not what it was told: it is told again. True: something is. */
  compare(found: ReadonlyMap<string, string>): boolean {
    if (this.#queue.length > 0) return false
    for (const [name, text] of this.#told)
      if (text !== undefined && found.get(name) !== text) this.#dirty.add(name)
    for (const name of found.keys()) if (!this.#told.has(name)) this.#dirty.add(name)
    return this.#dirty.size > 0
  }

  clear(): void {
    this.#wanted.clear()
    this.#told.clear()
    this.#queue = []
    this.#dirty.clear()
  }

  #push(change: OwnChange): void {
    // What waits to be told as it is then is told so.
    if (this.#dirty.has(change.name)) return
    this.#queue.push(change)
    if (this.#queue.length > QUEUE_MAX) this.doubt()
  }
}
