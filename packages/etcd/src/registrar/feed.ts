/**
 * registrar/feed: one range of keys, read at a revision and watched from the next one.
 *
 * When what was to be watched is no longer kept, or the store has gone back, all is read again.
 * Goes on until it is closed, whatever etcd does. Knows nothing of what the keys say.
 *
 * @source ergo-features 21 (mirror); etcd v3.4 API (watch, compaction)
 */
import { describeThrown, TroupeError } from 'troupe'
import type { Cancel, Clock, Random } from 'troupe/registrar'
import type {
  EtcdClient,
  KeyRange,
  KeyValue,
  Running,
  WatchBatch,
  WatchEnd,
} from '#etcd/client/etcd-client'
import { BackOff, Patience } from './back-off.js'

/** What a feed tells. */
export interface FeedTaker {
  /** Everything there is, before what comes. */
  all(entries: readonly KeyValue[], revision: number): void
  change(batch: WatchBatch): void
  /** The range can be seen; or it cannot, and why. Told when it changes. */
  line(problem: string | undefined): void
  /** It is not allowed, or not possible; it is tried again all the same. */
  refused(problem: string): void
  /** An older state of the store is there; all of it is told next. */
  rewound(before: number, after: number): void
}

export interface FeedGiven {
  readonly client: EtcdClient
  readonly clock: Clock
  readonly random: Random
  readonly range: KeyRange
}

/** A store that is too large is not read again and again while it changes. */
const ROOM_LIMITS = Object.freeze({ firstMs: 1_000, mostMs: 60_000 })

export class Feed {
  readonly #given: FeedGiven
  readonly #taker: FeedTaker
  readonly #backOff: BackOff
  /** Before what was to be watched and cannot be is read again, and before what is asked for. */
  readonly #patience: Patience
  readonly #roomPatience: Patience
  #watch: Running | undefined = undefined
  #cancel: Cancel = () => false
  #isOpen = true
  /** It is watched, and nothing else is due. */
  #isWatching = false
  /** Undefined: nothing has been answered, nor failed. */
  #isUp: boolean | undefined = undefined
  #revision = 0

  constructor(given: FeedGiven, taker: FeedTaker) {
    this.#given = given
    this.#taker = taker
    this.#backOff = new BackOff(given.random)
    this.#patience = new Patience(given.random)
    this.#roomPatience = new Patience(given.random, ROOM_LIMITS)
  }

  start(): void {
    void this.#read()
  }

  /** All is to be read again, since there is room for more of it than there was. */
  again(): void {
    if (!this.#isOpen || !this.#isWatching) return
    this.#isWatching = false
    this.#readIn(this.#roomPatience.nextMs(this.#given.clock.nowMs()))
  }

  close(): void {
    this.#isOpen = false
    this.#cancel()
    this.#watch?.close()
  }

  async #read(): Promise<void> {
    const { client, range } = this.#given
    this.#unwatch()
    try {
      const { keys, revision } = await client.rangeAll(range)
      if (!this.#isOpen) return
      this.#backOff.reset()
      this.#revision = revision
      this.#line(undefined)
      this.#taker.all(keys, revision)
      if (this.#isOpen) this.#begin(revision + 1)
    } catch (thrown) {
      if (!this.#isOpen) return
      this.#line(problemOf(thrown))
      if (TroupeError.is(thrown, 'ETCD_REFUSED')) this.#taker.refused(problemOf(thrown))
      this.#readIn(this.#backOff.nextMs())
    }
  }

  #readIn(delayMs: number): void {
    const { clock } = this.#given
    this.#cancel()
    this.#cancel = clock.after(delayMs, () => void this.#read())
  }

  #unwatch(): void {
    this.#isWatching = false
    this.#watch?.close()
    this.#watch = undefined
  }

  #begin(fromRevision: number): void {
    const { client, range } = this.#given
    let isOver = false
    this.#isWatching = true
    const watch = client.watch({
      ...{ range, fromRevision },
      take: (batch) => {
        if (isOver || !this.#isOpen) return
        this.#revision = batch.revision
        this.#line(undefined)
        if (batch.events.length > 0) this.#taker.change(batch)
      },
      state: (line, problem = 'the line to etcd is down') => {
        if (!isOver && this.#isOpen) this.#line(line === 'up' ? undefined : problem)
      },
      ended: (end) => {
        if (isOver || !this.#isOpen) return
        isOver = true
        this.#end(end)
      },
    })
    const close = (): void => {
      isOver = true
      watch.close()
    }
    if (isOver || !this.#isOpen) close()
    else this.#watch = { close }
  }

  #end(end: WatchEnd): void {
    this.#unwatch()
    switch (end.kind) {
      case 'compacted':
        this.#readIn(this.#patience.nextMs(this.#given.clock.nowMs()))
        break
      case 'rewound':
        this.#taker.rewound(this.#revision, end.revision)
        this.#readIn(this.#patience.nextMs(this.#given.clock.nowMs()))
        break
      case 'refused':
        this.#line(end.problem)
        this.#taker.refused(end.problem)
        this.#readIn(this.#backOff.nextMs())
    }
  }

  #line(problem: string | undefined): void {
    const isUp = problem === undefined
    if (isUp === this.#isUp) return
    this.#isUp = isUp
    this.#taker.line(problem)
  }
}

/** With its code, since the text alone goes on its way. */
const problemOf = (thrown: unknown): string =>
  TroupeError.is(thrown) ? `${thrown.code}: ${thrown.message}` : describeThrown(thrown)
