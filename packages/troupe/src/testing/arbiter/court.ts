/**
 * testing/arbiter/court: what a store knows of the lead of one cluster, as sessions and their ends.
 *
 * Pure: it has no clock and no lines; times come with each wish. A session is a contender that is
 * there; it ends when nothing is heard of it for a lease, and its lead with it. Every lead has a
 * term of its own.
 *
 * @source etcd (leases, election); contract/arbiter
 */
import { formatTarget, type Pid } from '#contract'

/** How a court goes about it. */
export interface CourtRules {
  readonly leaseMs: number
  readonly nextTerm: (before: number) => number
}

/** What all are told, newest last. */
export interface CourtNews {
  /** Grows with each change. */
  readonly number: number
  readonly term: number
  /** Who leads in that term; undefined: nobody. */
  readonly leader: Pid | undefined
  /** The nodes that may lead. */
  readonly voters: readonly string[]
}

/** What a contender wants. `enter` begins a session, and goes on with one that is there. */
export type CourtWish =
  | { readonly kind: 'enter'; readonly voters: readonly string[] | undefined }
  | { readonly kind: 'touch' | 'campaign' | 'leave' }
  | { readonly kind: 'resign'; readonly term: number }
  | { readonly kind: 'add' | 'remove'; readonly node: string; readonly term: number }

/** `unknown`: there is no session of it, so nothing was done. */
export type CourtAnswer = 'done' | 'unknown' | 'NOT_LEADER' | 'OPTION_INVALID'

interface Session {
  readonly pid: Pid
  untilMs: number
}

export class Court {
  readonly #rules: CourtRules
  readonly #sessions = new Map<string, Session>()
  #term = 0
  #lead: Session | undefined = undefined
  /** As the options of who entered last have them. */
  #given: readonly string[] | undefined = undefined
  /** As they were changed at run time. */
  #changed: readonly string[] | undefined = undefined
  #news: CourtNews = { number: 0, term: 0, leader: undefined, voters: [] }

  constructor(rules: CourtRules) {
    this.#rules = rules
  }

  get news(): CourtNews {
    return this.#news
  }

  /** When the next session ends if nothing is heard of it. */
  get dueMs(): number {
    return Math.min(...[...this.#sessions.values()].map(({ untilMs }) => untilMs))
  }

  /** Ends what is due. */
  expire(nowMs: number): void {
    for (const session of this.#sessions.values()) {
      if (session.untilMs <= nowMs) this.#end(session)
    }
    this.#tell()
  }

  /** Nothing was heard of anybody for a while through no fault of theirs: all leases are new. */
  renewAll(nowMs: number): void {
    for (const session of this.#sessions.values()) session.untilMs = nowMs + this.#rules.leaseMs
  }

  /** One wish is done, or it is said why not. */
  take(pid: Pid, wish: CourtWish, nowMs: number): CourtAnswer {
    const answer = this.#take(pid, wish, nowMs)
    this.#tell()
    return answer
  }

  #take(pid: Pid, wish: CourtWish, nowMs: number): CourtAnswer {
    const key = formatTarget(pid)
    let session = this.#sessions.get(key)
    if (wish.kind === 'enter') {
      this.#given = wish.voters
      session ??= { pid, untilMs: 0 }
      this.#sessions.set(key, session)
    }
    if (session === undefined) return 'unknown'
    session.untilMs = nowMs + this.#rules.leaseMs
    switch (wish.kind) {
      case 'enter':
      case 'touch':
        return 'done'
      case 'campaign':
        if (this.#lead === undefined && this.#voters.includes(pid.node)) this.#elect(session)
        return 'done'
      case 'leave':
        this.#end(session)
        return 'done'
      case 'resign':
        if (this.#leads(session, wish.term)) this.#lead = undefined
        return 'done'
      case 'add':
      case 'remove':
        return this.#leads(session, wish.term) ? this.#change(wish.kind, wish.node) : 'NOT_LEADER'
    }
  }

  #elect(session: Session): void {
    this.#term = this.#rules.nextTerm(this.#term)
    this.#lead = session
  }

  #leads(session: Session, term: number): boolean {
    return this.#lead === session && this.#term === term
  }

  #change(verb: 'add' | 'remove', node: string): CourtAnswer {
    const voters = this.#voters
    const isThere = voters.includes(node)
    if (verb === 'add' ? isThere : !isThere || voters.length === 1) return 'OPTION_INVALID'
    this.#changed = verb === 'add' ? [...voters, node] : voters.filter((one) => one !== node)
    if (this.#lead !== undefined && !this.#changed.includes(this.#lead.pid.node)) {
      this.#lead = undefined
    }
    return 'done'
  }

  #end(session: Session): void {
    this.#sessions.delete(formatTarget(session.pid))
    if (this.#lead === session) this.#lead = undefined
  }

  get #voters(): readonly string[] {
    const known = this.#changed ?? this.#given
    return known ?? [...new Set([...this.#sessions.values()].map(({ pid }) => pid.node))].sort()
  }

  /** A number of its own for whatever is another now. */
  #tell(): void {
    const { number, term, leader, voters: before } = this.#news
    const voters = this.#voters
    const isSame = voters.length === before.length && voters.every((one, at) => one === before[at])
    if (isSame && term === this.#term && leader === this.#lead?.pid) return
    const news = { term: this.#term, leader: this.#lead?.pid, voters }
    this.#news = Object.freeze({ ...news, number: number + 1 })
  }
}
