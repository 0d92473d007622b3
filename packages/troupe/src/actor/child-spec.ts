/**
 * actor/child-spec: how a child is described to its supervisor; its defaults and its check.
 *
 * @source OTP "supervisor", child_spec(); ergo-features 9
 */
import {
  type AnySpawnable,
  type ArgsOf,
  behaviourOf,
  checkProcessOptions,
  type Pid,
  type ProcessContext,
  printed,
  type SpawnArgs,
  type SpawnOptions,
  TroupeError,
} from '#contract'
import type { RestartMode } from './restart-verdict.js'
import type { Intensity } from './restart-window.js'

/** A limit of its own for one child; its restarts then do not count for the supervisor. */
export interface ChildIntensity extends Intensity {
  /** One restart too many: `stop` the supervisor (default), or `disable` the child. */
  readonly onExceed?: 'stop' | 'disable'
}

/** Spawn options of a child; what the supervisor itself decides is left out. */
export type ChildOptions = Omit<SpawnOptions, 'name' | 'link' | 'monitor' | 'restarts' | 'inherit'>

/** What is said of a child beside what it runs. */
export interface ChildSettings {
  /** Unique in its supervisor. */
  readonly name: string
  /** Register the child under `name`, also after restarts; default true, never for templates. */
  readonly registered?: boolean
  readonly options?: ChildOptions
  /** Default: that of the supervisor. */
  readonly restart?: RestartMode
  /** Its end may end the supervisor, see `autoShutdown`; default false. */
  readonly significant?: boolean
  /**
   * How long the child may take to end when it is told to, in milliseconds; then it is killed.
   * `kill`: at once; `infinity`: as long as it likes. Default 5,000, `infinity` for supervisors.
   */
  readonly shutdownMs?: number | 'kill' | 'infinity'
  /**
   * Waits until the child is ready, before the next one is started. A rejection, a time-out or
   * the end of the child counts as a failed start.
   *
   * @example ready: (pid, context) => context.call(pid, 'ready')
   */
  readonly ready?: (pid: Pid, context: ProcessContext) => unknown
  /** Longest wait for `ready`, in milliseconds; default 5,000. */
  readonly readyTimeoutMs?: number
  /** Only for `one-for-one` and `simple-one-for-one`. */
  readonly intensity?: ChildIntensity
}

/** One child, when the type of what it runs is not known. */
export interface ChildSpec extends ChildSettings {
  /** What it runs. */
  readonly start: AnySpawnable
  /** The arguments of its init. */
  readonly args?: readonly unknown[]
}

/** One child whose arguments must fit what it runs. */
export type ChildOf<S> = ChildSettings & { readonly start: S } & SpawnArgs<ArgsOf<S>>

/** A template: its arguments may come with `startChild`. */
export type TemplateOf<S> = ChildSettings & {
  readonly start: S
  readonly args?: Readonly<ArgsOf<S>>
}

/** A child with all defaults filled in. */
export interface CheckedChild {
  readonly name: string
  readonly start: AnySpawnable
  readonly registered: boolean
  readonly restart: RestartMode
  readonly significant: boolean
  /** Infinity: as long as it likes; 0: killed at once. */
  readonly shutdownMs: number
  readonly ready: ChildSettings['ready']
  readonly readyTimeoutMs: number
  readonly intensity: Required<ChildIntensity> | undefined
  /** Its waiting messages are handed to the next incarnation. */
  readonly preserves: boolean
  /** What every spawn of it has in common. */
  readonly spawn: SpawnOptions & { readonly args: readonly unknown[] }
}

/** What the specification of a child leaves open; times are milliseconds. */
export const CHILD_DEFAULTS = Object.freeze({
  shutdownMs: 5_000,
  readyTimeoutMs: 5_000,
  significant: false,
})

const MODES: readonly string[] = ['permanent', 'transient', 'temporary']

/** What a child takes from its supervisor. */
export interface ChildSurroundings {
  readonly supervisor: string
  readonly restart: RestartMode
  /** Children are templates. */
  readonly dynamic: boolean
  /** A child may fail alone: no group is restarted with it. */
  readonly alone: boolean
}

/** Fills in the defaults; throws SUPERVISOR_SPEC_INVALID or OPTION_INVALID. */
export function checkChild(given: ChildSpec, surroundings: ChildSurroundings): CheckedChild {
  const problem = problemOf(given, surroundings)
  if (problem !== undefined) {
    throw new TroupeError('SUPERVISOR_SPEC_INVALID', { name: surroundings.supervisor, problem })
  }
  const { name, start } = given
  const { dynamic } = surroundings
  const registered = !dynamic && given.registered !== false
  const behaviour = start[behaviourOf]
  const options = given.options ?? {}
  checkProcessOptions(options)
  const args = given.args ?? []
  const own = registered ? { ...options, name, link: true, args } : { ...options, link: true, args }
  return Object.freeze({
    name,
    start,
    registered,
    restart: given.restart ?? surroundings.restart,
    significant: given.significant ?? CHILD_DEFAULTS.significant,
    shutdownMs: shutdownMsOf(given.shutdownMs, behaviour.kind === 'supervisor'),
    ready: given.ready,
    readyTimeoutMs: given.readyTimeoutMs ?? CHILD_DEFAULTS.readyTimeoutMs,
    intensity: given.intensity && { onExceed: 'stop' as const, ...given.intensity },
    preserves: options.preserveMailbox ?? behaviour.options.preserveMailbox ?? false,
    spawn: Object.freeze(own),
  })
}

function shutdownMsOf(given: ChildSettings['shutdownMs'], isSupervisor: boolean): number {
  if (given === 'kill') return 0
  if (given === 'infinity') return Number.POSITIVE_INFINITY
  // A supervisor needs what its children need, and each of those has a limit of its own.
  return given ?? (isSupervisor ? Number.POSITIVE_INFINITY : CHILD_DEFAULTS.shutdownMs)
}

/** What is wrong with the description of a child, in a sentence. */
function problemOf(given: ChildSpec, surroundings: ChildSurroundings): string | undefined {
  if (typeof given !== 'object' || given === null) return `a child is ${printed(given)}`
  const { name, start, restart = surroundings.restart, significant, shutdownMs } = given
  if (typeof name !== 'string' || name === '') return 'a child needs a name'
  const who = `the child ${name}`
  const canStart = (typeof start === 'object' || typeof start === 'function') && start !== null
  if (!canStart || start[behaviourOf] === undefined) {
    return `${who} needs a start: what actor(), Actor.of or supervisor() gives`
  }
  if (!MODES.includes(restart)) return `${who} has the restart mode ${String(restart)}`
  if (significant === true && restart === 'permanent') {
    return `${who} is permanent and can never end for good; make it transient or not significant`
  }
  const isLimit = typeof shutdownMs === 'number' ? shutdownMs > 0 : isWordOrNothing(shutdownMs)
  if (!isLimit) return `${who} has shutdownMs ${String(shutdownMs)}; give milliseconds above 0`
  if (given.readyTimeoutMs !== undefined && !(given.readyTimeoutMs > 0)) {
    return `${who} has readyTimeoutMs ${given.readyTimeoutMs}; give milliseconds above 0`
  }
  return (
    partProblem(given, who) ??
    intensityProblem(given, surroundings, who) ??
    preservationProblem(given, surroundings, who)
  )
}

function partProblem(given: ChildSpec, who: string): string | undefined {
  const { args, ready, registered, significant } = given
  for (const [flag, value] of Object.entries({ registered, significant })) {
    if (value !== undefined && typeof value !== 'boolean') {
      return `${who} has ${flag} ${printed(value)}; give true or false`
    }
  }
  if (args !== undefined && !Array.isArray(args)) return `${who} has args that are not a list`
  const canAsk = ready === undefined || typeof ready === 'function'
  return canAsk ? undefined : `${who} has a ready that is not a function`
}

const isWordOrNothing = (value: unknown): boolean =>
  value === undefined || value === 'kill' || value === 'infinity'

function intensityProblem(
  { intensity }: ChildSpec,
  { alone }: ChildSurroundings,
  who: string,
): string | undefined {
  if (intensity === undefined) return undefined
  if (!alone) return `${who} has an intensity of its own, but is restarted with its siblings`
  const problem = intensityFault(intensity)
  if (problem !== undefined) return `${who}: ${problem}`
  const { onExceed = 'stop' } = intensity
  const isKnown = onExceed === 'stop' || onExceed === 'disable'
  return isKnown ? undefined : `${who} has intensity.onExceed ${printed(onExceed)}`
}

/** What is wrong with a limit of restarts. */
export function intensityFault(intensity: Intensity): string | undefined {
  if (typeof intensity !== 'object' || intensity === null) {
    return `intensity is ${printed(intensity)}; give { restarts, withinMs }`
  }
  const { restarts, withinMs } = intensity
  const goodCount =
    restarts === Number.POSITIVE_INFINITY || (Number.isSafeInteger(restarts) && restarts >= 0)
  if (!goodCount) return `intensity.restarts is ${restarts}; give a whole number, 0 or more`
  if (!(withinMs > 0)) return `intensity.withinMs is ${withinMs}; give milliseconds above 0`
  return undefined
}

function preservationProblem(
  { options, start }: ChildSpec,
  { alone }: ChildSurroundings,
  who: string,
): string | undefined {
  const preserves = options?.preserveMailbox ?? start[behaviourOf].options.preserveMailbox
  if (alone || preserves !== true) return undefined
  return `${who} preserves its mailbox, which a group that starts anew cannot use`
}
