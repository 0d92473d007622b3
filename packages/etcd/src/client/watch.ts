/**
 * client/watch: what happens to keys, without a hole and without a double, across lost lines.
 *
 * Every line begins at the revision after the last one that was given. Before each one the store
 * is read, by its leader's word: a store that is behind what was seen, that is another one, or in
 * which the last thing that was told never happened, was restored. A member that is only late does
 * not answer such a read at all. Limit: a store that has outrun what was seen before it is read
 * again is not known for restored by a watch that was told of nothing yet, or whose past is
 * compacted.
 *
 * @source etcd v3.4 watch; design 11 (watch from revision + 1)
 */
import { TroupeError } from 'troupe'
import type { Cancel } from 'troupe/registrar'
import { metadataOf, unary } from './attempt.js'
import { type Calls, follows, markOf, type StoreMark } from './calls.js'
import type { Endpoint } from './endpoints.js'
import type { KeyValue, Running, WatchAsk, WatchBatch, WatchEnd } from './etcd-client.js'
import { boundsOf, revisionOf } from './messages.js'
import { methodOf } from './proto.js'
import { type LineEnd, WatchLine } from './watch-line.js'
import { backoffMs, type EtcdWorld } from './world.js'

export interface WatchNeeds {
  readonly calls: Calls
  readonly world: EtcdWorld
  ended(): void
}

const RETRY_MS_MAX = 5_000
const LASTING_MS = 5_000
/** A user whose rights are changing is refused for a moment; after so many times for good. */
const CANCELS_MAX = 3

type Next = LineEnd | WatchEnd

export class Watch implements Running {
  readonly #ask: WatchAsk
  readonly #needs: WatchNeeds
  readonly #closing = new AbortController()
  #given: number
  #store: StoreMark | undefined
  #anchor: KeyValue | undefined
  #line: WatchLine | undefined
  #told: 'up' | 'down' | undefined
  #failures = 0
  #upMs: number | undefined
  #cancels = 0
  #cancelWait: Cancel | undefined

  constructor(ask: WatchAsk, needs: WatchNeeds) {
    this.#ask = ask
    this.#needs = needs
    this.#given = ask.fromRevision - 1
    this.#store = needs.calls.store
    void this.#open()
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  close(): void {
    if (this.#isClosed) return
    this.#closing.abort()
    this.#line?.close()
    this.#cancelWait?.()
    this.#needs.ended()
  }

  async #open(): Promise<void> {
    let next: Next | Endpoint
    try {
      next = await this.#look()
    } catch (thrown) {
      next = { kind: 'lost', problem: thrown instanceof Error ? thrown.message : 'no answer' }
    }
    if (this.#isClosed) return
    if (!('client' in next)) return this.#over(next)
    try {
      this.#line = this.#lineTo(next)
    } catch {
      this.#over({ kind: 'lost', problem: 'the channel was closed' })
    }
  }

  /** Whether the store is the one that was seen; if so whom to watch. */
  async #look(): Promise<WatchEnd | Endpoint> {
    const { calls } = this.#needs
    const question = { key: boundsOf(this.#ask.range).key, count_only: true }
    const send = unary(methodOf('KV/Range'), question)
    const ask = { operation: 'watch', send, repeatable: true }
    try {
      const found = await calls.ask(ask, { signal: this.#closing.signal })
      const revision = Number(found.answer.header?.revision ?? 0)
      const mark = markOf(found.answer)
      if (this.#given < 0) this.#given = revision
      const isSame = revision >= this.#given && follows(mark, this.#store)
      this.#store = mark
      if (isSame && (await this.#isAnchored())) return found.endpoint
      return { kind: 'rewound', revision }
    } catch (thrown) {
      if (TroupeError.is(thrown, 'ETCD_REFUSED')) {
        return { kind: 'refused', problem: thrown.message }
      }
      throw thrown
    }
  }

  /** Whether the last thing that was put still has its place in history, if that is kept. */
  async #isAnchored(): Promise<boolean> {
    if (this.#anchor === undefined) return true
    const { key, value, modRevision } = this.#anchor
    const send = unary(methodOf('KV/Range'), { key, revision: modRevision })
    const ask = { operation: 'watch', send, repeatable: true }
    try {
      const { answer } = await this.#needs.calls.ask(ask, { signal: this.#closing.signal })
      const [found] = answer.kvs
      return Number(found?.mod_revision) === modRevision && found?.value.equals(value) === true
    } catch (thrown) {
      // It was compacted; what is older than that nobody can compare.
      if (TroupeError.is(thrown, 'ETCD_REFUSED')) return true
      throw thrown
    }
  }

  #lineTo(endpoint: Endpoint): WatchLine {
    const { calls, world } = this.#needs
    const token = calls.tokens.current()
    return new WatchLine({
      ...{ endpoint, quietMs: world.quietMs, clock: world.clock, range: this.#ask.range },
      metadata: metadataOf(typeof token === 'object' ? undefined : token, true),
      fromRevision: this.#given + 1,
      created: () => {
        this.#upMs = world.clock.nowMs()
        this.#tell('up')
      },
      take: (batch) => this.#take(batch),
      ended: (end) => {
        calls.endpoints.failed(endpoint)
        this.#over(end)
      },
    })
  }

  #take(batch: WatchBatch): void {
    if (this.#isClosed || batch.revision <= this.#given) return
    this.#cancels = 0
    const given = this.#given
    const isNew = batch.events.every((event) => revisionOf(event) > given)
    const events = isNew ? batch.events : batch.events.filter((one) => revisionOf(one) > given)
    this.#given = batch.revision
    const put = events.findLast((event) => event.kind === 'put')
    if (put?.kind === 'put') this.#anchor = put.entry
    try {
      this.#ask.take({ revision: batch.revision, events })
    } catch (thrown) {
      // What was not taken cannot be given again without a double: the watch is over.
      const problem = thrown instanceof Error ? thrown.message : 'it was not taken'
      this.#finish({ kind: 'refused', problem })
    }
  }

  #over(end: Next): void {
    this.#line = undefined
    this.#forgetOld()
    if (end.kind === 'lost') this.#again(end.problem)
    else if (end.kind !== 'cancelled') this.#finish(end)
    else {
      this.#cancels += 1
      if (this.#cancels < CANCELS_MAX) this.#again(end.problem)
      else this.#finish({ kind: 'refused', problem: end.problem })
    }
  }

  /** A line that has lasted makes what was before it old; one that has not does not. */
  #forgetOld(): void {
    const lastedMs = this.#needs.world.clock.nowMs() - (this.#upMs ?? Number.POSITIVE_INFINITY)
    this.#upMs = undefined
    if (lastedMs < LASTING_MS) return
    this.#failures = 0
    this.#cancels = 0
  }

  #again(problem: string): void {
    this.#tell('down', problem)
    if (this.#isClosed) return
    const { clock, random } = this.#needs.world
    const delayMs = backoffMs(random, this.#failures, RETRY_MS_MAX)
    this.#failures += 1
    this.#cancelWait = clock.after(delayMs, () => void this.#open())
  }

  #tell(line: 'up' | 'down', problem?: string): void {
    if (this.#told === line || this.#isClosed) return
    this.#told = line
    this.#ask.state?.(line, problem)
  }

  #finish(end: WatchEnd): void {
    if (this.#isClosed) return
    this.close()
    this.#ask.ended(end)
  }
}
