/**
 * cluster/config/config-store: the configuration as one node sees it: four levels, one value each.
 *
 * The first level that has an item gives its value: this node in this cluster, this node whatever
 * its cluster, everybody in this cluster, everybody. At a level of nodes the full name counts
 * before the short one. An entry that cannot be read leaves what it said last.
 * Pure: what changed is answered as events; who tells them, and where entries come from, is known
 * elsewhere. Entries of other nodes are not kept.
 * Limit: `CONFIG_LIMITS`.
 *
 * @source ergo-features 21
 */
import {
  type ConfigHeld,
  type ConfigLevel,
  type ConfigValue,
  printable,
  type RegistrarEvent,
} from '#contract'
import { CONFIG_LIMITS, itemProblem, readConfigValue } from './config-value.js'

/** Where an entry stands; `node` is a full name, or the part before the @. */
export type ConfigPlace =
  | { readonly level: 'cluster-node'; readonly node: string }
  | { readonly level: 'node'; readonly node: string }
  | { readonly level: 'cluster' }
  | { readonly level: 'global' }

/** An entry as it was found; see `readConfigValue` for its value. */
export interface ConfigEntry {
  readonly place: ConfigPlace
  readonly item: string
  readonly value: unknown
}

/** What the configuration tells. */
export type ConfigEvent = Extract<
  RegistrarEvent,
  { readonly kind: 'config-updated' | 'config-invalid' }
>

/** What one place says of one item: the last value that could be read, and what is wrong since. */
interface Slot {
  readonly value: ConfigValue | undefined
  readonly problem: string | undefined
}

/** Full and short name at two levels, then everybody twice: the lower, the stronger. */
const LEVELS: readonly ConfigLevel[] = [
  ...(['cluster-node', 'cluster-node', 'node', 'node'] as const),
  ...(['cluster', 'global'] as const),
]
const RANKS = LEVELS.length
type Slots = (Slot | undefined)[]

const invalid = (item: string, problem: string): ConfigEvent => ({
  kind: 'config-invalid',
  item: printable(item, CONFIG_LIMITS.itemLengthMax),
  problem,
})

export class ConfigStore {
  readonly #node: string
  readonly #short: string
  readonly #items = new Map<string, Slots>()
  #entries = 0

  constructor(node: string) {
    this.#node = node
    const at = node.indexOf('@')
    const short = at < 0 ? node : node.slice(0, at)
    // The key * means everybody: a node of that name is reached by its full name alone.
    this.#short = short === '*' ? node : short
  }

  /** Sets an entry; answers what has changed for this node. */
  put(entry: ConfigEntry): readonly ConfigEvent[] {
    const before = this.value(entry.item)
    const told = this.#set(entry)
    return [...told, ...this.#difference(entry.item, before)]
  }

  /** Takes an entry away; answers what has changed for this node. */
  remove(place: ConfigPlace, item: string): readonly ConfigEvent[] {
    const before = this.value(item)
    const rank = this.#rankOf(place)
    if (rank !== undefined) this.#clear(item, rank)
    return this.#difference(item, before)
  }

  /**
   * Makes these entries all there are, as after reading a file or a store anew; answers what has
   * changed for this node.
   */
  replace(entries: Iterable<ConfigEntry>): readonly ConfigEvent[] {
    const before = this.#values()
    const problems: ConfigEvent[] = []
    const named = new Map<string, Set<number>>()
    for (const entry of entries) {
      const rank = this.#rankOf(entry.place)
      if (rank === undefined) continue
      const ranks = named.get(entry.item) ?? new Set()
      named.set(entry.item, ranks.add(rank))
    }
    // First out, then in: at the limit what is new takes the room of what is gone.
    for (const [item, slots] of this.#items)
      for (let rank = 0; rank < slots.length; rank += 1)
        if (!named.get(item)?.has(rank)) this.#clear(item, rank)
    for (const entry of entries) problems.push(...this.#set(entry))
    const items = new Set([...before.keys(), ...this.#items.keys()])
    const updates = [...items].flatMap((item) => this.#difference(item, before.get(item)))
    return [...shortened(problems), ...updates]
  }

  /** The value of an item that holds for this node. */
  value(item: string): ConfigValue | undefined {
    return this.#items.get(item)?.find((slot) => slot?.value !== undefined)?.value
  }

  /** What holds for this node, item by item as they came. */
  *held(): Generator<ConfigHeld> {
    const names = [this.#node, this.#short, this.#node, this.#short]
    for (const [item, slots] of this.#items) {
      const rank = slots.findIndex((slot) => slot?.value !== undefined)
      const value = slots[rank]?.value
      if (value !== undefined)
        yield { item, value, level: LEVELS[rank] as ConfigLevel, node: names[rank] }
    }
  }

  /** The values that hold for this node: of the items named, or all; missing ones are left out. */
  values(items?: readonly string[]): Readonly<Record<string, ConfigValue>> {
    if (items === undefined) return Object.fromEntries(this.#values())
    const found = items.map((item) => [item, this.value(item)] as const)
    const known = found.filter((pair): pair is [string, ConfigValue] => pair[1] !== undefined)
    return Object.fromEntries(known)
  }

  #values(): Map<string, ConfigValue> {
    const values = new Map<string, ConfigValue>()
    for (const item of this.#items.keys()) {
      const value = this.value(item)
      if (value !== undefined) values.set(item, value)
    }
    return values
  }

  #rankOf(place: ConfigPlace): number | undefined {
    switch (place.level) {
      case 'cluster-node':
        return this.#ownRank(place.node)
      case 'node': {
        const rank = this.#ownRank(place.node)
        return rank === undefined ? undefined : rank + 2
      }
      case 'cluster':
        return 4
      case 'global':
        return 5
    }
  }

  #ownRank(node: string): 0 | 1 | undefined {
    if (node === this.#node) return 0
    return node === this.#short ? 1 : undefined
  }

  #set({ place, item, value }: ConfigEntry): readonly ConfigEvent[] {
    const rank = this.#rankOf(place)
    if (rank === undefined) return []
    const named = itemProblem(item)
    if (named !== undefined) return [invalid(item, named)]
    const slots = this.#items.get(item)
    const slot = slots?.[rank]
    const { entriesMax } = CONFIG_LIMITS
    if (slot === undefined && this.#entries >= entriesMax)
      return [invalid(item, `there are more than ${entriesMax} entries`)]
    const reading = readConfigValue(value, item)
    const problem = reading.kind === 'invalid' ? reading.problem : undefined
    const last = reading.kind === 'invalid' ? slot?.value : reading.value
    if (slot === undefined) this.#entries += 1
    this.#slotsOf(item)[rank] = { value: last, problem }
    // The same thing wrong once more is no news.
    return problem === undefined || problem === slot?.problem ? [] : [invalid(item, problem)]
  }

  #slotsOf(item: string): Slots {
    let slots = this.#items.get(item)
    if (slots === undefined) {
      slots = new Array<Slot | undefined>(RANKS).fill(undefined)
      this.#items.set(item, slots)
    }
    return slots
  }

  #clear(item: string, rank: number): void {
    const slots = this.#items.get(item)
    if (slots?.[rank] === undefined) return
    slots[rank] = undefined
    this.#entries -= 1
    if (slots.every((slot) => slot === undefined)) this.#items.delete(item)
  }

  #difference(item: string, before: ConfigValue | undefined): readonly ConfigEvent[] {
    const value = this.value(item)
    return value === before ? [] : [{ kind: 'config-updated', item, value, before }]
  }
}

/** A file full of faults is told in part. */
function shortened(problems: readonly ConfigEvent[]): readonly ConfigEvent[] {
  const { problemsToldMax } = CONFIG_LIMITS
  if (problems.length <= problemsToldMax) return problems
  const left = problems.length - problemsToldMax
  return [...problems.slice(0, problemsToldMax), invalid('', `${left} more items cannot be read`)]
}
