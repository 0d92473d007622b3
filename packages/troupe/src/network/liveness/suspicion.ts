/**
 * network/liveness/suspicion: whether a node that has fallen silent is busy or gone.
 *
 * Decides only: times come in, probes and findings go out. A silent node is suspect, then it is
 * probed; an answer says that it lives and how far its loop is behind. Only probes that nobody
 * answers, on a way that has carried answers before, are the end.
 *
 * ```text
 * well -- silenceMs --> suspect -- probesMax x probeIntervalMs without an answer --> down
 *   ^ heard               | answered
 *   +------ busy <--------+      busy -- silenceMs --> suspect
 * ```
 *
 * Limit: our own delay is no silence of theirs. Who looks too late looks once more, after what
 * has arrived meanwhile has been heard.
 *
 * @source design 5; SWIM (Das, Gupta, Motivala) for suspicion before removal
 */
import type { SuspicionLimits } from './options.js'

/** Why a node counts as gone. */
export type DownCause = 'silent' | 'unreachable' | 'restarted' | 'blocked'

/** What has been found out about a node. */
export type Finding =
  | { readonly kind: 'suspect'; readonly silentMs: number }
  /** It lives, and its loop is behind by so much; it is asked again. */
  | { readonly kind: 'busy'; readonly loopDelayMs: number }
  /** It was suspect or busy, and speaks again. */
  | { readonly kind: 'well' }
  /**
   * `silent`: no probe was answered. `unreachable`: it never was, so only the silence counts.
   * `restarted`: another life answers. `blocked`: its loop is behind by too much. The last finding,
   * unless `askOn` says otherwise.
   */
  | { readonly kind: 'down'; readonly cause: DownCause }

/** What follows from an input. */
export interface SuspicionStep {
  /** A probe is to be sent now. */
  readonly probe: boolean
  readonly finding: Finding | undefined
}

/** What a probe was answered with; its proof has been checked. */
export interface ProbeAnswer {
  readonly creation: number
  readonly loopDelayMs: number
}

const NOTHING: SuspicionStep = Object.freeze({ probe: false, finding: undefined })
const PROBE: SuspicionStep = Object.freeze({ probe: true, finding: undefined })
/** The longest pause between two tries to find out whether answers come through at all. */
const TRIAL_PAUSE_MAX_MS = 60_000

type State = 'well' | 'suspect' | 'busy' | 'over'

export class Suspicion {
  readonly #limits: SuspicionLimits
  readonly #creation: number
  /** There is an address to be asked. */
  readonly #hasAddress: boolean
  #state: State = 'well'
  #heardMs: number
  /** When `tick` is to be called. */
  #dueMs: number
  /** Probes of this round. */
  #probes = 0
  /** An answer has come before, so silence means something. */
  #isWayProven = false
  #trialMs: number
  #trialPauseMs: number
  /** The line is gone: nothing can be heard. */
  #isLost = false
  /** Our own delay was forgiven once; the next look counts. */
  #isForgiven = false

  constructor(
    peer: { readonly creation: number; readonly hasAddress: boolean },
    limits: SuspicionLimits,
    nowMs: number,
  ) {
    this.#limits = limits
    this.#creation = peer.creation
    this.#hasAddress = peer.hasAddress
    this.#heardMs = nowMs
    this.#trialMs = nowMs
    this.#trialPauseMs = limits.silenceMs
    // At once, to try the way.
    this.#dueMs = nowMs
  }

  get state(): State {
    return this.#state
  }

  /** When `tick` is to be called next; undefined when it is over. */
  get dueMs(): number | undefined {
    return this.#state === 'over' ? undefined : this.#dueMs
  }

  /** Something arrived on the line. Costs next to nothing while all is well. */
  heard(nowMs: number): SuspicionStep {
    this.#heardMs = nowMs
    if (this.#state === 'well' || this.#state === 'over') return NOTHING
    this.#isLost = false
    this.#isForgiven = false
    this.#state = 'well'
    this.#dueMs = nowMs + this.#limits.silenceMs
    return { probe: false, finding: { kind: 'well' } }
  }

  /** The line has broken: there is no need to wait for silence. */
  lost(nowMs: number): SuspicionStep {
    if (this.#state === 'over' || this.#isLost) return NOTHING
    this.#isLost = true
    return this.#state === 'suspect' ? NOTHING : this.#suspect(nowMs)
  }

  /** The silence is not taken for the end: behind a slow line an answer may come late. */
  askOn(nowMs: number): SuspicionStep {
    this.#state = 'suspect'
    this.#probes = 0
    return this.#probe(nowMs)
  }

  /** A probe was answered. */
  answered({ creation, loopDelayMs }: ProbeAnswer, nowMs: number): SuspicionStep {
    if (this.#state === 'over') return NOTHING
    this.#isWayProven = true
    if (creation !== this.#creation) return this.#down('restarted')
    if (this.#state === 'well') return NOTHING
    if (loopDelayMs > this.#limits.loopBlockedMaxMs) return this.#down('blocked')
    this.#state = 'busy'
    this.#isForgiven = false
    this.#dueMs = nowMs + this.#limits.silenceMs
    return { probe: false, finding: { kind: 'busy', loopDelayMs } }
  }

  /** It is `dueMs` or later. */
  tick(nowMs: number): SuspicionStep {
    if (this.#state === 'over' || nowMs < this.#dueMs) return NOTHING
    if (this.#isStillWell(nowMs)) return this.#look(nowMs)
    if (this.#forgives(nowMs)) return NOTHING
    if (this.#state === 'suspect') return this.#next(nowMs)
    return this.#suspect(nowMs)
  }

  #isStillWell(nowMs: number): boolean {
    return this.#state === 'well' && nowMs - this.#heardMs < this.#limits.silenceMs
  }

  /** All is well; the way is tried until it has carried an answer. */
  #look(nowMs: number): SuspicionStep {
    this.#isForgiven = false
    this.#dueMs = this.#heardMs + this.#limits.silenceMs
    if (this.#isWayProven || !this.#hasAddress || nowMs < this.#trialMs) return NOTHING
    this.#trialMs = nowMs + this.#trialPauseMs
    this.#trialPauseMs = Math.min(this.#trialPauseMs * 2, TRIAL_PAUSE_MAX_MS)
    return PROBE
  }

  /** Called late, it was our loop that was blocked: what has arrived is heard first. */
  #forgives(nowMs: number): boolean {
    const { probeIntervalMs } = this.#limits
    if (this.#isForgiven || nowMs - this.#dueMs <= probeIntervalMs) return false
    this.#isForgiven = true
    this.#dueMs = nowMs + probeIntervalMs
    return true
  }

  #suspect(nowMs: number): SuspicionStep {
    const isNew = this.#state === 'well'
    this.#state = 'suspect'
    this.#isForgiven = false
    this.#probes = 0
    const silentMs = nowMs - this.#heardMs
    const { probe } = this.#probe(nowMs)
    return { probe, finding: isNew ? { kind: 'suspect', silentMs } : undefined }
  }

  /** A probe of this round had no answer in its time. */
  #next(nowMs: number): SuspicionStep {
    this.#isForgiven = false
    const { probesMax, unprovenSilenceMaxMs } = this.#limits
    if (this.#probes < probesMax) return this.#probe(nowMs)
    if (this.#isWayProven) return this.#down('silent')
    const isLong = nowMs - this.#heardMs >= unprovenSilenceMaxMs
    // On a way that never carried an answer the silence of a probe says nothing; the end of the
    // line does.
    return isLong || this.#isLost ? this.#down('unreachable') : this.#probe(nowMs)
  }

  #probe(nowMs: number): SuspicionStep {
    this.#probes += 1
    this.#dueMs = nowMs + this.#limits.probeIntervalMs
    return this.#hasAddress ? PROBE : NOTHING
  }

  #down(cause: DownCause): SuspicionStep {
    this.#state = 'over'
    return { probe: false, finding: { kind: 'down', cause } }
  }
}
