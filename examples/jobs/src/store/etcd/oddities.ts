/**
 * store/etcd/oddities: what stands where jobs should and is none, remembered and told to people.
 *
 * Others may change such keys as often as they like, and give them names of any length: each is
 * told once for each problem, by the beginning of its name.
 * Limits: `ODDITIES_MAX` are remembered, `LINES_MAX` told within `WINDOW_MS`; how many more there
 * were is told afterwards.
 */
import { createHash } from 'node:crypto'
import type { Logger } from 'troupe'
import type { BookWorld } from '#jobs/store/book-world'

export type OdditiesWorld = Pick<BookWorld, 'after'> & { readonly log: Pick<Logger, 'warning'> }

/** What stands where a job should, and is none. */
export interface Oddity {
  readonly key: string
  readonly problem: string
}

const ODDITIES_MAX = 1_000
const LINES_MAX = 100
const WINDOW_MS = 60_000
/** Bytes of a key that are told. */
const TOLD_BYTES = 200

/** What was told of late. */
interface Lines {
  told: number
  more: number
}

export class Oddities {
  readonly #known = new Map<string, Oddity>()
  readonly #earlier: ReadonlyMap<string, Oddity>
  readonly #lines: Lines

  /** `before`: those that were known so far, which are not told again. */
  constructor(before?: Oddities) {
    this.#earlier = before === undefined ? new Map() : before.#known
    this.#lines = before === undefined ? { told: 0, more: 0 } : before.#lines
  }

  get all(): readonly Oddity[] {
    return [...this.#known.values()]
  }

  note(key: Buffer, problem: string, world: OdditiesWorld | undefined): void {
    const name = nameOf(key)
    const before = this.#known.get(name)
    if (before === undefined && this.#known.size >= ODDITIES_MAX) return
    const told = key.toString('latin1', 0, TOLD_BYTES).replace(/[^ -~]/g, '?')
    this.#known.set(name, { key: told, problem })
    const isNews = (before ?? this.#earlier.get(name))?.problem !== problem
    if (isNews && world !== undefined) this.#tell(told, problem, world)
  }

  forget(key: Buffer): void {
    if (this.#known.size > 0) this.#known.delete(nameOf(key))
  }

  #tell(key: string, problem: string, { after, log }: OdditiesWorld): void {
    const lines = this.#lines
    if (lines.told === LINES_MAX) {
      lines.more += 1
      return
    }
    if (lines.told === 0) {
      after(WINDOW_MS, () => {
        const { more } = lines
        lines.told = 0
        lines.more = 0
        if (more > 0) log.warning('more keys of etcd were left alone', { more })
      })
    }
    lines.told += 1
    log.warning('a key of etcd is left alone', { key, problem })
  }
}

/** A long one is known by its hash. */
const nameOf = (key: Buffer): string =>
  key.length <= TOLD_BYTES
    ? key.toString('latin1')
    : createHash('sha256').update(key).digest('base64')
