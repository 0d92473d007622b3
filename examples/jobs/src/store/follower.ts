/**
 * store/follower: keeps the store of one other coordinator like that of the one that leads.
 *
 * First it has to catch up: what it has and was never settled is amended, then it gets page by
 * page what it lacks, from the disk of the leader. From then on it gets every batch as it is
 * made. A failure, or too long a queue, and it catches up anew.
 *
 * What it answers counts for a majority only while it is current, since only then does it have
 * all up to the mark it confirms; and a store that is being rebuilt counts for nothing.
 */
import { JobsFault } from '#jobs/job/faults'
import { compareMarks, type Mark, NO_MARK } from '#jobs/job/job'
import type { Ballot } from './ballot.js'
import type { ReplicaState } from './book.js'
import type { BookOptions } from './book-options.js'
import { type BookWorld, pause } from './book-world.js'
import type { Entry } from './entry.js'
import type { JobStore } from './job-store.js'
import type { Promised, Refused, Stale, Unpromised } from './replica-protocol.js'

/** What a follower asks of the book it belongs to. */
export interface FollowerHost {
  readonly ballot: Ballot
  readonly own: JobStore
  readonly world: BookWorld
  readonly options: Required<BookOptions>
  readonly isClosed: boolean
  readonly sessions: { next(): number }
  /** All stores are new: none of them is a lost one. */
  readonly isVirgin: boolean
  /** Up to here all writes are settled; undefined before the book is open. */
  readonly settled: Mark | undefined
  /** All before this book, as it is in it. */
  readonly opened: Mark
  /** Sent to replicas, not yet on the own disk. */
  readonly inFlight: readonly Entry[]
  /** A follower has more than before, or other news. */
  changed(): void
  /** A later ballot was promised. */
  stale(term: number): void
  /** Rejects unless a majority of stores that count still holds to the ballot. */
  confirm(): Promise<void>
}

/** How often a page is asked for, or sent, before the store is taken to be away. */
const PATIENCE = 3

type Answer = { readonly kind: string } | Stale | Unpromised | Refused

export class Follower {
  readonly node: string
  readonly #host: FollowerHost
  #state: ReplicaState['state'] = 'away'
  #problem: string | undefined
  #isEstablished = false
  #isLive = false
  /** That of the host, with the session that this store has promised last. */
  #ballot: Ballot
  #reached: Mark = NO_MARK
  #told: Mark = NO_MARK
  #floor: Mark = NO_MARK
  #queue: Entry[] = []
  #wake: () => void = () => {}

  constructor(node: string, host: FollowerHost) {
    this.node = node
    this.#host = host
    this.#ballot = host.ballot
  }

  /** It has all up to here, durably; nothing is said by one that has to catch up. */
  get reached(): Mark {
    return this.#state === 'current' ? this.#reached : NO_MARK
  }

  get isCurrent(): boolean {
    return this.#state === 'current'
  }

  /** What it says counts for majorities. */
  get isEstablished(): boolean {
    return this.#isEstablished
  }

  /** Up to here it knows that it has all. */
  get told(): Mark {
    return this.#told
  }

  view(term: number): ReplicaState {
    const behind = this.#state === 'current' ? this.#queue.length : this.#lacks()
    return { node: this.node, state: this.#state, problem: this.#problem, term, behind }
  }

  #lacks(): number {
    const { last } = this.#host.own
    const seen = compareMarks(this.#told, NO_MARK) === 0 ? 0 : this.#told.sequence
    const sameTerm = this.#told.term === last.term
    const counts = Object.values(this.#host.own.counts).reduce((sum, one) => sum + one, 0)
    return sameTerm ? Math.max(0, Math.min(counts, last.sequence - seen)) : counts
  }

  /** Follows until the book is closed. */
  async run(): Promise<void> {
    while (!this.#host.isClosed) {
      try {
        await this.#follow()
      } catch (problem) {
        this.#lost(problem)
      }
      if (!this.#host.isClosed) await pause(this.#host.world, this.#host.options.retryMs)
    }
  }

  /** Gives it what is written now, if it is current or about to be. */
  push(entries: readonly Entry[]): void {
    if (!this.#isLive) return
    if (this.#queue.length + entries.length > this.#host.options.queueMax) {
      this.#isLive = false
      this.#queue = []
    } else {
      for (const entry of entries) this.#queue.push(entry)
    }
    this.nudge()
  }

  /** There is something to do or to tell. */
  nudge(): void {
    this.#wake()
  }

  /** Whether it still holds to the ballot. */
  async holds(): Promise<boolean> {
    if (!this.#isEstablished) return false
    try {
      await this.#write([], {})
      return true
    } catch {
      return false
    }
  }

  #lost(problem: unknown): void {
    this.#isLive = false
    this.#queue = []
    const isRefusal = JobsFault.is(problem, 'STORE_FAILED')
    this.#state = isRefusal ? 'failing' : 'away'
    this.#problem = problem instanceof Error ? problem.message : String(problem)
    this.#host.changed()
  }

  async #follow(): Promise<void> {
    const { options, world, sessions } = this.#host
    const ballot = { ...this.#host.ballot, session: sessions.next() }
    this.#ballot = ballot
    const promised = await world.ask(this.node, 'promise', { ballot }, options.askTimeoutMs)
    this.#check(promised)
    if (promised.kind !== 'promised') return
    this.#state = 'catching-up'
    await this.#catchUp(promised)
    if (this.#host.isClosed) return
    this.#state = 'current'
    this.#problem = undefined
    this.#host.changed()
    await this.#live()
  }

  async #catchUp(promised: Promised): Promise<void> {
    const { own, isVirgin } = this.#host
    const isTooOld = compareMarks(promised.complete, own.floor) < 0
    this.#isEstablished = promised.established
    this.#told = this.#isEstablished ? promised.complete : NO_MARK
    if (this.#isEstablished) {
      // What was forgotten without a trace is found by looking at all that it has.
      const from = isTooOld ? NO_MARK : promised.complete
      const traces = isTooOld ? own.last : from
      await this.#amend(from)
      await this.#pages(from)
      if (compareMarks(own.floor, traces) <= 0) return
      throw this.#behind('traces of what is forgotten went meanwhile')
    }
    // Whoever has lost its disk has lost its promises, too: another one may lead by now.
    if (!isVirgin) await this.#host.confirm()
    if (!promised.empty) await this.#reset()
    return this.#pages(NO_MARK)
  }

  async #reset(): Promise<void> {
    const { options, world } = this.#host
    for (;;) {
      const given = { ballot: this.#ballot }
      const answer = await world.ask(this.node, 'reset', given, options.askTimeoutMs)
      this.#check(answer)
      if (answer.kind === 'reset') return
    }
  }

  /** What it has beyond its mark and was never settled is replaced by what the leader has. */
  async #amend(complete: Mark): Promise<void> {
    const { own, options, world } = this.#host
    for (let after = complete; ; ) {
      const given = { ballot: this.#ballot, after, limit: options.pageMax }
      const page = await this.#patiently(() =>
        world.ask(this.node, 'changes', given, options.askTimeoutMs),
      )
      this.#check(page)
      if (page.kind !== 'changes') return
      const entries: Entry[] = []
      const forget: string[] = []
      for (const { id, mark } of page.entries) {
        const settled = own.entry(id)
        if (settled === undefined) forget.push(id)
        else if (compareMarks(settled.mark, mark) !== 0) entries.push(settled)
      }
      if (entries.length + forget.length > 0) await this.#write(entries, { forget })
      const last = page.entries.at(-1)
      if (!page.more || last === undefined) return
      after = last.mark
    }
  }

  async #pages(from: Mark): Promise<void> {
    const { own, options } = this.#host
    for (let after = from; !this.#host.isClosed; ) {
      const { entries, more } = own.changes(after, options.pageMax)
      const top = own.last
      if (!more) {
        // From here on batches come by themselves: none may fall between.
        this.#isLive = true
        this.#queue = [...this.#host.inFlight]
      }
      if (entries.length > 0) await this.#patiently(() => this.#write(entries, {}))
      if (!more) {
        const { opened } = this.#host
        this.#reached = compareMarks(top, opened) > 0 ? top : opened
        return
      }
      after = entries.at(-1)?.mark ?? after
    }
  }

  /** One late answer does not begin a long way anew; asking twice does no harm. */
  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask()
      } catch (problem) {
        if (JobsFault.is(problem) || attempt === PATIENCE) throw problem
      }
    }
  }

  async #live(): Promise<void> {
    while (!this.#host.isClosed) {
      if (!this.#isLive) throw this.#behind('it lags too far')
      if (this.#queue.length === 0 && !this.#hasNews()) await this.#rest()
      if (this.#host.isClosed) return
      const entries = this.#queue.splice(0, this.#host.options.pageMax)
      await this.#write(entries, this.#news())
      this.#reached = entries.at(-1)?.mark ?? this.#reached
      this.#host.changed()
    }
  }

  /** That the book is open is told at once; the rest with the next batch or beat. */
  #hasNews(): boolean {
    const isTold = compareMarks(this.#told, this.#host.opened) >= 0
    return this.#host.settled !== undefined && !(isTold && this.#isEstablished)
  }

  #news(): { readonly complete?: Mark; readonly floor?: Mark } {
    const { settled, own } = this.#host
    if (settled === undefined) return {}
    // All that is of earlier ballots is settled by now, and it has it.
    const start = this.#host.opened
    const least = compareMarks(settled, this.#reached) < 0 ? settled : this.#reached
    const complete = compareMarks(least, start) < 0 ? start : least
    const isNews = !this.#isEstablished || compareMarks(complete, this.#told) > 0
    const isFloor =
      compareMarks(own.floor, this.#floor) > 0 && compareMarks(own.floor, this.#told) <= 0
    return {
      ...(isNews ? { complete } : {}),
      ...(isFloor ? { floor: own.floor } : {}),
    }
  }

  async #write(
    entries: readonly Entry[],
    more: {
      readonly forget?: readonly string[]
      readonly complete?: Mark
      readonly floor?: Mark
    },
  ): Promise<void> {
    const { options, world } = this.#host
    const { forget, complete, floor } = more
    const given = { ballot: this.#ballot, entries, forget, complete, floor }
    this.#check(await world.ask(this.node, 'write', given, options.askTimeoutMs))
    if (floor !== undefined) this.#floor = floor
    if (complete === undefined) return
    this.#told = complete
    this.#isEstablished = true
  }

  #check(answer: Answer): void {
    switch (answer.kind) {
      case 'stale': {
        const { term } = answer as Stale
        this.#host.stale(term)
        throw new JobsFault('STALE_TERM', { term: this.#host.ballot.term, later: term })
      }
      case 'unpromised':
        throw this.#behind('it does not know the promise any more')
      case 'refused': {
        const { code, problem } = answer as Refused
        throw new JobsFault('STORE_FAILED', { path: this.node, problem: `${code}: ${problem}` })
      }
      default:
    }
  }

  #behind(problem: string): JobsFault {
    return new JobsFault('REPLICA_BEHIND', { node: this.node, problem })
  }

  /** Until there is something to send, or it is time for a sign of life. */
  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel()
        this.#wake = () => {}
        resolve()
      }
      const cancel = this.#host.world.after(this.#host.options.beatMs, done)
      this.#wake = done
    })
  }
}
