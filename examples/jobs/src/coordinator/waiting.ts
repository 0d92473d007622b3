/**
 * coordinator/waiting: the jobs that wait for a worker: whose time has come, the oldest first.
 *
 * Fair by time: a job that was tried before keeps its place by the time it was handed in. One that
 * is taken out leaves a gap behind; gaps are cleared before they outnumber the jobs.
 */
import { DueQueue } from '@troupe-examples/traffic/emergency/due-queue'

interface Ticket {
  readonly id: string
  readonly createdMs: number
  readonly number: number
}

/** Gaps that are borne whatever the number of jobs. */
const GAPS_MIN = 1_000

export class Waiting {
  /** The ticket that holds for a job; a queue may still have earlier ones. */
  readonly #tickets = new Map<string, Ticket>()
  #later = new DueQueue<Ticket>()
  /** Whose time has come, by the time they were handed in. */
  #due = new DueQueue<Ticket>()
  #number = 0

  get size(): number {
    return this.#tickets.size
  }

  /** Places in memory, gaps included. */
  get kept(): number {
    return this.#later.length + this.#due.length
  }

  /** About how many jobs could be handed out: gaps may be counted. */
  dueCount(nowMs: number): number {
    this.#ripen(nowMs)
    return Math.min(this.#due.length, this.#tickets.size)
  }

  has(id: string): boolean {
    return this.#tickets.has(id)
  }

  add(id: string, times: { readonly createdMs: number; readonly dueMs: number }): void {
    this.#number += 1
    const ticket = { id, createdMs: times.createdMs, number: this.#number }
    this.#tickets.set(id, ticket)
    this.#later.push(ticket, times.dueMs)
    this.#clear()
  }

  remove(id: string): boolean {
    return this.#tickets.delete(id)
  }

  /** Takes out the next job whose time has come. */
  next(nowMs: number): string | undefined {
    this.#ripen(nowMs)
    for (;;) {
      const ticket = this.#due.take(Infinity)
      if (ticket === undefined) return undefined
      if (this.#tickets.get(ticket.id) !== ticket) continue
      this.#tickets.delete(ticket.id)
      return ticket.id
    }
  }

  #ripen(nowMs: number): void {
    for (;;) {
      const ticket = this.#later.take(nowMs)
      if (ticket === undefined) return
      if (this.#tickets.get(ticket.id) === ticket) this.#due.push(ticket, ticket.createdMs)
    }
  }

  #clear(): void {
    const gaps = this.kept - this.#tickets.size
    if (gaps < Math.max(GAPS_MIN, this.#tickets.size)) return
    this.#later = this.#rebuilt(this.#later)
    this.#due = this.#rebuilt(this.#due)
  }

  #rebuilt(old: DueQueue<Ticket>): DueQueue<Ticket> {
    const fresh = new DueQueue<Ticket>()
    for (let dueMs = old.nextDueMs; dueMs !== undefined; dueMs = old.nextDueMs) {
      const ticket = old.take(dueMs)
      if (ticket !== undefined && this.#tickets.get(ticket.id) === ticket) fresh.push(ticket, dueMs)
    }
    return fresh
  }
}
