/**
 * network/peer/vigil: whether the other node lives, and what follows for its line.
 *
 * Joins what probes find with the time that a broken line has to come back. A line that carries
 * nothing while the node answers probes with a loop that is well is stuck, by a way that lost it or
 * by long waits of TCP: another one is better, and the session goes on over it.
 *
 * @source design 5
 */
import type { Clock } from '#base/clock'
import type { LivenessWatch } from '#network/liveness/prober'
import type { DownCause, Finding } from '#network/liveness/suspicion'
import { Mending } from './mending.js'

/** A loop that is this late cannot take a line; one that is less late could have. */
const BLOCKED_MS = 500
/** A line is stuck after so many times the silence that makes a node suspect. */
const STUCK_SILENCES = 2

/** Why a node counts as gone, in words. */
const GONE: Readonly<Record<DownCause, string>> = Object.freeze({
  silent: 'it fell silent and answered no probe',
  unreachable: 'it fell silent and no probe ever reached it',
  restarted: 'another life of it answers',
  blocked: 'its event loop was blocked for too long',
})

/** Of the settings of a network. */
export interface VigilSettings {
  readonly resumeWindowMs: number
  readonly silenceMs: number
}

/** What a vigil tells, and asks. */
export interface VigilVerbs {
  suspect(reason: string): void
  /** It was suspect, and speaks again. */
  well(): void
  /** It told how late its loop is. */
  late(loopDelayMs: number): void
  /** It lives, and its loop is blocked: told once for each suspicion. */
  busy(loopDelayMs: number): void
  /** Its line is stuck. */
  stuck(): void
  down(reason: string): void
  /** How long nothing has come over the running line. */
  silentMs(): number
}

export class Vigil {
  /** Silent, and asked whether it lives. */
  suspected = false
  readonly #verbs: VigilVerbs
  readonly #mending: Mending
  readonly #stuckMs: number
  #watch: LivenessWatch | undefined = undefined
  /** Why its line is gone; undefined: it is not. */
  #broken: string | undefined = undefined
  #isBusyTold = false

  constructor(clock: Clock, settings: VigilSettings, verbs: VigilVerbs) {
    this.#verbs = verbs
    this.#stuckMs = STUCK_SILENCES * settings.silenceMs
    this.#mending = new Mending(clock, settings.resumeWindowMs, (reason) => verbs.down(reason))
  }

  /** It has answered for the first time; `watch` begins to look after it. */
  begin(watch: (taker: (finding: Finding) => void) => LivenessWatch | undefined): void {
    this.#watch = watch((finding) => this.#found(finding))
  }

  /** Something came; called for every read. */
  heard(): void {
    this.#watch?.heard()
  }

  lineLost(reason: string): void {
    this.#broken = reason
    this.#watch?.lost()
    this.#mending.begin(reason)
  }

  /** There is a line, the first one or another. */
  lineBack(): void {
    this.#broken = undefined
    this.#mending.end()
    this.#watch?.heard()
  }

  /** A dial to mend the line found nobody. */
  unreached(): void {
    this.#mending.unreached()
  }

  end(): void {
    this.#mending.end()
    this.#watch?.end()
  }

  #found(finding: Finding): void {
    switch (finding.kind) {
      case 'suspect':
        this.suspected = true
        this.#isBusyTold = false
        this.#verbs.suspect(this.#why(finding.silentMs))
        return
      case 'busy':
        this.#foundBusy(finding.loopDelayMs)
        return
      case 'well':
        if (this.suspected) this.#verbs.well()
        this.suspected = false
        this.#mending.blocked(false)
        return
      case 'down':
        this.#foundDown(finding.cause)
    }
  }

  /** Without a line there was no silence that could be told in milliseconds. */
  #why(silentMs: number): string {
    if (this.#broken === undefined) return `silent for ${Math.round(silentMs)} ms`
    return `its connection broke: ${this.#broken}`
  }

  #foundBusy(loopDelayMs: number): void {
    const isBlocked = loopDelayMs >= BLOCKED_MS
    this.#verbs.late(loopDelayMs)
    if (isBlocked && !this.#isBusyTold) {
      this.#isBusyTold = true
      this.#verbs.busy(loopDelayMs)
    }
    this.#mending.blocked(isBlocked)
    const isStuck =
      this.#broken === undefined && !isBlocked && this.#verbs.silentMs() >= this.#stuckMs
    if (isStuck) this.#verbs.stuck()
  }

  /** A line and its probes may be cut off together for a moment: then silence alone is no proof. */
  #foundDown(cause: DownCause): void {
    const isSilence = cause === 'silent' || cause === 'unreachable'
    if (isSilence && this.#broken !== undefined) {
      this.#mending.unanswered(GONE[cause])
      this.#watch?.askOn()
    } else this.#verbs.down(GONE[cause])
  }
}
