/**
 * store/opening: how the state of all settled writes is found when a term begins.
 *
 * A majority promises to take nothing of earlier ballots. The one of them that is complete up to
 * the latest mark is believed up to there: what another one has and it has not was never settled.
 * Beyond that mark the own store gets what any of them has: each settled write is at one of them
 * at least, since it was at a majority.
 *
 * A new store has no promises and no jobs, and cannot be told from one that lost its disk: it
 * does not count. When ALL stores answer and none of them has ever had a job, nothing can be
 * lost: that is how a cluster begins. A store that follows one which was set aside is empty, but
 * not new: a cluster does not begin with it.
 */
import { JobsFault } from '#jobs/job/faults'
import { compareMarks, type Mark, NO_MARK } from '#jobs/job/job'
import type { Ballot } from './ballot.js'
import type { BookOptions } from './book-options.js'
import { type BookWorld, pause } from './book-world.js'
import type { JobStore } from './job-store.js'
import type { Promised, Refused, Unpromised } from './replica-protocol.js'

export interface Opening {
  readonly ballot: Ballot
  readonly own: JobStore
  readonly node: string
  readonly coordinators: readonly string[]
  readonly world: BookWorld
  readonly options: Required<BookOptions>
  readonly signal: AbortSignal | undefined
  /** Counts askings for promises, so that what is late can be told. */
  readonly sessions: Sessions
}

export class Sessions {
  #last = 1

  next(): number {
    this.#last += 1
    return this.#last
  }
}

/** Another opening of the same term was promised: try again with a later one. */
export interface Outbid {
  readonly kind: 'outbid'
  readonly opening: number
}

export interface Found {
  readonly kind: 'opened'
  readonly isVirgin: boolean
  /** What the own store has beyond this mark may or may not have been settled. */
  readonly base: Mark
}

export type Opened = Found | Outbid

export const majorityOf = (total: number): number => Math.floor(total / 2) + 1

/** Brings the own store up to all that is settled. */
export async function open(opening: Opening): Promise<Opened> {
  return new Gathering(opening).run()
}

/** What was promised, and to which asking. */
type Standing = Promised & { readonly ballot: Ballot }

class Gathering {
  readonly #opening: Opening
  readonly #others: readonly string[]
  readonly #promised = new Map<string, Standing>()
  readonly #gathered = new Set<string>()
  /** Up to here one of them is believed. */
  #base: Mark = NO_MARK
  #outbid: number | undefined
  #fault: JobsFault | undefined
  #problem = 'they do not answer'
  #isOver = false
  #wake: () => void = () => {}

  constructor(opening: Opening) {
    this.#opening = opening
    this.#others = opening.coordinators.filter((node) => node !== opening.node)
  }

  async run(): Promise<Opened> {
    const { own, ballot, world, options } = this.#opening
    // First the own one: what others promise after it is newer than a loss of the own disk.
    const answer = await own.promise(ballot)
    if (answer.kind === 'stale') this.#refused(answer)
    const untilMs = world.wallMs() + options.openTimeoutMs
    for (const node of this.#others) void this.#ask(node)
    try {
      for (;;) {
        if (this.#fault !== undefined) throw this.#fault
        if (this.#outbid !== undefined) return { kind: 'outbid', opening: this.#outbid }
        const opened = await this.#look()
        if (opened !== undefined) return opened
        if (this.#opening.signal?.aborted) throw this.#noMajority('it was called off')
        if (world.wallMs() >= untilMs) throw this.#noMajority(this.#problem)
        await this.#news()
      }
    } finally {
      this.#isOver = true
    }
  }

  /** Asks a store for its promise until it answers. */
  async #ask(node: string): Promise<void> {
    const { world, options, sessions } = this.#opening
    while (!this.#isOver && !this.#promised.has(node)) {
      const ballot = { ...this.#opening.ballot, session: sessions.next() }
      try {
        const answer = await world.ask(node, 'promise', { ballot }, options.askTimeoutMs)
        if (answer.kind === 'promised') this.#promised.set(node, { ...answer, ballot })
        else if (answer.kind === 'stale') this.#refused(answer)
        else this.#problem = `${node}: ${answer.code}: ${answer.problem}`
        this.#wake()
        if (answer.kind === 'stale') return
      } catch (problem) {
        this.#problem = `${node}: ${problem instanceof Error ? problem.message : String(problem)}`
      }
      if (!this.#promised.has(node)) await pause(world, options.retryMs)
    }
  }

  /** What can be done with the promises there are. */
  async #look(): Promise<Opened | undefined> {
    const { own, coordinators, options } = this.#opening
    const total = coordinators.length
    const isAll = this.#promised.size === this.#others.length
    const isLossy = options.acceptLoss && isAll
    const counting = [...this.#promised].filter(([, one]) => one.established || isLossy)
    const self = own.isEstablished || isLossy ? 1 : 0
    if (self + counting.length < majorityOf(total)) {
      if (!isAll) return undefined
      if (this.#areEmpty()) return this.#found(true)
      const fresh = total - counting.length - self
      throw new JobsFault('STORE_LOST', { fresh, total, problem: this.#loss() })
    }
    counting.sort(([, left], [, right]) => compareMarks(right.complete, left.complete))
    for (const [node, promised] of counting) {
      if (this.#gathered.has(node)) continue
      if (await this.#isTaken(node, promised)) this.#gathered.add(node)
      else return undefined
      if (this.#fault !== undefined) return undefined
    }
    const isEnough = self + this.#gathered.size >= majorityOf(total)
    return isEnough ? this.#found(isLossy) : undefined
  }

  #found(isVirgin: boolean): Found {
    const { own } = this.#opening
    const isOwn = own.isEstablished && compareMarks(own.complete, this.#base) > 0
    return { kind: 'opened', isVirgin, base: isOwn ? own.complete : this.#base }
  }

  #areEmpty(): boolean {
    const areAll = [...this.#promised.values()].every(({ empty }) => empty)
    return areAll && this.#opening.own.isEmpty && this.#setAside().length === 0
  }

  /** The stores that follow one which was set aside, and where that one lies. */
  #setAside(): readonly string[] {
    const { own, node } = this.#opening
    const all = [[node, own] as const, ...this.#promised]
    return all.flatMap(([name, { afterLoss }]) =>
      typeof afterLoss === 'string' ? `${name}: ${afterLoss.slice(0, PATH_LENGTH_MAX)}` : [],
    )
  }

  #loss(): string {
    const problem = 'the others alone cannot tell what was accepted'
    const aside = this.#setAside()
    if (aside.length === 0) return problem
    return `${problem}; what was set aside is still there (${aside.join(', ')})`
  }

  /** Whether all that a store has beyond the own one is in the own one. */
  async #isTaken(node: string, promised: Standing): Promise<boolean> {
    try {
      await this.#gather(node, promised)
      return true
    } catch (problem) {
      if (JobsFault.is(problem) && problem.code !== 'REPLICA_BEHIND') throw problem
      this.#problem = `${node}: ${problem instanceof Error ? problem.message : String(problem)}`
      this.#promised.delete(node)
      void this.#ask(node)
      return false
    }
  }

  async #gather(node: string, promised: Standing): Promise<void> {
    const { own } = this.#opening
    // An own store that lacks what others have forgotten without a trace is compared as a whole.
    const isTooOld = compareMarks(own.complete, promised.floor) < 0
    const from = own.isEstablished && !isTooOld ? own.complete : NO_MARK
    const base = compareMarks(this.#base, from) > 0 ? this.#base : from
    if (compareMarks(promised.complete, base) <= 0) return this.#union(node, promised, base)
    // It knows better than the own store, and than all that was gathered before.
    await this.#obey(node, promised, from)
    await this.#union(node, promised, from)
    this.#base = promised.complete
  }

  /** What the own store has up to a mark, and this one has not, was never settled. */
  async #obey(node: string, { ballot: asked, complete }: Standing, from: Mark): Promise<void> {
    const { ballot, own, world, options } = this.#opening
    for (let after = from; ; ) {
      const page = own.changes(after, options.pageMax)
      const doubtful = page.entries.filter(({ mark }) => compareMarks(mark, complete) <= 0)
      if (doubtful.length === 0) return
      const ids = doubtful.map(({ id }) => id)
      const found = await world.ask(node, 'lookup', { ballot: asked, ids }, options.askTimeoutMs)
      if (found.kind !== 'entries') throw this.#behind(node, found)
      const known = new Set(found.entries.map(({ id }) => id))
      const forget = ids.filter((id) => !known.has(id))
      const write = { ballot, entries: found.entries, forget }
      if ((await own.write(write)).kind !== 'written') throw this.#staleFault(own.promised.term)
      after = doubtful.at(-1)?.mark ?? after
    }
  }

  /** All that a store has beyond a mark goes into the own one. */
  async #union(node: string, { ballot: asked }: Standing, from: Mark): Promise<void> {
    const { ballot, own, world, options } = this.#opening
    for (let after = from; ; ) {
      const given = { ballot: asked, after, limit: options.pageMax }
      const page = await world.ask(node, 'changes', given, options.askTimeoutMs)
      if (page.kind !== 'changes') throw this.#behind(node, page)
      const written = await own.merge(ballot, page.entries)
      if (written.kind !== 'written') throw this.#staleFault(own.promised.term)
      const last = page.entries.at(-1)
      if (!page.more || last === undefined) return
      after = last.mark
    }
  }

  #behind(node: string, answer: Refused | Unpromised): JobsFault {
    const problem = answer.kind === 'refused' ? answer.problem : 'it is another one by now'
    return new JobsFault('REPLICA_BEHIND', { node, problem })
  }

  #refused({ term, opening }: { readonly term: number; readonly opening: number }): void {
    if (term > this.#opening.ballot.term) this.#fault = this.#staleFault(term)
    else this.#outbid = Math.max(opening, this.#outbid ?? 0)
  }

  #staleFault(later: number): JobsFault {
    return new JobsFault('STALE_TERM', { term: this.#opening.ballot.term, later })
  }

  #noMajority(problem: string): JobsFault {
    const total = this.#opening.coordinators.length
    const present = this.#promised.size + 1
    return new JobsFault('NO_MAJORITY', { present, total, wanted: majorityOf(total), problem })
  }

  /** Until a store has answered, or a moment has passed. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel()
        resolve()
      }
      const cancel = this.#opening.world.after(LOOK_MS, done)
      this.#wake = done
    })
  }
}

/** Characters of a path that is told. */
const PATH_LENGTH_MAX = 4_096
/** Milliseconds between two looks at what was promised. */
const LOOK_MS = 50
