/**
 * actor/supervisor-protocol: what a running supervisor can be asked.
 *
 * @source OTP "supervisor" (start_child, terminate_child, which_children, count_children);
 * ergo-features 9, Dynamic API
 */
import { type BehaviourKind, type ExitReason, type Pid, protocol, request } from '#contract'
import type { ChildSpec } from './child-spec.js'
import type { RestartMode } from './restart-verdict.js'

/**
 * What a child is doing. `waiting`: until its next restart; `stopped`: by hand; `ended`: by
 * itself, for good; `disabled`: kept from starting.
 */
export type ChildState =
  | 'starting'
  | 'running'
  | 'waiting'
  | 'stopping'
  | 'stopped'
  | 'ended'
  | 'disabled'

/** One child as `children` tells it. */
export interface ChildInfo {
  /** Its name in the specification; that of the template for a dynamic child. */
  readonly name: string
  readonly pid: Pid | undefined
  readonly state: ChildState
  readonly behaviour: string
  readonly kind: BehaviourKind
  readonly restart: RestartMode
  readonly significant: boolean
  /** How often it was restarted. */
  readonly restarts: number
  /** Why it ended the last time. */
  readonly lastReason: ExitReason | undefined
}

/** What `counters` tells. */
export interface SupervisorCounters {
  /** Children, or templates of a dynamic supervisor. */
  readonly specs: number
  /** Children that run. */
  readonly running: number
  /** Children that are supervisors. */
  readonly supervisors: number
  /** All other children. */
  readonly workers: number
  /** Restarts since the start of the supervisor. */
  readonly restarts: number
  /** Restarts that count against the limit now. */
  readonly restartsInWindow: number
}

/** Which child to start, and with what. */
export interface StartChild {
  /** The name of a child, or of a template. */
  readonly name: string
  /** In place of the arguments in the specification; kept for its restarts. */
  readonly args?: readonly unknown[]
  /** The name a dynamic child is registered under, also after restarts; default none. */
  readonly as?: string
}

/**
 * The requests every supervisor answers.
 *
 * All reject with STRATEGY_ACTIVE while a group of children is being restarted, except
 * `children` and `counters`. The supervisor must be running: it answers after its own init.
 *
 * @example const pid = await node.call('workers', 'startChild', { name: 'worker', args: [1] })
 */
export const supervisorProtocol = protocol('supervisor', {
  /**
   * Starts a child that is not running, or a new one from a template; gives its pid.
   * CHILD_UNKNOWN, CHILD_RUNNING, CHILD_DISABLED, or why it did not start.
   */
  startChild: request<StartChild, Pid>(),
  /** Adds a child behind the others and starts it. CHILD_TAKEN, SUPERVISOR_SPEC_INVALID. */
  addChild: request<ChildSpec, Pid>(),
  /** Stops a child, by name or pid, until `startChild`. CHILD_UNKNOWN. */
  stopChild: request<string | Pid>(),
  /** Stops a child and forgets it. CHILD_UNKNOWN. */
  deleteChild: request<string>(),
  /** Stops a child, or all of a template, and keeps it from starting. CHILD_UNKNOWN. */
  disableChild: request<string>(),
  /** Undoes `disableChild` and starts the child; gives no pid for a template. CHILD_UNKNOWN. */
  enableChild: request<string, Pid | undefined>(),
  /** All children in the order of declaration, dynamic ones in the order of their start. */
  children: request<void, readonly ChildInfo[]>(),
  counters: request<void, SupervisorCounters>(),
})

/** The protocol of every supervisor: `processName(name, supervisorProtocol)` is typed by it. */
export type SupervisorProtocol = typeof supervisorProtocol
