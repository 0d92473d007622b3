/**
 * actor/child: what a supervisor keeps for one child while it runs, waits and ends.
 *
 * Only data and what follows from it; `Supervision` alone writes it. One for each child, so a
 * supervisor of a million children has a million: keep it small.
 */
import {
  type AnySpawnable,
  behaviourOf,
  type ExitReason,
  type Pid,
  type PreservedMailbox,
  type SpawnOptions,
  type Timer,
} from '#contract'
import type { CheckedChild } from './child-spec.js'
import type { Plannable } from './restart-plan.js'
import { RestartWindow } from './restart-window.js'
import type { ChildInfo, ChildState } from './supervisor-protocol.js'

export class Child implements Plannable {
  readonly spec: CheckedChild
  /** The name a dynamic child is registered under. */
  readonly as: string | undefined
  args: readonly unknown[]
  state: ChildState = 'stopped'
  pid: Pid | undefined = undefined
  /** Restarts in all. */
  restarts = 0
  /** Restarts in a row, without a calm stretch between. */
  attempt = 0
  /** When it began to run, by the clock of the node; -1 when it has not run since it failed. */
  startedMs = -1
  /** Its next restart. */
  timer: Timer | undefined = undefined
  /** Settles, and never rejects, when its start and what follows from a failure of it is done. */
  starting: Promise<unknown> | undefined = undefined
  preserved: PreservedMailbox | undefined = undefined
  /** Its last life that is over. */
  lastPid: Pid | undefined = undefined
  lastReason: ExitReason | undefined = undefined
  /** Its own limit of restarts. */
  readonly window: RestartWindow | undefined

  constructor(spec: CheckedChild, args: readonly unknown[] = spec.spawn.args, as?: string) {
    this.spec = spec
    this.args = args
    this.as = as
    this.window = spec.intensity === undefined ? undefined : new RestartWindow(spec.intensity)
  }

  get start(): AnySpawnable {
    return this.spec.start
  }

  get alive(): boolean {
    return this.pid !== undefined || this.state === 'starting'
  }

  get startable(): boolean {
    const { state } = this
    return state !== 'disabled' && state !== 'stopped' && this.spec.restart !== 'temporary'
  }

  /** It runs, or will run without anybody asking. */
  get lively(): boolean {
    return this.alive || this.state === 'waiting'
  }

  /** It will not be started again: what its last life left unhandled is lost, and counted. */
  giveUp(): void {
    this.preserved?.drop()
    this.preserved = undefined
  }

  /** The options of its next spawn. */
  spawnOptions(): SpawnOptions & { readonly args?: readonly unknown[] } {
    const { spawn } = this.spec
    if (this.restarts === 0 && this.as === undefined && this.args === spawn.args) return spawn
    const options = { ...spawn, args: this.args, restarts: this.restarts }
    const named = this.as === undefined ? options : { ...options, name: this.as }
    return this.preserved === undefined ? named : { ...named, inherit: this.preserved }
  }

  info(): ChildInfo {
    const { spec } = this
    const { name: behaviour, kind } = spec.start[behaviourOf]
    return Object.freeze({
      name: spec.name,
      pid: this.pid,
      state: this.state,
      behaviour,
      kind,
      restart: spec.restart,
      significant: spec.significant,
      restarts: this.restarts,
      lastReason: this.lastReason,
    })
  }
}
