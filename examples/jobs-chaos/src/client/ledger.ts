/**
 * client/ledger: what the client has asked and heard, in memory and in its log.
 *
 * A line is in the file before the next thing happens: what was acknowledged is known even if this
 * program is killed a moment later.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { lineOf } from '#chaos/account/fact-lines'
import type { ClientFact, State } from '#chaos/account/facts'
import type { World } from '#chaos/world/world'

/** What is to be logged; the time is added. */
type Untimed<F> = F extends unknown ? Omit<F, 'at'> : never
export type News = Untimed<ClientFact>

export interface LedgerOptions {
  /** Path of the log, which is made anew. */
  readonly log: string
  readonly world: World
  /** Whether the job has had an effect. */
  readonly hasEffect: (id: string) => boolean
}

const ENDED: readonly string[] = ['done', 'parked', 'failed', 'deleted']

export class Ledger {
  readonly #options: LedgerOptions
  readonly #log: number
  readonly #acknowledged = new Set<string>()
  readonly #promised: string[] = []
  /** Acknowledged, and neither told as ended nor with an effect. */
  readonly #open = new Set<string>()
  readonly #asked: string[] = []
  #unanswered = 0

  constructor(options: LedgerOptions) {
    this.#options = options
    this.#log = openSync(options.log, 'w')
  }

  /** Every id that was asked for. */
  get asked(): readonly string[] {
    return this.#asked
  }

  /** Every id that was acknowledged. */
  get acknowledged(): readonly string[] {
    return this.#promised
  }

  /** Answers that did not come. */
  get unanswered(): number {
    return this.#unanswered
  }

  /** Acknowledged jobs that have no effect yet and were not told as ended. */
  inFlight(): readonly string[] {
    for (const id of this.#open) if (this.#options.hasEffect(id)) this.#open.delete(id)
    return [...this.#open]
  }

  write(news: News): void {
    const fact = { at: this.#options.world.wallMs(), ...news } as ClientFact
    writeSync(this.#log, lineOf(fact))
    this.#learn(fact)
  }

  close(): void {
    closeSync(this.#log)
  }

  #learn(fact: ClientFact): void {
    if (!('id' in fact)) return
    const { id } = fact
    if (fact.kind === 'asked') this.#asked.push(id)
    if (fact.kind === 'unanswered') this.#unanswered += 1
    if (fact.kind === 'acknowledged' && !this.#acknowledged.has(id)) {
      this.#acknowledged.add(id)
      this.#promised.push(id)
      this.#open.add(id)
    }
    if (fact.kind === 'unwanted' || (fact.kind === 'told' && isEnd(fact.state))) {
      this.#open.delete(id)
    }
  }
}

const isEnd = (state: State | 'unknown'): boolean => ENDED.includes(state)
