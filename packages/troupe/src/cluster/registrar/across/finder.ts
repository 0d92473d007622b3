/**
 * cluster/registrar/across/finder: asks other hosts where a node is.
 *
 * The host that the name itself tells, and all of the list; the first proven answer counts. Who
 * asks for the same node meanwhile shares the answer. What was found, and that nothing was, is
 * remembered for a while; a host that falls silent takes nothing away at once. What is no name of a
 * node is neither asked for nor remembered, so what is kept is bounded in bytes, too.
 * Limits: `SEARCHES_MAX` at once, `KNOWN_MAX` remembered.
 *
 * @source ergo-features 21 (embedded: one datagram, no retry), which this is to be better than
 */
import { isIP } from 'node:net'
import type { Clock } from '#base/clock'
import { isNodeName, type NodeRoute } from '#contract'
import { lookedUp } from './addresses.js'
import { hostPlaceOf } from './host-list.js'
import type { Offsets } from './offsets.js'
import type { Lookup, Place } from './place.js'
import type { Questions } from './questions.js'
import { Search, type SearchEnd } from './search.js'
import type { Tell } from './told.js'

const SEARCHES_MAX = 256
const KNOWN_MAX = 4_096
/** How long an answer is not asked for again, in milliseconds. */
const FOUND_MS = 5_000
const UNKNOWN_MS = 1_000

export interface FinderWorld {
  readonly questions: Questions
  readonly offsets: Offsets
  readonly lookup: Lookup
  readonly clock: Clock
  readonly timeMs: () => number
  readonly tell: Tell
  readonly count: (cause: string) => void
  /** Where the hosts of the list are asked now. */
  readonly listed: () => readonly Place[]
  /** Who answers at a place of the list is somebody else: what comes back from there is no word. */
  readonly isOther: (place: Place) => boolean
  /** Where a host is asked that is told by a name alone. */
  readonly port: number
  /** How long what was found holds while nobody answers. */
  readonly heldMs: number
}

interface Known {
  readonly route: NodeRoute | undefined
  /** When somebody said so. */
  readonly saidMs: number
  /** When it is asked for again. */
  readonly againMs: number
}

export class Finder {
  readonly #world: FinderWorld
  readonly #known = new Map<string, Known>()
  readonly #searches = new Map<string, { readonly search: Search; readonly end: Promise<Answer> }>()

  constructor(world: FinderWorld) {
    this.#world = world
  }

  /** Where a node is; undefined: nobody who answers knows it. Never rejects. */
  async resolve(node: string): Promise<Answer> {
    if (!isNodeName(node)) return undefined
    const known = this.#known.get(node)
    if (known !== undefined && this.#world.clock.nowMs() < known.againMs) return known.route
    const running = this.#searches.get(node)
    if (running !== undefined) return running.end
    if (this.#searches.size >= SEARCHES_MAX) {
      this.#world.count('crowded')
      return undefined
    }
    const search = new Search(node, this.#world)
    const end = this.#search(node, search)
    this.#searches.set(node, { search, end })
    return end
  }

  stop(): void {
    for (const { search } of this.#searches.values()) search.stop()
    this.#known.clear()
  }

  async #search(node: string, search: Search): Promise<Answer> {
    const named = hostPlaceOf(node, this.#world.port)
    const end = await search.run(this.#world.listed(), named === undefined ? [] : this.#of(named))
    this.#searches.delete(node)
    return this.#judged(node, end)
  }

  async #of(named: Place): Promise<readonly Place[]> {
    const { lookup } = this.#world
    const hosts = isIP(named.host) === 0 ? await lookedUp(lookup, named.host) : [named.host]
    return hosts.map((host) => ({ host, port: named.port }))
  }

  #judged(node: string, end: SearchEnd): Answer {
    const nowMs = this.#world.clock.nowMs()
    if (end.kind === 'silence') {
      const before = this.#known.get(node)
      const isHeld = before?.route !== undefined && nowMs - before.saidMs < this.#world.heldMs
      const route = isHeld && before.route !== undefined ? suspect(before.route) : undefined
      const saidMs = before?.saidMs ?? nowMs
      this.#remember(node, { route, saidMs, againMs: nowMs + UNKNOWN_MS })
      return route
    }
    const route = end.kind === 'found' ? end.route : undefined
    const againMs = nowMs + (route === undefined ? UNKNOWN_MS : FOUND_MS)
    this.#remember(node, { route, saidMs: nowMs, againMs })
    if (route?.addresses.length === 0) {
      this.#world.tell('node-unreachable', node, unreachableText(node))
    }
    return route
  }

  #remember(node: string, known: Known): void {
    this.#known.delete(node)
    this.#known.set(node, known)
    if (this.#known.size <= KNOWN_MAX) return
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest)
      return
    }
  }
}

type Answer = NodeRoute | undefined

const suspect = (route: NodeRoute): NodeRoute => Object.freeze({ ...route, state: 'suspect' })

const unreachableText = (node: string): string =>
  `the node ${node} is known on its host, which gives no address for it that others can come to; ` +
  "give it network.acceptors with a host such as '0.0.0.0', or an advertisedHost"
