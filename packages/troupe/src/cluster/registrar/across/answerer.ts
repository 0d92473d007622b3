/**
 * cluster/registrar/across/answerer: what is answered to the question of another host.
 *
 * Only for frames that are proven. A question that is old is answered with our time, so that hosts
 * whose clocks differ find each other; one that was seen before is not answered at all.
 * Limits: `ANSWERS_PER_SECOND_MAX` for each asking address, charged for new questions alone, so
 * that who sends caught ones again uses up nobody's share; `CLOCKS_PER_SECOND_MAX` for old ones.
 */
import { Allowance } from './allowance.js'
import { noBody, readFind, readPage, writeDigested, writeFound, writePaged } from './bodies.js'
import type { AcrossFrame, AcrossKind } from './frame.js'
import { Freshness } from './freshness.js'
import type { OwnTable } from './own-table.js'
import { type Place, plainHost } from './place.js'

const ANSWERS_PER_SECOND_MAX = 2_000
const CLOCKS_PER_SECOND_MAX = 100
/** It lives, and will know more soon. */
const WAITING = Object.freeze({ cause: 'not-ready', kind: 'waiting', body: noBody() } as const)

/** What became of a question. */
export type AskedCause =
  | 'answered'
  | 'malformed'
  | 'replayed'
  | 'stale'
  | 'crowded'
  | 'too-many'
  | 'not-ready'

/** What is sent back, if anything. */
export interface Reply {
  readonly cause: AskedCause
  readonly kind?: AcrossKind
  readonly body?: Uint8Array
}

export class Answerer {
  readonly #own: OwnTable
  readonly #allowance = new Allowance(ANSWERS_PER_SECOND_MAX)
  readonly #clocks = new Allowance(CLOCKS_PER_SECOND_MAX)
  readonly #freshness: Freshness

  constructor(own: OwnTable, timeMs: number) {
    this.#own = own
    this.#freshness = new Freshness(timeMs)
  }

  /** Whether what was not asked for, such as a notice, is new: nothing is ever answered to it. */
  isFresh(frame: AcrossFrame, from: Place, timeMs: number): boolean {
    return this.#judged(frame, plainHost(from.host), timeMs) === 'fresh'
  }

  answer(question: AcrossFrame, from: Place, timeMs: number): Reply {
    const host = plainHost(from.host)
    const judged = this.#judged(question, host, timeMs)
    if (judged === 'stale') return this.#clock(host, timeMs)
    if (judged !== 'fresh') return { cause: judged }
    switch (question.kind) {
      case 'find':
        return this.#find(question.body, host)
      case 'digest':
        return this.#digest(host)
      case 'page':
        return this.#page(question.body, host)
      default:
        return { cause: 'malformed' }
    }
  }

  /** What is new is charged to its address, and remembered when that has something left. */
  #judged({ nonce, stampMs }: AcrossFrame, host: string, timeMs: number) {
    const id = Buffer.from(nonce).toString('latin1')
    const judged = this.#freshness.judge(id, stampMs, timeMs)
    if (judged !== 'fresh') return judged
    if (!this.#allowance.take(host, timeMs)) return 'too-many'
    this.#freshness.remember(id)
    return 'fresh'
  }

  #clock(host: string, timeMs: number): Reply {
    if (!this.#clocks.take(host, timeMs)) return { cause: 'too-many' }
    return { cause: 'stale', kind: 'clock', body: noBody() }
  }

  #find(body: Uint8Array, host: string): Reply {
    const node = readFind(body)
    if (node === undefined) return { cause: 'malformed' }
    const found = this.#own.find(node, host)
    // Whoever takes over may not have heard of the node yet: no word is better than a wrong one.
    if (found === undefined && !this.#own.isWhole) return WAITING
    return { cause: 'answered', kind: 'found', body: writeFound(found?.route) }
  }

  #digest(host: string): Reply {
    return { cause: 'answered', kind: 'digested', body: writeDigested(this.#own.digest(host)) }
  }

  #page(body: Uint8Array, host: string): Reply {
    const asked = readPage(body)
    if (asked === undefined) return { cause: 'malformed' }
    const { digest, page } = asked
    const bytes = this.#own.page(digest, page)
    if (bytes === undefined) return this.#digest(host)
    return { cause: 'answered', kind: 'paged', body: writePaged(digest, page, bytes) }
  }
}
