/**
 * actor/crew: the workers of a pool or a router: hired, replaced when they end, let go.
 *
 * A worker that ends is replaced at once as long as few do; more than `respawn` allows are
 * replaced after waits that grow, with jitter, for ever: a crew never gives up and never spins.
 * A worker that is let go finishes what it has. Knows nothing of messages.
 *
 * @source ergo-features 10 and 11 (respawning), weakness 10
 */
import {
  crashOf,
  describeReason,
  type Exit,
  type ExitReason,
  type Pid,
  type ProcessContext,
  TroupeError,
} from '#contract'
import { type Backoff, backoffMs } from './backoff.js'
import type { Child } from './child.js'
import { Ends } from './ends.js'
import { Offspring } from './offspring.js'
import { Patience } from './patience.js'
import { type Intensity, RestartWindow } from './restart-window.js'

/** How a crew replaces workers that end. */
export interface CrewRules {
  /** So many are replaced without waiting. */
  readonly respawn: Intensity
  /** The waits beyond that. */
  readonly backoff: Required<Backoff>
}

/** What workers take from their crew, beside its name. */
export const CREW_SURROUNDINGS = Object.freeze({
  restart: 'permanent' as const,
  dynamic: true,
  alone: true,
})

/** How often it is looked whether a worker that is let go has finished, in milliseconds. */
const DRAIN_LOOK_MS = 10

export class Crew {
  restarts = 0
  readonly members = new Set<Child>()
  /** Workers that finish what they have. */
  readonly leaving = new Set<Child>()
  readonly ends: Ends
  readonly #context: ProcessContext
  readonly #rules: CrewRules
  readonly #patience: Patience
  readonly #offspring: Offspring
  readonly #window: RestartWindow
  /** Told whenever a worker comes or goes. */
  readonly #changed: () => void

  constructor(context: ProcessContext, rules: CrewRules, changed: () => void) {
    this.#context = context
    this.#rules = rules
    this.#changed = changed
    this.#window = new RestartWindow(rules.respawn)
    this.#patience = new Patience(context)
    this.#offspring = new Offspring(context, this.#patience, {
      running: changed,
      stranger: ({ reason }) => {
        if (reason !== 'normal') context.stop(reason)
      },
    })
    this.ends = new Ends(context, (pid) => this.#offspring.childOf(pid))
  }

  /** The crew's process has left its `init`. */
  begun(): void {
    this.#patience.phase = 'running'
  }

  /** Starts a worker and keeps it; rejects, and does not keep it, when it does not start. */
  async hire(child: Child): Promise<Pid> {
    this.members.add(child)
    const launched = await this.#offspring.launch(child)
    if (launched.kind === 'running') return launched.pid
    if (launched.kind === 'ended') {
      this.#replace(child, launched.reason, launched.pid)
      return launched.pid
    }
    this.members.delete(child)
    if (TroupeError.is(launched.error)) throw launched.error
    const problem = describeReason(launched.reason)
    const detail = { supervisor: this.#context.name ?? 'the crew', child: child.spec.name, problem }
    throw new TroupeError('CHILD_START_FAILED', detail, launched.error)
  }

  /** Hears an exit signal. */
  exited(exit: Exit): void {
    const child = this.#offspring.exited(exit)
    if (child === undefined) return
    if (this.leaving.delete(child)) {
      this.ends.note(child, child.lastPid, exit.reason, 'left')
      this.#changed()
    } else this.#replace(child, exit.reason, child.lastPid)
  }

  /** A worker has ended: the next one comes at once, or after a wait. */
  #replace(child: Child, reason: ExitReason, pid: Pid | undefined): void {
    if (this.#patience.phase === 'ending' || !this.members.has(child)) return
    this.#changed()
    this.ends.note(child, pid, reason, 'restarted')
    child.state = 'waiting'
    const nowMs = this.#context.nowMs()
    const hasCalmed = child.startedMs >= 0 && nowMs - child.startedMs >= this.#rules.backoff.resetMs
    if (hasCalmed) child.attempt = 0
    child.startedMs = -1
    // Once a worker has had to wait, only a calm stretch brings it back to the front.
    if (child.attempt === 0 && this.#window.admit(nowMs)) {
      this.#launch(child)
      return
    }
    child.attempt += 1
    const attempt = child.attempt + this.#rules.backoff.immediate
    const delayMs = backoffMs(this.#rules.backoff, attempt, this.#context.random())
    const told = { worker: child.spec.name, reason: describeReason(reason), delayMs }
    this.#context.log.warning('a worker ends too often and is replaced later', told)
    this.ends.decided(child, 'backing-off')
    this.ends.waiting(child, delayMs)
    child.timer = this.#context.after(delayMs, () => this.#launch(child))
  }

  #launch(child: Child): void {
    child.timer = undefined
    child.restarts += 1
    this.restarts += 1
    const launched = this.#offspring.launch(child).then((result) => {
      if (result.kind === 'running') return
      this.#replace(child, result.reason, result.kind === 'ended' ? result.pid : undefined)
    })
    child.starting = launched.catch((thrown: unknown) => this.fail(thrown))
  }

  /** Lets a worker go: it gets nothing more, finishes what it has, and is stopped. */
  letGo(child: Child): void {
    if (!this.members.delete(child)) return
    this.leaving.add(child)
    this.#changed()
    this.#look(child)
  }

  #look(child: Child): void {
    if (!this.leaving.has(child) || this.#patience.phase === 'ending') return
    const waiting = child.pid === undefined ? 0 : this.#context.mailboxLength(child.pid)
    if (waiting !== undefined && waiting > 0) {
      this.#context.after(DRAIN_LOOK_MS, () => this.#look(child))
      return
    }
    // What it is handling now it may finish: an exit waits for the handler.
    const stopped = this.#offspring.stop(child).then(() => {
      this.leaving.delete(child)
      this.#changed()
    })
    stopped.catch((thrown: unknown) => this.fail(thrown))
  }

  /** Stops everybody, all at once. */
  async end(): Promise<void> {
    this.#patience.phase = 'ending'
    const everybody = [...this.members, ...this.leaving]
    await Promise.all(everybody.map((child) => this.#offspring.stop(child)))
  }

  /** Ends the process for a failure of its own, unless it is ending or was killed. */
  fail(thrown: unknown): void {
    if (this.#patience.phase === 'ending' || TroupeError.is(thrown, 'PROCESS_REVOKED')) return
    this.#context.stop(crashOf(thrown))
  }
}
