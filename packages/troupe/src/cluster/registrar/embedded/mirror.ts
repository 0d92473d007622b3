/**
 * cluster/registrar/embedded/mirror: what a node knows of the others, whoever serves.
 *
 * Pure. A server that has begun lately may not know all yet: what it does not name is kept until
 * it is settled, so that a change of server takes nobody away. Changes come by number; one that
 * does not follow is not taken, and the mirror asks to be told everything.
 */
import type { Change, Entry } from './words.js'

/** What a node is told that it did not know; undefined: it has missed something. */
export type Told = readonly Change[] | undefined

export class Mirror {
  #entries = new Map<string, Entry>()
  /** Known from an earlier server, and not yet from this one. */
  readonly #kept = new Set<string>()
  #number = -1

  get entries(): readonly Entry[] {
    return [...this.#entries.values()]
  }

  get(node: string): Entry | undefined {
    return this.#entries.get(node)
  }

  /** Everything that a server knows. */
  all(entries: readonly Entry[], number: number, isSettled: boolean): readonly Entry[] {
    const named = new Map(entries.map((entry) => [entry.route.node, entry] as const))
    this.#kept.clear()
    for (const [node, entry] of isSettled ? [] : this.#entries) {
      if (named.has(node)) continue
      named.set(node, entry)
      this.#kept.add(node)
    }
    this.#entries = named
    this.#number = number
    return this.entries
  }

  /** Changes with their number. */
  changes(changes: readonly Change[], number: number): Told {
    if (number !== this.#number + 1) return undefined
    this.#number = number
    for (const change of changes) this.#apply(change)
    return changes
  }

  /** The number of the last change there is; undefined: it is not known here. */
  beat(number: number): Told {
    return number === this.#number ? [] : undefined
  }

  /** The server knows all now: who was kept until then is lost. */
  settled(): readonly Change[] {
    const gone = [...this.#kept].flatMap((node) => {
      const entry = this.#entries.get(node)
      if (entry === undefined) return []
      const { creation } = entry.route
      return [{ kind: 'gone', node, creation, cause: 'lost' } as const]
    })
    for (const change of gone) this.#apply(change)
    this.#kept.clear()
    return gone
  }

  /** Everything is forgotten. */
  clear(): void {
    this.#entries.clear()
    this.#kept.clear()
    this.#number = -1
  }

  #apply(change: Change): void {
    if (change.kind === 'duplicate') return
    if (change.kind === 'put') {
      const { node } = change.entry.route
      this.#kept.delete(node)
      this.#entries.set(node, change.entry)
      return
    }
    const entry = this.#entries.get(change.node)
    if (entry === undefined || entry.route.creation !== change.creation) return
    if (change.kind === 'gone') {
      this.#kept.delete(change.node)
      this.#entries.delete(change.node)
    } else this.#entries.set(change.node, changed(entry, change))
  }
}

type Partial = Exclude<Change, { readonly kind: 'put' | 'gone' | 'duplicate' }>

function changed(entry: Entry, change: Partial): Entry {
  const others = (name: string) => entry.applications.filter((one) => one.name !== name)
  switch (change.kind) {
    case 'state':
      return { ...entry, route: { ...entry.route, state: change.state } }
    case 'application':
      return { ...entry, applications: [...others(change.route.name), change.route] }
    case 'application-gone':
      return { ...entry, applications: others(change.name) }
  }
}
