/**
 * gather/gatherer: the nodes a page tells of: the own one, or all of the cluster.
 *
 * There is one time for all of them: what is not there when it is over is left out and told as so,
 * however many nodes are frozen. All are asked the first, short question at once, so that none that
 * is frozen keeps one waiting that is not; what is longer is asked of a few at a time.
 *
 * Other nodes are asked for their figures and lists, not for their processes: the first of all
 * processes are told by each node itself.
 * Limits: `NODES_MAX` nodes, the lists of `AT_ONCE` of them at a time.
 */
import { type Ask, gather, gatherFigures } from './gather.js'
import type { Sheets } from './sheets.js'

/** Whom to ask, and how. */
export interface Asking {
  readonly own: string
  readonly ask: Ask
  nowMs(): number
}

/** What is gathered. */
export interface GathererOptions {
  readonly cluster: boolean
  readonly topN: number
  readonly host: boolean
}

const NODES_MAX = 500
export const AT_ONCE = 32
/** For the own node: below the ten seconds after which Prometheus gives up. */
const OWN_MS = 8_000
/** For all other nodes together, for the first answer of each, and for its lists. */
export const OTHERS_MS = 5_000
const FIRST_MS = 2_000
const LISTS_MS = 1_500

export class Gatherer {
  readonly #asking: Asking
  readonly #options: GathererOptions

  constructor(asking: Asking, options: GathererOptions) {
    this.#asking = asking
    this.#options = options
  }

  /** The own node first, the others by name. Never rejects. */
  async gather(): Promise<readonly Sheets[]> {
    const { cluster } = this.#options
    const [first, others] = await Promise.all([this.home(), cluster ? this.#others() : []])
    return [first, ...others]
  }

  /** The own node alone, with its processes. Never rejects. */
  home(): Promise<Sheets> {
    const { own, ask } = this.#asking
    const { topN, host } = this.#options
    const leftMs = this.#countdown(OWN_MS)
    const inTurn = <T>(run: () => Promise<T>): Promise<T> => run()
    const waits = { firstMs: OWN_MS, listsMs: OWN_MS, leftMs, inTurn }
    return gather(ask, { node: own, topN, host, ...waits })
  }

  /** What the own node counts always, which costs no look at anything. Never rejects. */
  figures(): Promise<Sheets> {
    const { own, ask } = this.#asking
    return gatherFigures(ask, own, OWN_MS)
  }

  async #others(): Promise<readonly Sheets[]> {
    const { ask } = this.#asking
    const { host } = this.#options
    const leftMs = this.#countdown(OTHERS_MS)
    const turns = new Turns(AT_ONCE)
    const inTurn = <T>(run: () => Promise<T>): Promise<T> => turns.run(run)
    const common = { topN: undefined, host, firstMs: FIRST_MS, listsMs: LISTS_MS, leftMs, inTurn }
    const nodes = await this.#otherNodes(leftMs())
    const found = await Promise.all(nodes.map((node) => gather(ask, { node, ...common })))
    return found.sort((a, b) => (a.node < b.node ? -1 : 1))
  }

  #countdown(ms: number): () => number {
    const untilMs = this.#asking.nowMs() + ms
    return () => untilMs - this.#asking.nowMs()
  }

  /** Those that are, and those that were lately: a node that is gone is told as down. */
  async #otherNodes(timeoutMs: number): Promise<readonly string[]> {
    const { own, ask } = this.#asking
    try {
      const sheet = (await ask(own, 'members', { limit: NODES_MAX }, timeoutMs)) as {
        readonly members: { readonly rows: readonly { readonly node: string }[] }
      }
      const names = sheet.members.rows.map(({ node }) => node)
      return [...new Set(names)].filter((node) => typeof node === 'string' && node !== own)
    } catch {
      return []
    }
  }
}

/** Lets so many run at a time; the others wait in the order in which they came. */
class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(most: number) {
    this.#free = most
  }

  async run<T>(run: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await run()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
