/**
 * cluster/registrar/across/search: one search for one node: whom to ask, how often, how it ends.
 *
 * Everybody is asked again after growing times until one has found it, all have said that they do
 * not know it, or the time is over.
 * Limit: `PLACES_MAX` addresses are asked.
 */
import type { Cancel } from '#base/clock'
import { isLoopbackHost } from '#base/host-kind'
import type { NodeRoute } from '#contract'
import { readFound, writeFind } from './bodies.js'
import type { FinderWorld } from './finder.js'
import type { AcrossFrame } from './frame.js'
import { isSamePlace, type Place, printedPlace } from './place.js'
import { routeFrom } from './reach.js'

/** When everybody is asked who has not answered, in milliseconds from the start. */
const ASK_AT_MS = [0, 100, 300, 700, 1_200, 1_800, 2_400] as const
export const SEARCH_MS = 3_000
const PLACES_MAX = 300
const NOT_HERE = Object.freeze({ verdict: 'unknown' as const })

/** `silence`: not everybody answered, and nobody knew it. */
export type SearchEnd =
  | { readonly kind: 'found'; readonly route: NodeRoute }
  | { readonly kind: 'unknown' | 'silence' }

export class Search {
  readonly #node: string
  readonly #world: FinderWorld
  /** Whom to ask, by place; who does not know the node is taken out. */
  readonly #left = new Map<string, Place>()
  #timers: Cancel[] = []
  #rounds = 0
  #isComplete = false
  #end: ((end: SearchEnd) => void) | undefined

  constructor(node: string, world: FinderWorld) {
    this.#node = node
    this.#world = world
  }

  /** Asks those of the list, and those behind the name as soon as they are known. */
  async run(
    listed: readonly Place[],
    named: Promise<readonly Place[]> | readonly Place[],
  ): Promise<SearchEnd> {
    const body = writeFind(this.#node)
    if (body === undefined) return { kind: 'unknown' }
    const end = new Promise<SearchEnd>((resolve) => {
      this.#end = resolve
    })
    const { clock } = this.#world
    for (const place of listed) this.#add(place)
    this.#timers = ASK_AT_MS.map((atMs) => clock.after(atMs, () => this.#askAll(body)))
    this.#timers.push(clock.after(SEARCH_MS, () => this.#finish({ kind: 'silence' })))
    void Promise.resolve(named).then((places) => {
      // What is known before the first round is asked in it.
      for (const place of places) {
        if (this.#add(place) && this.#rounds > 0) this.#ask(place, body, true)
      }
      this.#isComplete = true
      this.#finishIfAllKnow()
    })
    return end
  }

  stop(): void {
    this.#finish({ kind: 'silence' })
  }

  #add(place: Place): boolean {
    const key = printedPlace(place)
    if (this.#left.has(key) || this.#left.size >= PLACES_MAX) return false
    this.#left.set(key, place)
    return true
  }

  #askAll(body: Uint8Array): void {
    this.#rounds += 1
    for (const place of [...this.#left.values()]) this.#ask(place, body, true)
  }

  #ask(to: Place, body: Uint8Array, mayAskAgain: boolean): void {
    if (this.#end === undefined) return
    const { questions, offsets } = this.#world
    const question = {
      kind: 'find',
      body,
      to,
      offsetMs: offsets.of(to),
      waitMs: SEARCH_MS,
    } as const
    const taker = (answer: AcrossFrame) => this.#take(answer, to, body, mayAskAgain)
    if (questions.ask(question, taker) === undefined) this.#world.count('crowded')
  }

  #take(answer: AcrossFrame, from: Place, body: Uint8Array, mayAskAgain: boolean): void {
    if (this.#end === undefined) return
    if (answer.kind === 'clock') {
      this.#world.offsets.learn(from, answer.stampMs - this.#world.timeMs())
      if (mayAskAgain) this.#ask(from, body, false)
      return
    }
    const isSentBack = answer.kind === 'find' && this.#world.isOther(from)
    if (answer.kind === 'waiting' || isSentBack) return
    // What came back to us is our own question: it was ourselves who were asked.
    const told = answer.kind === 'find' ? NOT_HERE : readFound(answer.body)
    const isMeant = told?.verdict !== 'found' || told.route.node === this.#node
    if (told === undefined || !isMeant) {
      this.#world.count('malformed')
      return
    }
    if (told.verdict === 'found') {
      const route = Object.freeze(routeFrom(told.route, isLoopbackHost(from.host)))
      this.#finish({ kind: 'found', route })
      return
    }
    for (const [key, place] of this.#left) if (isSamePlace(place, from)) this.#left.delete(key)
    this.#finishIfAllKnow()
  }

  #finishIfAllKnow(): void {
    if (this.#isComplete && this.#left.size === 0) this.#finish({ kind: 'unknown' })
  }

  #finish(end: SearchEnd): void {
    for (const cancel of this.#timers) cancel()
    this.#timers = []
    const tell = this.#end
    this.#end = undefined
    tell?.(end)
  }
}
