/**
 * actor/supervisor: a process that starts other processes and keeps them running.
 *
 * The behaviour only: it hands signals and requests to `Supervision`. It is reentrant, so that
 * exit signals are heard while it waits for a child to end or for a back-off to pass.
 *
 * @source OTP "supervisor"; ergo-features 9
 */
import {
  type AnySpawnable,
  type Behaviour,
  behaviourOf,
  type Handler,
  type Pid,
  type ProcessContext,
  type ProcessOptions,
  type Spawnable,
} from '#contract'
import { answerLater } from './answering.js'
import type { ChildSpec } from './child-spec.js'
import { mayManage, refuseManaging } from './managing.js'
import { Supervision } from './supervision.js'
import {
  addChild,
  childInfos,
  counters,
  deleteChild,
  disableChild,
  enableChild,
  inTurn,
  startChild,
  stopChild,
} from './supervisor-management.js'
import {
  type StartChild,
  type SupervisorProtocol,
  supervisorProtocol,
} from './supervisor-protocol.js'
import {
  type AnySupervisorSpec,
  checkSupervisor,
  SUPERVISOR_DEFAULTS,
  type SupervisorSpec,
} from './supervisor-spec.js'

/**
 * Defines a supervisor whose specification is made from the arguments of spawn, at each start.
 *
 * Everything else is as with a specification. What `make` throws rejects the spawn with
 * INIT_FAILED.
 *
 * @example
 * const shop = supervisor((stock: number) => ({
 *   children: [{ name: 'stock', start: stockActor, args: [stock] }],
 * }))
 * const pid = await node.spawn(shop, { args: [100] })
 * @source OTP "supervisor", init/1
 */
export function supervisor<const C extends readonly AnySpawnable[], A extends readonly unknown[]>(
  make: (...args: A) => SupervisorSpec<C>,
): Spawnable<SupervisorProtocol, A>
/**
 * Defines a supervisor: its children, and what happens when one of them ends.
 *
 * The children start in order, each after the one before is ready; they stop in reverse order.
 * A function instead of a specification is called with the arguments of spawn. A running
 * supervisor answers `supervisorProtocol`. Spawning it rejects with INIT_FAILED (cause:
 * CHILD_START_FAILED) when a child cannot be started. When restarts exceed `intensity` it ends
 * with the custom reason `restart-limit`, whose detail names the child and why it ended.
 *
 * Throws SUPERVISOR_SPEC_INVALID or OPTION_INVALID, at once or, with a function, at the start.
 * Do not put work into a supervisor: it has no handlers of its own.
 *
 * @example
 * const shop = supervisor({
 *   type: 'rest-for-one',
 *   children: [
 *     { name: 'stock', start: stockActor, args: [100] },
 *     { name: 'till', start: tillActor },
 *   ],
 * })
 * @source OTP "supervisor"
 */
// Last, because of several overloads the compiler explains the last one when none fits.
export function supervisor<const C extends readonly AnySpawnable[]>(
  spec: SupervisorSpec<C>,
): Spawnable<SupervisorProtocol>
export function supervisor(
  given: SupervisorSpec | ((...args: never) => SupervisorSpec),
): Spawnable<SupervisorProtocol> {
  if (typeof given !== 'function') {
    const checked = checkSupervisor(given as AnySupervisorSpec)
    return spawnableOf(checked.name, async (context) => {
      return begun(new Supervision(context, checked))
    })
  }
  const make = given as (...args: readonly unknown[]) => unknown
  return spawnableOf(given.name || SUPERVISOR_DEFAULTS.name, async (context, args) => {
    const checked = checkSupervisor((await make(...args)) as AnySupervisorSpec)
    return begun(new Supervision(context, checked))
  })
}

async function begun(supervision: Supervision): Promise<Supervision> {
  await supervision.begin()
  return supervision
}

const OPTIONS: ProcessOptions = Object.freeze({
  trapExit: true,
  reentrant: true,
  // Its children have limits of their own, and the supervisor needs what they need.
  initTimeoutMs: Number.POSITIVE_INFINITY,
  terminateTimeoutMs: Number.POSITIVE_INFINITY,
})

function spawnableOf(
  name: string,
  init: Behaviour<Supervision>['init'],
): Spawnable<SupervisorProtocol> {
  const behaviour: Behaviour<Supervision> = {
    name,
    kind: 'supervisor',
    protocol: supervisorProtocol,
    messages: new Map(),
    requests: REQUESTS,
    options: OPTIONS,
    init,
    handleExit: (state, exit) => state.exited(exit),
    terminate: (state) => state.end(),
    inspect: inspectSupervision,
    upbringing: (state) => state.ends,
  }
  return Object.freeze({ [behaviourOf]: behaviour as unknown as Behaviour<never> })
}

function answering(
  operation: (supervision: Supervision, payload: unknown) => Promise<unknown>,
): Handler<Supervision> {
  return (supervision, payload, context) =>
    mayManage(supervision.spec.manageFrom, context)
      ? answerLater(
          context,
          () => inTurn(supervision, () => operation(supervision, payload)),
          (thrown) => supervision.fail(thrown),
        )
      : refuseManaging(context)
}

const REQUESTS: ReadonlyMap<string, Handler<Supervision>> = new Map<string, Handler<Supervision>>([
  ['startChild', answering((state, asked) => startChild(state, asked as StartChild))],
  ['addChild', answering((state, spec) => addChild(state, spec as ChildSpec))],
  ['stopChild', answering((state, target) => stopChild(state, target as string | Pid))],
  ['deleteChild', answering((state, name) => deleteChild(state, name as string))],
  ['disableChild', answering((state, name) => disableChild(state, name as string))],
  ['enableChild', answering((state, name) => enableChild(state, name as string))],
  ['children', (state) => childInfos(state)],
  ['counters', (state) => counters(state)],
])

/** Children shown to an observer; the rest are counted. */
const SHOWN_MAX = 20

function inspectSupervision(
  supervision: Supervision,
  _context: ProcessContext,
): Readonly<Record<string, unknown>> {
  const { spec } = supervision
  const infos = childInfos(supervision)
  const shown = infos.slice(0, SHOWN_MAX)
  return {
    type: spec.type,
    intensity: `${spec.intensity.restarts} in ${spec.intensity.withinMs} ms`,
    autoShutdown: spec.autoShutdown,
    recovering: supervision.recovering,
    ...counters(supervision),
    children: shown.map((info) => `${info.name}: ${info.state}, ${info.restarts} restarts`),
    notShown: infos.length - shown.length,
  }
}
