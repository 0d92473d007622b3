/**
 * client/watch-line: one stream of a watch, to one endpoint, until it ends.
 *
 * Gives whole revisions: what etcd sends in fragments is joined, and what is whole of it is given
 * before the last one has come, so that no more than one revision waits here. A line that is silent
 * is asked for its progress; one that does not answer that either is lost. The answer is a sign of
 * life and nothing more: etcd before 3.4.25 gives it while events are still on their way.
 *
 * @source etcd v3.4 watch (fragment, progress_request); etcd issue 15220
 */
import type { ClientDuplexStream, Metadata, ServiceError } from '@grpc/grpc-js'
import type { Cancel, Clock } from 'troupe/registrar'
import type { Endpoint } from './endpoints.js'
import type { KeyRange, WatchBatch, WatchEvent } from './etcd-client.js'
import { faultOf } from './faults.js'
import { boundsOf, eventOf, revisionOf } from './messages.js'
import { methodOf, type WatchResponse } from './proto.js'

/** Why a line ended. */
export type LineEnd =
  | { readonly kind: 'lost'; readonly problem: string }
  | { readonly kind: 'compacted'; readonly oldest: number }
  | { readonly kind: 'cancelled'; readonly problem: string }
  /** What comes next is more than this client takes. */
  | { readonly kind: 'refused'; readonly problem: string }

export interface LineAsk {
  readonly endpoint: Endpoint
  readonly metadata: Metadata
  readonly range: KeyRange
  readonly fromRevision: number
  readonly clock: Clock
  /** Without a word for so long it is asked; silent for three such times on end, it is lost. */
  readonly quietMs: number
  created(): void
  take(batch: WatchBatch): void
  ended(end: LineEnd): void
}

const SILENCES_MAX = 3

export class WatchLine {
  readonly #ask: LineAsk
  readonly #stream: ClientDuplexStream<object, WatchResponse>
  #waiting: WatchEvent[] = []
  #isCreated = false
  #isEnded = false
  #heardMs: number
  #silences = 0
  #cancel: Cancel | undefined

  /** Throws when the channel is closed. */
  constructor(ask: LineAsk) {
    this.#ask = ask
    const { endpoint, metadata, range, fromRevision, clock } = ask
    const { path, serialize, deserialize } = methodOf('Watch/Watch')
    this.#stream = endpoint.client.makeBidiStreamRequest(path, serialize, deserialize, metadata)
    this.#stream.on('error', ({ code, details }: ServiceError) => {
      const fault = faultOf({ code, details })
      const isLarge = fault.kind === 'lost' && fault.oversized
      this.#end({ kind: isLarge ? 'refused' : 'lost', problem: fault.problem })
    })
    this.#stream.on('end', () => this.#end({ kind: 'lost', problem: 'etcd ended the stream' }))
    this.#stream.on('data', (answer: WatchResponse) => this.#hear(answer))
    const question = { start_revision: fromRevision, progress_notify: true, fragment: true }
    this.#stream.write({ create_request: { ...boundsOf(range), ...question } })
    this.#heardMs = clock.nowMs()
    this.#listen(ask.quietMs)
  }

  close(): void {
    this.#isEnded = true
    this.#cancel?.()
    this.#waiting = []
    this.#stream.cancel()
  }

  #end(end: LineEnd): void {
    if (this.#isEnded) return
    this.close()
    this.#ask.ended(end)
  }

  /**
   * Silences are counted, not measured: a program that was held up has answers that it has not read
   * yet, and reads them before the next one.
   */
  #listen(forMs: number): void {
    const { clock, quietMs } = this.#ask
    this.#cancel = clock.after(forMs, () => {
      const silentMs = clock.nowMs() - this.#heardMs
      if (silentMs < quietMs) {
        this.#listen(quietMs - silentMs)
        return
      }
      this.#silences += 1
      if (this.#silences >= (this.#isCreated ? SILENCES_MAX : 1)) {
        this.#end({ kind: 'lost', problem: `silent for ${Math.round(silentMs)} ms` })
        return
      }
      if (this.#isCreated) this.#stream.write({ progress_request: {} })
      this.#listen(quietMs)
    })
  }

  #hear(answer: WatchResponse): void {
    if (this.#isEnded) return
    this.#heardMs = this.#ask.clock.nowMs()
    this.#silences = 0
    if (answer.canceled) {
      this.#end(endOf(answer))
      return
    }
    if (answer.created && !this.#isCreated) {
      this.#isCreated = true
      this.#ask.created()
    }
    if (answer.events.length > 0 || this.#waiting.length > 0) this.#gather(answer)
    else if (isProgress(answer)) {
      this.#ask.take({ revision: Number(answer.header?.revision ?? 0), events: [] })
    }
  }

  /** Gives what is whole: all but the last revision while more of that may come. */
  #gather({ events, fragment }: WatchResponse): void {
    const all = this.#waiting
    for (const message of events) {
      const event = eventOf(message)
      if (event !== undefined) all.push(event)
    }
    const last = all.at(-1)
    if (last === undefined) return
    const revision = revisionOf(last)
    let whole = all.length
    if (fragment) while (whole > 0 && revisionOf(all[whole - 1] ?? last) === revision) whole -= 1
    this.#waiting = all.slice(whole)
    const given = whole === all.length ? all : all.slice(0, whole)
    const lastGiven = given.at(-1)
    if (lastGiven !== undefined) this.#ask.take({ revision: revisionOf(lastGiven), events: given })
  }
}

/** Told of one watch, in order with its events; what was asked for is told of none (id -1). */
const isProgress = ({ created, watch_id: id }: WatchResponse): boolean => !created && id !== '-1'

function endOf(answer: WatchResponse): LineEnd {
  const oldest = Number(answer.compact_revision)
  if (oldest > 0) return { kind: 'compacted', oldest }
  const problem = answer.cancel_reason === '' ? 'etcd ended the watch' : answer.cancel_reason
  return { kind: 'cancelled', problem }
}
