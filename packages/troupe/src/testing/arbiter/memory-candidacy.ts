/**
 * testing/arbiter/memory-candidacy: one contender before an arbiter in memory.
 *
 * Says again and again that it is there; its lease counts from when that was said, not from when
 * it was answered, and is shorter by what the pace of two clocks may differ. Whoever has lost the
 * lease gives that lead up for good, also if the arbiter has not noticed.
 */
import { type ChangeRefusal, changeRefused } from '#cluster/leader/voter-changes'
import { type Candidacy, type Contender, Pid, type Timer, TroupeError } from '#contract'
import type { CourtNews, CourtWish } from './court.js'
import type { MemoryLine, MemoryReply } from './memory-arbiter.js'

interface Times {
  readonly leaseMs: number
  readonly clockDriftMax: number
}

interface Change {
  readonly resolve: () => void
  readonly reject: (error: TroupeError) => void
}

/** So many times in a lease it says that it is there. */
const SIGNS_A_LEASE = 4

export class MemoryCandidacy implements Candidacy {
  readonly #contender: Contender
  readonly #line: MemoryLine
  readonly #times: Times
  #news: CourtNews = { number: 0, term: 0, leader: undefined, voters: [] }
  /** When it said what was answered last: its session lasts from then. */
  #heardMs = -Infinity
  #isKnown = false
  /** In this term and all before it leads no longer, whatever is said. */
  #overTerm = 0
  /** It has stepped down, and lets others try. */
  #abstainUntilMs = -Infinity
  #change: Change | undefined = undefined
  #leaseTimer: Timer | undefined = undefined
  #hasEnded = false

  constructor(contender: Contender, line: MemoryLine, times: Times) {
    this.#contender = contender
    this.#line = line
    this.#times = times
  }

  begin(): void {
    this.#sign()
  }

  get term(): number {
    return this.#news.term
  }

  get leadsIn(): number | undefined {
    return this.#isMeant && this.#sessionLeftMs > 0 ? this.#news.term : undefined
  }

  get leader(): Pid | undefined {
    if (this.#isNamed) return this.leadsIn === undefined ? undefined : this.#contender.self
    return this.#news.leader
  }

  get leaseLeftMs(): number {
    return this.leadsIn === undefined ? 0 : this.#sessionLeftMs
  }

  get voters(): readonly string[] {
    return this.#contender.voters !== undefined && this.#news.number === 0
      ? this.#contender.voters
      : this.#news.voters
  }

  changeVoters(verb: 'add' | 'remove', node: string): Promise<void> {
    const { clusterId } = this.#contender
    const term = this.leadsIn
    if (term === undefined) return Promise.reject(this.#faultOf('NOT_LEADER', node))
    if (this.#change !== undefined) {
      return Promise.reject(new TroupeError('VOTERS_CHANGING', { clusterId }))
    }
    return new Promise((resolve, reject) => {
      this.#change = { resolve, reject }
      this.#ask({ kind: verb, node, term }, ({ answer }) => {
        if (answer === 'done') this.#change?.resolve()
        else this.#change?.reject(this.#faultOf(answer, node))
        this.#change = undefined
      })
    })
  }

  stepDown(): void {
    if (!this.#isMeant) return
    this.#abstainUntilMs = this.#contender.nowMs() + this.#times.leaseMs
    this.#giveUp()
  }

  end(): Promise<void> {
    this.#giveUp()
    this.#hasEnded = true
    return this.#line.leave()
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { isKnown: this.#isKnown, overTerm: this.#overTerm }
  }

  /** What holds now, told to all. */
  hear(news: CourtNews): void {
    if (this.#hasEnded) return
    this.#giveUpLate()
    this.#learn(news)
    this.#contender.changed()
  }

  get #isNamed(): boolean {
    const { leader } = this.#news
    return leader !== undefined && Pid.equals(leader, this.#contender.self)
  }

  /** It leads as long as its session lasts. */
  get #isMeant(): boolean {
    return this.#isNamed && this.#news.term > this.#overTerm && !this.#hasEnded
  }

  get #sessionLeftMs(): number {
    const { leaseMs, clockDriftMax } = this.#times
    const endMs = this.#heardMs + leaseMs * (1 - clockDriftMax)
    return Math.max(0, endMs - this.#contender.nowMs())
  }

  /** Says that it is there, and wants what it may want. */
  #sign(): void {
    this.#giveUpLate()
    const { voters } = this.#contender
    this.#ask(this.#isKnown ? { kind: 'touch' } : { kind: 'enter', voters })
    this.#contender.after(this.#times.leaseMs / SIGNS_A_LEASE, () => this.#sign())
  }

  #ask(wish: CourtWish, told?: (reply: MemoryReply) => void): void {
    const saidMs = this.#contender.nowMs()
    this.#line.ask(wish, (reply) => {
      if (this.#hasEnded) return
      this.#giveUpLate()
      this.#isKnown = reply.answer !== 'unknown'
      if (this.#isKnown) this.#heardMs = Math.max(this.#heardMs, saidMs)
      this.#learn(reply.news)
      told?.(reply)
      this.#contender.changed()
    })
  }

  #learn(news: CourtNews): void {
    if (news.number >= this.#news.number) this.#news = news
    const { term, leader, voters } = this.#news
    const { self } = this.#contender
    this.#leaseTimer?.cancel()
    if (this.#isMeant) {
      this.#awaitLease()
      return
    }
    // It was said before, and may not have been heard.
    if (this.#isNamed) this.#ask({ kind: 'resign', term })
    const mayLead = voters.includes(self.node) && this.#contender.nowMs() >= this.#abstainUntilMs
    if (leader === undefined && mayLead && this.#isKnown) this.#ask({ kind: 'campaign' })
  }

  #awaitLease(): void {
    this.#leaseTimer = this.#contender.after(this.#sessionLeftMs, () => {
      // A timer of the machine may be early.
      if (this.#sessionLeftMs > 0) {
        this.#awaitLease()
        return
      }
      this.#giveUpLate()
      this.#contender.changed()
    })
  }

  /** A lease that has run out does not come back, though the arbiter may wait longer. */
  #giveUpLate(): void {
    if (this.#isMeant && this.#sessionLeftMs === 0) this.#giveUp()
  }

  #giveUp(): void {
    const { clusterId } = this.#contender
    this.#change?.reject(new TroupeError('LEADERSHIP_LOST', { clusterId }))
    this.#change = undefined
    if (!this.#isMeant) return
    const { term } = this.#news
    this.#overTerm = term
    this.#ask({ kind: 'resign', term })
  }

  #faultOf(code: ChangeRefusal | 'unknown', node: string): TroupeError {
    const { clusterId } = this.#contender
    const known = code === 'unknown' ? 'NOT_LEADER' : code
    return changeRefused(known, { clusterId, node, leader: () => this.leader })
  }
}
