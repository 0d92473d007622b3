/**
 * coordinator/relay: a request reaches the coordinator that leads, or is told in time that none is
 *
 * One that comes while nobody leads, or while the leader takes over, waits for `WAIT_MS`. What
 * another coordinator has handed on is not handed on again.
 * Limit: `WAITING_MAX` requests that wait.
 */
import type { Pid } from 'troupe'
import type { Unavailable } from './coordinator-protocol.js'
import { unavailable } from './orders.js'

/** The longest wait for somebody who leads and serves, in milliseconds. */
export const WAIT_MS = 2_000
export const WAITING_MAX = 10_000

/** Where requests can be answered at the moment. */
export type Seat<O> =
  | { readonly kind: 'here'; readonly office: O }
  | {
      readonly kind: 'opening'
      readonly code: 'TAKING_OVER' | 'STORE_LOST' | 'STORE_OTHER'
      readonly problem: string
    }
  | { readonly kind: 'there'; readonly leader: Pid }
  | { readonly kind: 'nowhere' }

/** One request, as it is answered here or there. */
export interface Asked<O, R> {
  /** Another coordinator has handed it on. */
  readonly isHandedOn: boolean
  readonly here: (office: O) => Promise<R> | R
  readonly there: (leader: Pid, timeoutMs: number) => Promise<R>
}

export interface RelayWorld<O> {
  nowMs(): number
  seat(): Seat<O>
  /** Settles after this, or when the seat has changed. */
  news(timeoutMs: number): Promise<void>
}

const isPassing = (answer: unknown): boolean => {
  if (typeof answer !== 'object' || answer === null) return false
  const { kind, code } = answer as Partial<Unavailable>
  return kind === 'unavailable' && (code === 'NO_LEADER' || code === 'TAKING_OVER')
}

/** Wait before somebody is asked again that does not serve yet, in milliseconds. */
const AGAIN_MS = 100

export class Relay<O> {
  readonly #world: RelayWorld<O>
  /** Requests that wait. */
  waiting = 0

  constructor(world: RelayWorld<O>) {
    this.#world = world
  }

  async answer<R>(asked: Asked<O, R>): Promise<R | Unavailable> {
    const untilMs = this.#world.nowMs() + WAIT_MS
    for (;;) {
      const seat = this.#world.seat()
      if (asked.isHandedOn && (seat.kind === 'there' || seat.kind === 'nowhere')) return noLeader()
      const leftMs = untilMs - this.#world.nowMs()
      if (seat.kind === 'here' || seat.kind === 'there') {
        const answer =
          seat.kind === 'here'
            ? await asked.here(seat.office)
            : await this.#there(asked, seat.leader)
        if (!isPassing(answer) || leftMs <= AGAIN_MS) return answer
        await this.#wait(AGAIN_MS)
      } else if (leftMs <= 0 || this.waiting >= WAITING_MAX) {
        return seat.kind === 'opening' ? unavailable(seat.code, seat.problem) : noLeader()
      } else await this.#wait(seat.kind === 'opening' ? Math.min(AGAIN_MS, leftMs) : leftMs)
    }
  }

  async #wait(ms: number): Promise<void> {
    this.waiting += 1
    await this.#world.news(ms)
    this.waiting -= 1
  }

  /** Whether a leader that is lost meanwhile has done it is not known: it may be asked again. */
  async #there<R>(asked: Asked<O, R>, leader: Pid): Promise<R | Unavailable> {
    try {
      return await asked.there(leader, LEADER_MS)
    } catch (problem) {
      return unavailable('NO_LEADER', `the leader did not answer: ${String(problem)}`)
    }
  }
}

/** The longest wait for the leader's answer: a write may wait for its majority, milliseconds. */
const LEADER_MS = 8_000

const noLeader = (): Unavailable => unavailable('NO_LEADER', 'nobody leads at the moment')
