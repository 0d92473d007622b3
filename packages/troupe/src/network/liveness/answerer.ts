/**
 * network/liveness/answerer: what is answered to a datagram: nothing, unless it proves itself.
 *
 * Decides only; the thread has the socket, and the simulated world has this without one.
 * Limit: `answersPerSecondMax`, with as much in a burst; beyond it silence, counted.
 *
 * @source design 5; ergo-features 19 (keepalive) for what it replaces
 */
import { isProvenFrame, readProbeFrame, writeProbeFrame } from './probe-frame.js'

/** Why a datagram was answered or not. */
export type ProbeCause = 'answered' | 'malformed' | 'otherNode' | 'unproven' | 'tooMany'

/** All causes, in the order of their counters. */
export const PROBE_CAUSES: readonly ProbeCause[] = Object.freeze([
  'answered',
  'malformed',
  'otherNode',
  'unproven',
  'tooMany',
])

/** For whom is answered. */
export interface AnswererSelf {
  readonly name: string
  readonly creation: number
  /** Of the cookie, by `livenessKey`. */
  readonly key: Uint8Array
  readonly answersPerSecondMax: number
}

export class Answerer {
  readonly #self: AnswererSelf
  /** Answers that may be given now. */
  #credit: number
  #creditMs: number

  constructor(self: AnswererSelf, nowMs: number) {
    this.#self = self
    this.#credit = self.answersPerSecondMax
    this.#creditMs = nowMs
  }

  /** The answer to a datagram, or why there is none. */
  answer(
    datagram: Uint8Array,
    nowMs: number,
    loopDelayMs: number,
  ): { readonly cause: ProbeCause; readonly bytes: Uint8Array | undefined } {
    const { name, creation, key } = this.#self
    const probe = readProbeFrame(datagram)
    if (probe?.kind !== 'probe') return silent('malformed')
    // Also keeps the answer as long as the probe: its own name is the only thing that varies.
    if (probe.name !== name) return silent('otherNode')
    if (!isProvenFrame(key, datagram)) return silent('unproven')
    if (!this.#take(nowMs)) return silent('tooMany')
    const { nonce } = probe
    const answer = { kind: 'answer', nonce, name, creation, loopDelayMs } as const
    return { cause: 'answered', bytes: writeProbeFrame(key, answer) }
  }

  #take(nowMs: number): boolean {
    const { answersPerSecondMax } = this.#self
    const gained = ((nowMs - this.#creditMs) / 1_000) * answersPerSecondMax
    this.#credit = Math.min(answersPerSecondMax, this.#credit + gained)
    this.#creditMs = nowMs
    if (this.#credit < 1) return false
    this.#credit -= 1
    return true
  }
}

const silent = (cause: ProbeCause) => ({ cause, bytes: undefined })
