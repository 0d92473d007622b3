/**
 * testing/recorder: what a recording context and a recording behaviour write down, and for whom.
 *
 * Belongs to one subject. Knows the subject's own context once `init` has begun.
 */
import type { Clock } from '#base/clock'
import type { AnySpawnable, ExitReason, Pid, ProcessContext, SpawnOptions } from '#contract'
import type { Ended, Journal } from './journal.js'
import type { Stubs } from './stubs.js'

/** What recording asks of the kit. */
export interface RecorderVerbs {
  isAlive(pid: Pid): boolean
  /** Settles with the reason when the subject has ended. */
  ended(pid: Pid): Promise<ExitReason>
  /** Spawns a probe in the place of a definition, as a child of the subject. */
  spawnProbe(
    context: ProcessContext,
    definition: AnySpawnable,
    options: SpawnOptions & { readonly args?: readonly unknown[] },
  ): Promise<Pid>
}

export class Recorder {
  readonly journal: Journal
  readonly stubs: Stubs
  readonly clock: Clock
  readonly verbs: RecorderVerbs
  /** The context of the subject as the runtime gave it; undefined before `init`. */
  real: ProcessContext | undefined = undefined
  /** True when `init` is done. */
  begun = false
  /** The state of the subject, from the end of `init`. */
  state: unknown = undefined
  /** The name of the request that is being handled, for answers that come later. */
  request = ''

  constructor(journal: Journal, stubs: Stubs, clock: Clock, verbs: RecorderVerbs) {
    this.journal = journal
    this.stubs = stubs
    this.clock = clock
    this.verbs = verbs
  }

  /** Takes the context of the subject, at the beginning of `init`. */
  bind(real: ProcessContext): void {
    this.real = real
    void this.verbs.ended(real.self).then((reason) => {
      // A subject whose init has failed never was; its record says so already.
      if (this.begun) this.journal.add<Ended>({ kind: 'ended', reason })
    })
  }

  /** False after the end: then stubs do not answer, because the real context is revoked. */
  get alive(): boolean {
    return !this.begun || (this.real !== undefined && this.verbs.isAlive(this.real.self))
  }
}
