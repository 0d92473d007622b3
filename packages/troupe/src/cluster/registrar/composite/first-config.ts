/**
 * cluster/registrar/composite/first-config: the configuration of several registrars as one.
 *
 * The first registrar that has an item gives its value. Pure: what changed is answered as events.
 */
import {
  type ConfigChange,
  type ConfigHeld,
  type ConfigValue,
  type Registrar,
  type RegistrarEvent,
  TroupeError,
} from '#contract'

type Source = Pick<Registrar, 'config' | 'configHeld' | 'changeConfig'>
type Update = Extract<RegistrarEvent, { readonly kind: 'config-updated' }>

export class FirstConfig {
  readonly #sources: readonly Source[]
  readonly #known = new Map<string, ConfigValue>()

  constructor(sources: readonly Source[]) {
    this.#sources = sources
  }

  /** The values that hold now. */
  values(items?: readonly string[]): Readonly<Record<string, ConfigValue>> {
    return Object.fromEntries(this.#read(items))
  }

  /** What holds, each with the level of the registrar that gives it. */
  *held(): Generator<ConfigHeld> {
    const told = new Set<string>()
    for (const source of this.#sources) {
      for (const held of source.configHeld?.() ?? []) {
        if (!told.has(held.item)) yield held
        told.add(held.item)
      }
    }
  }

  /** Writes into the one that gives the value, which hides the others; else into the first. */
  async change(change: ConfigChange): Promise<boolean> {
    const { item } = change
    const giving = this.#sources.find((one) => Object.hasOwn(one.config([item]), item))
    const source = giving ?? this.#sources.find(({ changeConfig }) => changeConfig !== undefined)
    if (source?.changeConfig !== undefined) return source.changeConfig(change)
    const problem = 'the registrar that gives the value keeps what it was given'
    throw new TroupeError('CONFIG_FIXED', { problem })
  }

  /** True: what this source says of an item is hidden by one before it. */
  isHidden(source: Source, item: string): boolean {
    const before = this.#sources.slice(0, this.#sources.indexOf(source))
    return before.some((one) => Object.hasOwn(one.config([item]), item))
  }

  /** Whether the value of an item has changed since it was asked last. */
  changed(item: string): readonly Update[] {
    return this.#difference(item, this.#read([item]).get(item))
  }

  /** All that has changed since it was asked last. */
  changes(): readonly Update[] {
    const now = this.#read()
    const items = new Set([...this.#known.keys(), ...now.keys()])
    return [...items].flatMap((item) => this.#difference(item, now.get(item)))
  }

  #difference(item: string, value: ConfigValue | undefined): readonly Update[] {
    const before = this.#known.get(item)
    if (value === before) return []
    if (value === undefined) this.#known.delete(item)
    else this.#known.set(item, value)
    return [{ kind: 'config-updated', item, value, before }]
  }

  #read(items?: readonly string[]): ReadonlyMap<string, ConfigValue> {
    const values = new Map<string, ConfigValue>()
    for (const source of this.#sources) {
      for (const [item, value] of Object.entries(source.config(items))) {
        if (!values.has(item)) values.set(item, value)
      }
    }
    return values
  }
}
