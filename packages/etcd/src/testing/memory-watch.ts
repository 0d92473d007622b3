/**
 * testing/memory-watch: one watch of an etcd in memory, as its client sees it.
 *
 * What was sent and did not arrive, because the line was lost, is sent again from the history: so
 * nothing is told twice and nothing left out. Ends when the history does not go back so far, or
 * when the store is behind what was told.
 *
 * @source etcd v3.4 watch; client/etcd-client for what is told
 */

import type { Clock } from 'troupe/registrar'
import type { Running, WatchAsk, WatchBatch, WatchEnd, WatchEvent } from '#etcd/client/etcd-client'
import { isWithin, type KeySpan, spanOf } from './key-text.js'
import type { LineListener, MemoryLine } from './memory-line.js'
import type { MemoryStore, StoreChange } from './memory-store.js'

/** What a watch needs of its surroundings. */
export interface WatchPlace {
  readonly clock: Clock
  readonly line: MemoryLine
  readonly store: MemoryStore
  /** It runs no more. */
  closed(watch: MemoryWatch): void
}

export class MemoryWatch implements Running, LineListener {
  readonly #place: WatchPlace
  readonly #ask: WatchAsk
  readonly #span: KeySpan
  /** Everything up to this revision was told; -1: it begins with what comes next. */
  #told: number
  /** Everything up to this revision is told or on its way. */
  #sent = 0
  #isClosed = false
  /** A state of the store before what was told has been restored. */
  #isRewound = false
  #isConnected = false
  /** What is on its way when the line is lost never arrives. */
  #life = 0
  #state: 'up' | 'down' | undefined = undefined
  /** What is on its way; each timer takes the first of it, so that nothing overtakes. */
  readonly #queue: { readonly life: number; readonly run: () => void }[] = []
  #dueMs = 0

  constructor(ask: WatchAsk, place: WatchPlace) {
    this.#place = place
    this.#ask = ask
    this.#span = spanOf(ask.range)
    this.#told = ask.fromRevision - 1
    place.line.listen(this)
    if (place.line.isOpen) this.lineBack()
    else place.clock.soon(() => this.#tellState('down', 'etcd does not answer'))
  }

  /** The store has changed. */
  changed(): void {
    if (!this.#isConnected) return
    const { store } = this.#place
    const changes = store.changesFrom(this.#sent + 1) ?? []
    this.#sent = store.revision
    const events = changes.filter(({ key }) => isWithin(key, this.#span)).map(eventOf)
    if (events.length > 0) this.#send({ revision: store.revision, events })
  }

  /** The store is as it was in that revision. */
  restored(revision: number): void {
    this.#isRewound ||= revision < this.#told
  }

  /** Tells that nothing more has happened. */
  progress(): void {
    this.changed()
    if (this.#isConnected) this.#send({ revision: this.#sent, events: [] })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#disconnect()
    this.#place.line.unlisten(this)
    this.#place.closed(this)
  }

  lineLost(problem: string): void {
    this.#disconnect()
    this.#tellState('down', problem)
  }

  lineBack(): void {
    this.#later(() => this.#connect())
  }

  #connect(): void {
    const { line, store } = this.#place
    if (!line.isOpen || this.#isConnected) return
    if (this.#told < 0) this.#told = store.revision
    if (line.refusal !== undefined) this.#end({ kind: 'refused', problem: line.refusal })
    else if (this.#isRewound || store.revision < this.#told)
      this.#end({ kind: 'rewound', revision: store.revision })
    else if (this.#told + 1 < store.compacted)
      this.#end({ kind: 'compacted', oldest: store.compacted })
    else this.#begin()
  }

  #begin(): void {
    this.#isConnected = true
    this.#sent = this.#told
    this.#tellState('up')
    this.changed()
  }

  #disconnect(): void {
    this.#isConnected = false
    this.#life += 1
  }

  #send(batch: WatchBatch): void {
    this.#later(() => {
      this.#told = batch.revision
      this.#ask.take(batch)
    })
  }

  /** In the order in which it was sent, however long the line takes. */
  #later(run: () => void): void {
    const { clock, line } = this.#place
    this.#queue.push({ life: this.#life, run })
    this.#dueMs = Math.max(clock.nowMs() + line.watchDelayMs, this.#dueMs)
    clock.after(this.#dueMs - clock.nowMs(), () => {
      const first = this.#queue.shift()
      if (!this.#isClosed && first?.life === this.#life) first.run()
    })
  }

  #tellState(state: 'up' | 'down', problem?: string): void {
    if (this.#isClosed || state === this.#state) return
    this.#state = state
    this.#ask.state?.(state, problem)
  }

  #end(end: WatchEnd): void {
    this.close()
    this.#ask.ended(end)
  }
}

const eventOf = ({ key, revision, entry }: StoreChange): WatchEvent =>
  entry === undefined
    ? { kind: 'delete', key: Buffer.from(key, 'latin1'), modRevision: revision }
    : { kind: 'put', entry }
