/**
 * network/liveness/shared-beat: the memory between a node's loop and the thread that answers.
 *
 * The loop writes when it was last alive, the thread what it has answered; neither waits for the
 * other. Times are those of `steadyMs`, which both threads share.
 */
import { PROBE_CAUSES, type ProbeCause } from './answerer.js'

const BEAT_BYTES = 8
const COUNTER_BYTES = 4
const MICROS_PER_MS = 1_000

/** Memory for one node. */
export const sharedBeatMemory = (): SharedArrayBuffer =>
  new SharedArrayBuffer(BEAT_BYTES + PROBE_CAUSES.length * COUNTER_BYTES)

/** One view of the memory; each thread has its own. */
export class SharedBeat {
  readonly #beat: BigInt64Array
  readonly #counters: Int32Array
  readonly #beatMs: number

  /** `beatMs`: how often the loop means to beat. */
  constructor(memory: SharedArrayBuffer, beatMs: number) {
    this.#beat = new BigInt64Array(memory, 0, 1)
    this.#counters = new Int32Array(memory, BEAT_BYTES)
    this.#beatMs = beatMs
  }

  beat(nowMs: number): void {
    Atomics.store(this.#beat, 0, BigInt(Math.round(nowMs * MICROS_PER_MS)))
  }

  /** How long the beat is overdue, in milliseconds; 0 when it is not. */
  loopDelayMs(nowMs: number): number {
    const beatAtMs = Number(Atomics.load(this.#beat, 0)) / MICROS_PER_MS
    return Math.max(0, nowMs - beatAtMs - this.#beatMs)
  }

  count(cause: ProbeCause): void {
    Atomics.add(this.#counters, PROBE_CAUSES.indexOf(cause), 1)
  }

  /** Datagrams so far, by what became of them. Wraps at 2^32. */
  counters(): Readonly<Record<ProbeCause, number>> {
    const entries = PROBE_CAUSES.map(
      (cause, index) => [cause, Atomics.load(this.#counters, index) >>> 0] as const,
    )
    return Object.fromEntries(entries) as Record<ProbeCause, number>
  }
}
