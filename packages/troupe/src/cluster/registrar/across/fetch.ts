/**
 * cluster/registrar/across/fetch: gets the table of another host, page by page.
 *
 * A few pages are asked for at once, what does not come is asked for again; a table that changes
 * meanwhile begins anew with the next poll.
 * Limits: `WINDOW` questions at once, `SILENT_ROUNDS_MAX` rounds in which nothing comes.
 */
import type { Cancel, Clock } from '#base/clock'
import { readPage, type TableDigest, writePageQuestion } from './bodies.js'
import type { AcrossFrame } from './frame.js'
import type { AnswerTaker } from './questions.js'
import { digestOf } from './table-text.js'

const WINDOW = 8
const ROUND_MS = 150
const SILENT_ROUNDS_MAX = 10

/** How a fetch ends: with the bytes of the table, or without. */
export type FetchEnd =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'given-up' | 'changed' | 'broken' }

export interface FetchVerbs {
  /** Asks for a page; the answer may never come. */
  ask(body: Uint8Array, taker: AnswerTaker): void
  ended(end: FetchEnd): void
}

export class Fetch {
  readonly table: TableDigest
  readonly #clock: Clock
  readonly #verbs: FetchVerbs
  readonly #pages: (Uint8Array | undefined)[]
  #missing: number
  #asked = 0
  #silentRounds = 0
  #cancel: Cancel = () => false
  #isOver = false

  constructor(table: TableDigest, clock: Clock, verbs: FetchVerbs) {
    this.table = table
    this.#clock = clock
    this.#verbs = verbs
    this.#pages = new Array<undefined>(table.pages).fill(undefined)
    this.#missing = table.pages
  }

  start(): void {
    for (let count = 0; count < WINDOW; count += 1) this.#askNext()
    this.#arm()
    if (this.#missing === 0) this.#finish()
  }

  stop(): void {
    this.#isOver = true
    this.#cancel()
  }

  #askNext(): void {
    if (this.#asked >= this.#pages.length) return
    this.#ask(this.#asked)
    this.#asked += 1
  }

  #ask(page: number): void {
    this.#verbs.ask(writePageQuestion(this.table.digest, page), (answer) => this.#take(answer))
  }

  #take(answer: AcrossFrame): void {
    // A question that comes back is no answer: somebody caught it.
    if (this.#isOver || answer.kind === 'clock' || answer.kind === 'page') return
    if (answer.kind !== 'paged') {
      this.#end({ kind: 'changed' })
      return
    }
    const told = readPage(answer.body)
    if (told === undefined || told.digest !== this.table.digest) return
    if (told.page >= this.#pages.length || this.#pages[told.page] !== undefined) return
    this.#pages[told.page] = told.bytes
    this.#missing -= 1
    this.#silentRounds = 0
    if (this.#missing === 0) this.#finish()
    else this.#askNext()
  }

  #finish(): void {
    const bytes = Buffer.concat(this.#pages as Uint8Array[])
    const isWhole = bytes.length === this.table.bytes && digestOf(bytes) === this.table.digest
    this.#end(isWhole ? { kind: 'whole', bytes } : { kind: 'broken' })
  }

  #arm(): void {
    this.#cancel = this.#clock.after(ROUND_MS, () => {
      this.#silentRounds += 1
      if (this.#silentRounds > SILENT_ROUNDS_MAX) return this.#end({ kind: 'given-up' })
      this.#askAgain()
      this.#arm()
    })
  }

  #askAgain(): void {
    let again = 0
    for (let page = 0; page < this.#asked && again < WINDOW; page += 1) {
      if (this.#pages[page] !== undefined) continue
      this.#ask(page)
      again += 1
    }
  }

  #end(end: FetchEnd): void {
    if (this.#isOver) return
    this.stop()
    this.#verbs.ended(end)
  }
}
