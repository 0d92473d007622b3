/**
 * cluster/config/typed-items: items of the configuration in the types that a program asks for.
 *
 * The registrar keeps values that can be read; whether one fits is known where it is asked for.
 * One that does not fit is told once, and what fitted last goes on, as with a value that cannot be
 * read at all.
 * Limit: one remembered value for each item and type that is asked for and is there.
 */
import {
  type ConfigGiven,
  type ConfigTyped,
  type ConfigValue,
  configReply,
  isSchema,
  type Logger,
  type RegistrarEvent,
  TroupeError,
} from '#contract'
import { isSecretItem } from './config-value.js'

export interface TypedItemsParts {
  /** The value that holds for this node. */
  value(item: string): ConfigValue | undefined
  /** Is told of a value that does not fit. */
  tell(event: RegistrarEvent): void
  log(): Logger | undefined
}

/** What fitted last, by item. */
type Fitting = Map<string, { readonly value: unknown }>

interface Follower {
  readonly item: string
  readonly look: () => void
}

/** What is wrong with one value of an item, in the eyes of different schemas: told so often. */
const PROBLEMS_MAX = 8

/** Items asked for with a default of one type share what fitted last. */
const PLAIN = Object.freeze({
  string: {},
  number: {},
  bigint: {},
  boolean: {},
  undefined: {},
} as Readonly<Record<string, object>>)

export class TypedItems {
  readonly #parts: TypedItemsParts
  readonly #remembered = new WeakMap<object, Fitting>()
  readonly #told = new Map<
    string,
    { readonly value: ConfigValue; readonly problems: Set<string> }
  >()
  readonly #followers = new Set<Follower>()
  #refused = 0

  constructor(parts: TypedItemsParts) {
    this.#parts = parts
  }

  /** Values that did not fit, since the start. */
  get refused(): number {
    return this.#refused
  }

  item<G extends ConfigGiven>(item: string, given: G | undefined): ConfigTyped<G> {
    const value = this.#parts.value(item)
    const reply = configReply(value, given)
    const memory = this.#memoryOf(given)
    switch (reply.kind) {
      case 'value':
        if (value === undefined) memory.delete(item)
        else memory.set(item, { value: reply.value })
        return reply.value as ConfigTyped<G>
      case 'missing':
        memory.delete(item)
        throw new TroupeError('CONFIG_UNKNOWN', { item })
      case 'invalid': {
        // What a schema says may have the value in it, and goes to the log and to all who follow.
        const isTold = !isSchema(given) || !isSecretItem(item)
        const problem = isTold ? reply.problem : 'its schema refuses it; why is hidden by its name'
        this.#tell(item, value, problem)
        return this.#instead(memory, item, given, problem) as ConfigTyped<G>
      }
    }
  }

  /** Gives the value now and whenever another one holds, until it is called off. */
  follow<G extends ConfigGiven>(
    item: string,
    given: G,
    take: (value: ConfigTyped<G>) => void,
  ): () => void {
    let last = this.item(item, given)
    const look = (): void => {
      const value = this.#held(item, given, last)
      if (value === last) return
      last = value
      take(value)
    }
    const follower = { item, look }
    this.#followers.add(follower)
    take(last)
    return () => void this.#followers.delete(follower)
  }

  /** The registrar has told that another value of this item holds. */
  changed(item: string): void {
    for (const follower of [...this.#followers]) {
      if (follower.item !== item || !this.#followers.has(follower)) continue
      try {
        follower.look()
      } catch (error) {
        this.#parts.log()?.error('who follows the configuration threw', { item, error })
      }
    }
  }

  /** The value that holds, or `last` when there is none: what was taken last goes on. */
  #held<G extends ConfigGiven>(item: string, given: G, last: ConfigTyped<G>): ConfigTyped<G> {
    try {
      return this.item(item, given)
    } catch {
      return last
    }
  }

  /** What stands for a value that does not fit: the one before, else the default. */
  #instead(
    memory: Fitting,
    item: string,
    given: ConfigGiven | undefined,
    problem: string,
  ): unknown {
    const fitting = memory.get(item)
    if (fitting !== undefined) return fitting.value
    const otherwise = configReply(undefined, given)
    if (otherwise.kind === 'value') return otherwise.value
    throw new TroupeError('CONFIG_INVALID', { item, problem })
  }

  /** However often it is asked for, a value that does not fit is told once. */
  #tell(item: string, value: ConfigValue | undefined, problem: string): void {
    if (value === undefined) return
    let told = this.#told.get(item)
    if (told?.value !== value) told = { value, problems: new Set() }
    this.#told.set(item, told)
    if (told.problems.has(problem) || told.problems.size >= PROBLEMS_MAX) return
    told.problems.add(problem)
    this.#refused += 1
    this.#parts.tell({ kind: 'config-invalid', item, problem })
    this.#parts.log()?.warning('a configuration item does not fit; the old value goes on', {
      ...{ code: 'CONFIG_INVALID', item, problem },
    })
  }

  #memoryOf(given: ConfigGiven | undefined): Fitting {
    const key = isSchema(given) ? given : (PLAIN[typeof given] as object)
    const memory = this.#remembered.get(key) ?? new Map<string, { readonly value: unknown }>()
    this.#remembered.set(key, memory)
    return memory
  }
}
