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
import { BackOff } from './back-off.js'

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

export class Feed {
  readonly #given: FeedGiven
  readonly #taker: FeedTaker
  readonly #backOff: BackOff
  #watch: Running | undefined = undefined
  #cancel: Cancel = () => false
  #isOpen = true
  /** Undefined: nothing has been answered, nor failed. */
  #isUp: boolean | undefined = undefined
  #revision = 0

  constructor(given: FeedGiven, taker: FeedTaker) {
    this.#given = given
    this.#taker = taker
    this.#backOff = new BackOff(given.random)
  }

  start(): void {
    void this.#read()
  }

  close(): void {
    this.#isOpen = false
    this.#cancel()
    this.#watch?.close()
  }

  async #read(): Promise<void> {
    const { client, range } = this.#given
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
      this.#readLater()
    }
  }

  #readLater(): void {
    const { clock } = this.#given
    this.#cancel = clock.after(this.#backOff.nextMs(), () => void this.#read())
  }

  #begin(fromRevision: number): void {
    const { client, range } = this.#given
    let isOver = false
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
    if (isOver || !this.#isOpen) watch.close()
    else this.#watch = watch
  }

  #end(end: WatchEnd): void {
    this.#watch?.close()
    this.#watch = undefined
    switch (end.kind) {
      case 'compacted':
        void this.#read()
        break
      case 'rewound':
        this.#taker.rewound(this.#revision, end.revision)
        void this.#read()
        break
      case 'refused':
        this.#line(end.problem)
        this.#taker.refused(end.problem)
        this.#readLater()
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
