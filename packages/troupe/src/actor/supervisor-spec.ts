/**
 * actor/supervisor-spec: how a supervisor is described; its defaults and its check.
 *
 * @source OTP "supervisor", sup_flags(); ergo-features 9
 */
import type { AnySpawnable, ExitReason, ProcessContext } from '#contract'
import { TroupeError } from '#contract'
import { type Backoff, checkBackoff } from './backoff.js'
import {
  type CheckedChild,
  type ChildOf,
  type ChildSpec,
  type ChildSurroundings,
  checkChild,
  intensityFault,
  type TemplateOf,
} from './child-spec.js'
import { isNodeList, NOBODY, NODES_REMEDY } from './managing.js'
import type { SupervisorType } from './restart-plan.js'
import type { AutoShutdown, RestartMode } from './restart-verdict.js'
import type { Intensity } from './restart-window.js'
import type { ChildInfo } from './supervisor-protocol.js'

/** What is said of a supervisor beside its type and its children. */
export interface SupervisorSettings {
  /** Shown in logs and listings; default `supervisor`. */
  readonly name?: string
  /** The restart mode of children that name none; default `transient`. */
  readonly restart?: RestartMode
  /** More restarts than this end the supervisor; default 5 within 5,000 ms. */
  readonly intensity?: Intensity
  /** Waits between restarts; false for none. Default: at once, then 100 ms, doubling. */
  readonly backoff?: Backoff | false
  /** Stop children one after the other, last declared first; default true. */
  readonly keepOrder?: boolean
  /** Default `any-significant` when a child is significant, else `never`. */
  readonly autoShutdown?: AutoShutdown
  /**
   * A child that does not start for the first time: `retry` under the same limit and waits as a
   * restart (default), or `fail` the start of the supervisor at once.
   */
  readonly firstStart?: 'retry' | 'fail'
  /**
   * Other nodes that may start, stop, add and delete its children, as `name@host`, `*@host` or
   * `name@*`; default none. All may look.
   */
  readonly manageFrom?: readonly string[]
  /** Told when a child runs, for the first time and after each restart. A throw ends all. */
  readonly childStarted?: (child: ChildInfo, context: ProcessContext) => unknown
  /** Told when a child has ended by itself, before anything is done about it. */
  readonly childEnded?: (child: ChildInfo, reason: ExitReason, context: ProcessContext) => unknown
}

/** A supervisor whose children are known when it starts. `type` defaults to `one-for-one`. */
export type StaticSupervisorSpec<C extends readonly AnySpawnable[]> = SupervisorSettings & {
  readonly type?: Exclude<SupervisorType, 'simple-one-for-one'>
  /** In the order of their start. */
  readonly children: { readonly [I in keyof C]: ChildOf<C[I]> }
}

/** A supervisor that makes its children on demand, from templates. */
export type DynamicSupervisorSpec<C extends readonly AnySpawnable[]> = SupervisorSettings & {
  readonly type: 'simple-one-for-one'
  readonly children: { readonly [I in keyof C]: TemplateOf<C[I]> }
}

/** What `supervisor()` takes. */
export type SupervisorSpec<C extends readonly AnySpawnable[] = readonly AnySpawnable[]> =
  | StaticSupervisorSpec<C>
  | DynamicSupervisorSpec<C>

/** A supervisor when the types of its children are not known. */
export interface AnySupervisorSpec extends SupervisorSettings {
  readonly type?: SupervisorType
  readonly children: readonly ChildSpec[]
}

/** What the specification of a supervisor leaves open; times are milliseconds. */
export const SUPERVISOR_DEFAULTS = Object.freeze({
  name: 'supervisor',
  type: 'one-for-one' as SupervisorType,
  restart: 'transient' as RestartMode,
  intensity: Object.freeze({ restarts: 5, withinMs: 5_000 }) as Intensity,
  keepOrder: true,
  firstStart: 'retry' as 'retry' | 'fail',
  manageFrom: NOBODY,
})

/** A specification with all defaults filled in. */
export interface CheckedSupervisor {
  readonly name: string
  readonly type: SupervisorType
  readonly intensity: Intensity
  readonly backoff: Required<Backoff>
  readonly keepOrder: boolean
  readonly autoShutdown: AutoShutdown
  readonly firstStart: 'retry' | 'fail'
  readonly manageFrom: readonly string[]
  readonly childStarted: SupervisorSettings['childStarted']
  readonly childEnded: SupervisorSettings['childEnded']
  readonly children: readonly CheckedChild[]
  /** What children take from their supervisor. */
  readonly surroundings: ChildSurroundings
}

const TYPES: readonly string[] = [
  'one-for-one',
  'all-for-one',
  'rest-for-one',
  'simple-one-for-one',
]
const AUTO: readonly string[] = ['never', 'any-significant', 'all-significant', 'idle']

/** Fills in the defaults; throws SUPERVISOR_SPEC_INVALID or OPTION_INVALID. */
export function checkSupervisor(given: AnySupervisorSpec): CheckedSupervisor {
  const spec = { ...SUPERVISOR_DEFAULTS, ...given }
  const refuse = (problem: string): never => {
    throw new TroupeError('SUPERVISOR_SPEC_INVALID', { name: spec.name, problem })
  }
  if (typeof spec.name !== 'string' || spec.name === '') refuse('its name is no text')
  if (!TYPES.includes(spec.type)) refuse(`its type is ${String(spec.type)}`)
  if (!Array.isArray(spec.children)) refuse('children is not a list')
  const fault = intensityFault(spec.intensity) ?? settingFault(spec)
  if (fault !== undefined) refuse(fault)
  const surroundings = Object.freeze({
    supervisor: spec.name,
    restart: spec.restart,
    dynamic: spec.type === 'simple-one-for-one',
    alone: spec.type === 'one-for-one' || spec.type === 'simple-one-for-one',
  })
  const children = spec.children.map((child) => checkChild(child, surroundings))
  const twice = firstTwice(children.map((child) => child.name))
  if (twice !== undefined) refuse(`two children are named ${twice}`)
  if (surroundings.dynamic && children.length === 0) refuse('it has no template')
  const autoShutdown = autoShutdownOf(given, children, refuse)
  const backoff = checkBackoff(given.backoff, 'backoff')
  return Object.freeze({
    name: spec.name,
    type: spec.type,
    intensity: Object.freeze({ ...spec.intensity }),
    backoff,
    keepOrder: spec.keepOrder,
    autoShutdown,
    firstStart: spec.firstStart,
    manageFrom: Object.freeze([...spec.manageFrom]),
    childStarted: given.childStarted,
    childEnded: given.childEnded,
    children: Object.freeze(children),
    surroundings,
  })
}

/** What is wrong with a setting beside type, intensity and children. */
function settingFault(spec: SupervisorSettings): string | undefined {
  const { keepOrder, firstStart, manageFrom, childStarted, childEnded } = spec
  if (!isNodeList(manageFrom)) return `its manageFrom is no list of nodes; ${NODES_REMEDY}`
  if (typeof keepOrder !== 'boolean') return `its keepOrder is ${String(keepOrder)}`
  if (firstStart !== 'retry' && firstStart !== 'fail') {
    return `its firstStart is ${String(firstStart)}; give retry or fail`
  }
  for (const [name, told] of Object.entries({ childStarted, childEnded })) {
    if (told !== undefined && typeof told !== 'function') return `its ${name} is no function`
  }
  return undefined
}

function autoShutdownOf(
  given: AnySupervisorSpec,
  children: readonly CheckedChild[],
  refuse: (problem: string) => never,
): AutoShutdown {
  const significant = children.find((child) => child.significant)
  const chosen = given.autoShutdown ?? (significant === undefined ? 'never' : 'any-significant')
  if (!AUTO.includes(chosen)) refuse(`its autoShutdown is ${String(chosen)}`)
  if (significant !== undefined && (chosen === 'never' || chosen === 'idle')) {
    refuse(`the child ${significant.name} is significant, but autoShutdown is ${chosen}`)
  }
  if (given.type === 'simple-one-for-one' && chosen === 'idle') {
    refuse('autoShutdown idle would end it before its first child was started')
  }
  return chosen
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((name, position) => names.indexOf(name) !== position)
}
