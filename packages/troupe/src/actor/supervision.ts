/**
 * actor/supervision: a running supervisor: what happens when children start, fail and end.
 *
 * Carries out what the pure files decide (verdict, window, back-off, plan), by the verbs of
 * `Offspring`. Operations on groups of children run one at a time; exit signals are heard
 * meanwhile, since the process is reentrant.
 *
 * @source OTP supervisor.erl; ergo-features 9
 */
import {
  crashOf,
  custom,
  describeReason,
  type Exit,
  type ExitReason,
  type ProcessContext,
  TroupeError,
} from '#contract'
import { backoffMs } from './backoff.js'
import { Child } from './child.js'
import { Ends } from './ends.js'
import type { LaunchFailure } from './offspring.js'
import { Offspring } from './offspring.js'
import { OperationQueue } from './operation-queue.js'
import { Patience } from './patience.js'
import { restartPlan } from './restart-plan.js'
import { endsWithChild, verdictAfterExit } from './restart-verdict.js'
import { RestartWindow } from './restart-window.js'
import type { CheckedSupervisor } from './supervisor-spec.js'

/** A child that has failed. */
interface Failed {
  readonly child: Child
  readonly reason: ExitReason
  /** It did not even start. */
  readonly refused: boolean
}

/** A start that fails at once must not be retried at once, or nothing else would ever run. */
const START_RETRY_MS_MIN = 1

export class Supervision {
  readonly spec: CheckedSupervisor
  readonly context: ProcessContext
  /** In the order of declaration, or of their start when they are dynamic. */
  readonly children = new Set<Child>()
  /** Names of templates that are kept from starting. */
  readonly disabled = new Set<string>()
  readonly window: RestartWindow
  readonly operations = new OperationQueue()
  readonly offspring: Offspring
  readonly ends: Ends
  restarts = 0
  /** True while a group of children is being restarted. */
  recovering = false
  readonly #patience: Patience
  /** Children that failed while a group was being restarted. */
  #alsoFailed: Failed[] = []

  constructor(context: ProcessContext, spec: CheckedSupervisor) {
    this.context = context
    this.spec = spec
    this.window = new RestartWindow(spec.intensity)
    this.#patience = new Patience(context)
    this.offspring = new Offspring(context, this.#patience, {
      running: (child) => this.#running(child),
      stranger: (exit) => this.#stranger(exit),
    })
    this.ends = new Ends(context, (pid) => this.offspring.childOf(pid))
    if (spec.surroundings.dynamic) return
    for (const child of spec.children) this.children.add(new Child(child))
  }

  get ending(): boolean {
    return this.#patience.phase === 'ending'
  }

  /** Starts all children in order; rejects with CHILD_START_FAILED when one cannot be started. */
  async begin(): Promise<void> {
    for (const child of this.children) {
      const failure = await this.#firstStart(child)
      if (failure === undefined) continue
      await this.stopAll([...this.children].reverse())
      const problem = describeReason(failure.reason)
      const detail = { supervisor: this.spec.name, child: child.spec.name, problem }
      const cause = failure.kind === 'refused' ? failure.error : undefined
      throw new TroupeError('CHILD_START_FAILED', detail, cause)
    }
    this.#patience.phase = 'running'
  }

  async #firstStart(child: Child): Promise<LaunchFailure | undefined> {
    const { restart } = child.spec
    for (;;) {
      const failure = await this.offspring.launch(child)
      if (failure.kind === 'running') return undefined
      const isOver =
        failure.kind === 'ended' && verdictAfterExit(restart, failure.reason) === 'forget'
      if (isOver) return undefined
      const mayRetry = this.spec.firstStart === 'retry' && restart !== 'temporary'
      if (!mayRetry || !this.#admit(child)) return failure
      const delayMs = this.#delayMs(child, refusalOf(failure))
      this.ends.note(child, undefined, failure.reason, 'restarted')
      child.state = 'waiting'
      this.#waits(child, delayMs, [child])
      await this.#patience.wait(delayMs)
      this.#countRestart(child)
    }
  }

  #running(child: Child): void {
    const { childStarted } = this.spec
    if (childStarted !== undefined) this.#tell(() => childStarted(child.info(), this.context))
  }

  /** Who is no child ends us in order, unless its own end was a normal one. */
  #stranger(exit: Exit): void {
    if (exit.reason !== 'normal') this.context.stop(exit.reason)
  }

  /** An exit signal has come. */
  exited(exit: Exit): void {
    const child = this.offspring.exited(exit)
    if (child !== undefined) this.#ended({ child, reason: exit.reason, refused: false })
  }

  /** What follows when a child that was to run has not started. */
  launchFailed(child: Child, failure: LaunchFailure): void {
    // Otherwise it was stopped by hand meanwhile, and nothing follows.
    if (child.state !== 'ended') return
    this.#ended({ child, reason: failure.reason, refused: failure.kind === 'refused' })
  }

  /** A child has ended by itself, or did not start again. */
  #ended(failed: Failed): void {
    if (this.ending) return
    const { child, reason, refused } = failed
    child.state = 'ended'
    const pid = refused ? undefined : child.lastPid
    this.ends.note(child, pid, reason, 'restarted')
    const { childEnded } = this.spec
    if (childEnded !== undefined) this.#tell(() => childEnded(child.info(), reason, this.context))
    if (verdictAfterExit(child.spec.restart, reason) === 'forget') this.#forget(child)
    else if (this.spec.surroundings.alone) this.#restart(failed)
    else this.#recover(failed)
  }

  #forget(child: Child): void {
    this.ends.decided(child, 'left')
    child.giveUp()
    if (this.spec.surroundings.dynamic) this.children.delete(child)
    const { autoShutdown } = this.spec
    if (autoShutdown === 'never') return
    const lively = [...this.children].filter((other) => other.lively)
    const ends = endsWithChild(autoShutdown, {
      significant: child.spec.significant,
      significantLeft: lively.filter((other) => other.spec.significant).length,
      left: lively.length,
    })
    if (ends) this.context.stop('shutdown')
  }

  /** Restarts one child, now or after a wait; its siblings are left alone. */
  #restart({ child, reason, refused }: Failed): void {
    if (!this.#admit(child)) {
      this.#exceeded(child, reason)
      return
    }
    const delayMs = this.#delayMs(child, refused ? reason : undefined)
    child.state = 'waiting'
    this.#waits(child, delayMs, [child])
    if (delayMs === 0) this.#again(child)
    else child.timer = this.context.after(delayMs, () => this.#again(child))
  }

  #again(child: Child): void {
    child.timer = undefined
    this.#countRestart(child)
    const launched = this.offspring.launch(child).then((result) => {
      if (result.kind !== 'running') this.launchFailed(child, result)
    })
    child.starting = launched.catch((thrown: unknown) => this.fail(thrown))
  }

  /** Restarts a child together with its siblings. */
  #recover(failed: Failed): void {
    if (this.recovering) {
      this.#alsoFailed.push(failed)
      return
    }
    this.recovering = true
    const recovered = this.operations.run(() => this.#recovery(failed))
    this.#detach(recovered)
  }

  async #recovery(first: Failed): Promise<void> {
    try {
      let next: Failed | undefined = first
      while (next !== undefined && !this.ending) {
        // Deleted by hand while its restart was waiting for its turn.
        const isKnown = this.children.has(next.child)
        if (isKnown && !this.#admit(next.child)) {
          this.#exceeded(next.child, next.reason)
          return
        }
        next = (isKnown ? await this.#restartGroup(next) : undefined) ?? this.#alsoFailed.shift()
      }
    } finally {
      this.recovering = false
    }
  }

  /** One attempt; gives the child that made it fail. */
  async #restartGroup({ child, reason, refused }: Failed): Promise<Failed | undefined> {
    const all = [...this.children]
    const plan = restartPlan(this.spec.type, all, all.indexOf(child))
    const pick = (positions: readonly number[]): Child[] =>
      positions.flatMap((position) => all[position] ?? [])
    const group = pick(plan.start)
    await this.stopAll(pick(plan.stop))
    // Whoever of the group failed while it was being stopped is started again anyway.
    this.#alsoFailed = this.#alsoFailed.filter((failed) => !group.includes(failed.child))
    for (const member of group) member.state = 'waiting'
    const delayMs = this.#delayMs(child, refused ? reason : undefined)
    this.#waits(child, delayMs, group)
    await this.#patience.wait(delayMs)
    for (const member of group) {
      if (this.ending) return undefined
      const failed = await this.#startMember(member)
      if (failed !== undefined) return failed
    }
    return undefined
  }

  async #startMember(child: Child): Promise<Failed | undefined> {
    this.#countRestart(child)
    const failure = await this.offspring.launch(child)
    if (failure.kind === 'running' || child.state !== 'ended') return undefined
    const { reason } = failure
    const refused = failure.kind === 'refused'
    if (verdictAfterExit(child.spec.restart, reason) === 'restart')
      return { child, reason, refused }
    this.#ended({ child, reason, refused })
    return undefined
  }

  /** One restart too many: the child is disabled, or the supervisor ends. */
  #exceeded(child: Child, reason: ExitReason): void {
    this.ends.decided(child, 'gave-up')
    const { intensity, name } = child.spec
    const { restarts, withinMs } = intensity ?? this.spec.intensity
    const told = { child: name, reason: describeReason(reason), restarts, withinMs }
    if (intensity?.onExceed === 'disable') {
      this.context.log.error('a child was restarted too often and is disabled', told)
      child.state = 'disabled'
      child.giveUp()
      if (this.spec.surroundings.dynamic) this.children.delete(child)
      return
    }
    this.context.log.error('a child was restarted too often, its supervisor ends', told)
    this.context.stop(custom('restart-limit', { child: name, reason, restarts, withinMs }))
  }

  /** Stops children in this order, or all at once. */
  async stopAll(children: readonly Child[]): Promise<void> {
    if (this.spec.keepOrder && !this.spec.surroundings.dynamic) {
      for (const child of children) await this.offspring.stop(child)
    } else await Promise.all(children.map((child) => this.offspring.stop(child)))
  }

  /** The end of the supervisor: all children are stopped, the last one first. */
  async end(): Promise<void> {
    this.#patience.phase = 'ending'
    await this.stopAll([...this.children].reverse())
  }

  /** False when this restart is one too many. */
  #admit(child: Child): boolean {
    return (child.window ?? this.window).admit(this.context.nowMs())
  }

  #countRestart(child: Child): void {
    child.restarts += 1
    this.restarts += 1
  }

  /** The wait before the next restart of a child; `refusal` is why it did not even start. */
  #delayMs(child: Child, refusal: ExitReason | undefined): number {
    const { backoff } = this.spec
    const { startedMs } = child
    const hasCalmed = startedMs >= 0 && this.context.nowMs() - startedMs >= backoff.resetMs
    child.attempt = hasCalmed ? 1 : child.attempt + 1
    // Until it runs again, the calm stretch must not count twice.
    child.startedMs = -1
    const chance = backoff.jitter === 0 ? 0 : this.context.random()
    const delayMs = backoffMs(backoff, child.attempt, chance)
    if (refusal === undefined) return delayMs
    // A process that crashes tells the log itself; one that never began has no voice.
    const waitMs = Math.max(START_RETRY_MS_MIN, delayMs)
    const told = { child: child.spec.name, reason: describeReason(refusal), retryMs: waitMs }
    this.context.log.warning('a child did not start and is tried again', told)
    return waitMs
  }

  /** A group is to be started again after so long, because of one of it. */
  #waits(failed: Child, delayMs: number, group: readonly Child[]): void {
    if (delayMs <= 0) return
    this.ends.decided(failed, 'backing-off')
    for (const member of group) this.ends.waiting(member, delayMs)
  }

  /** Runs a callback of the user; what it throws ends the supervisor. */
  #tell(callback: () => unknown): void {
    try {
      const told = callback()
      if (told instanceof Promise) this.#detach(told)
    } catch (thrown) {
      this.fail(thrown)
    }
  }

  /** Follows a promise nobody waits for: its failure is the supervisor's. */
  #detach(promise: Promise<unknown>): void {
    promise.catch((thrown: unknown) => this.fail(thrown))
  }

  /** Ends the supervisor for a failure of its own, unless it is being ended, or was killed. */
  fail(thrown: unknown): void {
    if (this.ending || TroupeError.is(thrown, 'PROCESS_REVOKED')) return
    this.context.stop(crashOf(thrown))
  }
}

/** Why a child did not start; undefined when it started and ended. */
const refusalOf = (failure: LaunchFailure): ExitReason | undefined =>
  failure.kind === 'refused' ? failure.reason : undefined
