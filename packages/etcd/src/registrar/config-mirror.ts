/**
 * registrar/config-mirror: the configuration of one node, as it stands in etcd.
 *
 * Every range is read and watched for itself; what is told is the value that holds, before and
 * after. A value that cannot be read leaves what its key said last.
 * Limit: `CONFIG_LIMITS`.
 *
 * @source ergo-features 21 (configuration), weakness 17
 */
import type { ConfigHeld, ConfigValue } from 'troupe'
import { CONFIG_LIMITS, type ConfigEvent, ConfigStore } from 'troupe/registrar'
import type { KeyValue, WatchEvent } from '#etcd/client/etcd-client'
import { type ConfigRange, itemOf, textOf } from './keys.js'
import type { Refuse } from './raw-routes.js'

export class ConfigMirror {
  readonly #store: ConfigStore
  readonly #refuse: Refuse
  /** Items that a range has, by what its keys begin with. */
  readonly #items = new Map<string, Set<string>>()

  constructor(node: string, refuse: Refuse) {
    this.#store = new ConfigStore(node)
    this.#refuse = refuse
  }

  values(items?: readonly string[]): Readonly<Record<string, ConfigValue>> {
    return this.#store.values(items)
  }

  held(): Iterable<ConfigHeld> {
    return this.#store.held()
  }

  /** All that a range has; answers what holds otherwise than before. */
  replace(range: ConfigRange, entries: readonly KeyValue[]): readonly ConfigEvent[] {
    const known = this.#itemsOf(range)
    const named = new Set(entries.map(({ key }) => itemOf(range, key)))
    // First out, then in: at the limit what is new takes the room of what is gone.
    const gone = [...known].filter((item) => !named.has(item))
    const left = gone.flatMap((item) => this.#remove(range, item))
    const events = [...left, ...entries.flatMap((entry) => this.#put(range, entry))]
    return shortened(events)
  }

  take(range: ConfigRange, changes: readonly WatchEvent[]): readonly ConfigEvent[] {
    return changes.flatMap((change) => {
      if (change.kind === 'put') return this.#put(range, change.entry)
      const item = itemOf(range, change.key)
      return item === undefined ? [] : this.#remove(range, item)
    })
  }

  #put(range: ConfigRange, { key, value }: KeyValue): readonly ConfigEvent[] {
    const item = itemOf(range, key)
    if (item === undefined) {
      this.#refuse('KEY_INVALID', 'an item has a name without a slash', key)
      return []
    }
    const items = this.#itemsOf(range)
    if (items.size < CONFIG_LIMITS.entriesMax) items.add(item)
    // Bytes that are no text are handed on as they are, and refused as such.
    const entry = { place: range.place, item, value: textOf(value) ?? value }
    const events = this.#store.put(entry)
    for (const event of events)
      if (event.kind === 'config-invalid') this.#refuse('CONFIG_INVALID', event.problem, key)
    return events
  }

  #remove(range: ConfigRange, item: string): readonly ConfigEvent[] {
    this.#itemsOf(range).delete(item)
    return this.#store.remove(range.place, item)
  }

  #itemsOf({ prefix }: ConfigRange): Set<string> {
    const items = this.#items.get(prefix) ?? new Set<string>()
    this.#items.set(prefix, items)
    return items
  }
}

/** A store full of faults is told in part; every one of them is counted. */
function shortened(events: readonly ConfigEvent[]): readonly ConfigEvent[] {
  let told = 0
  return events.filter(({ kind }) => {
    if (kind !== 'config-invalid') return true
    told += 1
    return told <= CONFIG_LIMITS.problemsToldMax
  })
}
