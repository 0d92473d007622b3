/**
 * runtime/draining: a node takes itself out of the cluster without losing what it has begun.
 *
 * It says that it goes, so that nobody gives it new work; it serves what still comes; and when
 * nothing of its applications waits or runs any more, and nothing has come for a while, it stops.
 * What an application does without a message (a thread, a timer far off) is not seen here: that
 * belongs into its `stop` callback.
 * Limit: `deadlineMs`; then the node stops whatever is left.
 *
 * @source elixir-cluster 9.10 (draining is a state that all layers know)
 */
import {
  type Address,
  DRAIN_DEFAULTS,
  type DrainOptions,
  type DrainProgress,
  type DrainResult,
  isOwnApplication,
} from '#contract'
import type { Kernel } from './kernel.js'
import { mailboxLength } from './mailbox.js'
import { DEAD, Process } from './process.js'

/** Others have so long to hear that this node goes, after its registrar has. */
const NOTICE_MS = 200
/** How often it is looked at what is left; less often where a look takes long. */
const LOOK_MS = 20
const LOOK_SHARE = 10
/** Progress is told at most this often. */
const TELL_MS = 100

/** Drains a node and stops it. Never rejects. */
export async function drainNode(
  kernel: Kernel,
  options: DrainOptions,
  stop: () => Promise<void>,
): Promise<DrainResult> {
  const drain = new Drain(kernel, options)
  await drain.leave()
  const left = await drain.finish()
  drain.tell('stopping', left)
  await stop()
  return Object.freeze({ finished: left === 0, left, tookMs: drain.elapsedMs })
}

class Drain {
  readonly #kernel: Kernel
  readonly #quietMs: number
  readonly #progress: (progress: DrainProgress) => void
  readonly #startMs: number
  readonly #deadlineMs: number
  #told: DrainProgress | undefined
  /** When something last came, waited or ran. */
  #busyMs = 0

  constructor(kernel: Kernel, { deadlineMs, quietMs, progress = () => {} }: DrainOptions) {
    this.#kernel = kernel
    this.#quietMs = quietMs ?? DRAIN_DEFAULTS.quietMs
    this.#progress = progress
    this.#startMs = kernel.clock.nowMs()
    this.#deadlineMs = this.#startMs + (deadlineMs ?? DRAIN_DEFAULTS.deadlineMs)
  }

  get elapsedMs(): number {
    return this.#kernel.clock.nowMs() - this.#startMs
  }

  get #leftMs(): number {
    return this.#deadlineMs - this.#kernel.clock.nowMs()
  }

  /** Says that the node goes, and gives the others time to hear it. */
  async leave(): Promise<void> {
    const { routing, cluster } = this.#kernel
    // First of all, so that a probe of this node is told before any other node is.
    this.#kernel.advance('draining')
    this.tell('leaving', this.#count())
    routing.leave()
    this.#kernel.arrived = (to) => this.#arrived(to)
    await this.#inTime(cluster.leave())
    await this.#rest(Math.min(NOTICE_MS, this.#leftMs))
  }

  /** Waits until nothing is left, or the deadline; what is left then. */
  async finish(): Promise<number> {
    const { clock } = this.#kernel
    this.#busyMs = Math.max(this.#busyMs, clock.nowMs())
    for (;;) {
      const beganMs = clock.nowMs()
      const left = this.#count()
      const tookMs = clock.nowMs() - beganMs
      if (left > 0) this.#busyMs = beganMs
      this.tell('finishing', left)
      const isQuiet = beganMs - this.#busyMs >= this.#quietMs
      if (isQuiet || this.#leftMs <= 0) return left
      const restMs = Math.max(LOOK_MS, tookMs * LOOK_SHARE)
      const lateMs = await this.#rest(Math.min(restMs, this.#leftMs))
      // While this program did not run nothing could come: that was no quiet.
      if (lateMs > LOOK_MS) this.#busyMs += lateMs
    }
  }

  tell(phase: DrainProgress['phase'], left: number): void {
    const told = this.#told
    const { elapsedMs } = this
    const isNews = told?.phase !== phase
    const isDue = told === undefined || elapsedMs - told.elapsedMs >= TELL_MS
    if (!isNews && !(isDue && told?.left !== left)) return
    this.#told = Object.freeze({ phase, left, elapsedMs })
    try {
      this.#progress(this.#told)
    } catch (thrown) {
      this.#kernel.log.warning('the progress of a drain could not be told', { error: thrown })
    }
  }

  #arrived(to: Address): void {
    const process = to instanceof Process ? to : this.#kernel.post.find(to)
    if (process !== undefined && isOfApplication(process)) {
      this.#busyMs = this.#kernel.clock.nowMs()
    }
  }

  /** Messages and requests of applications that wait, are being handled, or wait for an answer. */
  #count(): number {
    let count = 0
    for (const process of this.#kernel.table.all()) {
      if (!isOfApplication(process) || (process.flags & DEAD) !== 0) continue
      const { pause, deferred } = process.extension ?? {}
      const handling = (pause?.flight.size ?? 0) + (pause?.current === undefined ? 0 : 1)
      count += mailboxLength(process) + handling + (deferred?.size ?? 0)
    }
    return count
  }

  /** A registrar that is away cannot be told, and must not hold the drain up. */
  #inTime(told: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#kernel.clock.after(Math.max(0, this.#leftMs), resolve)
      const over = (): void => {
        cancel()
        resolve()
      }
      told.then(over, over)
    })
  }

  /** Settles after that time, with how much longer it was. */
  #rest(delayMs: number): Promise<number> {
    const { clock } = this.#kernel
    const dueMs = clock.nowMs() + Math.max(0, delayMs)
    return new Promise((resolve) => {
      clock.after(Math.max(0, delayMs), () => resolve(clock.nowMs() - dueMs))
    })
  }
}

function isOfApplication({ lineage: { application } }: Process): boolean {
  return application !== undefined && !isOwnApplication(application)
}
