/**
 * actor/pool: many workers behind one address.
 *
 * The pool speaks the protocol of its workers: each message and each request is handed to one of
 * them, with its sender and caller, so that an answer does not pass through the pool. Messages of
 * one sender may be handled out of order, since they go to different workers.
 * Limit: when the mailboxes of all workers are full, a message becomes a dead letter
 * (`pool-saturated`) and a caller gets POOL_SATURATED.
 *
 * @source ergo-features 10, weaknesses 6
 */
import {
  type AnyProtocol,
  type AnySpawnable,
  type Behaviour,
  behaviourOf,
  type EventName,
  type Handler,
  type MailboxOptions,
  protocol,
  requireObject,
  requireOption,
  requireText,
  type Spawnable,
} from '#contract'
import { answerLater } from './answering.js'
import { type Backoff, checkBackoff } from './backoff.js'
import { CHILD_DEFAULTS, checkChild, intensityFault } from './child-spec.js'
import { CREW_SURROUNDINGS } from './crew.js'
import { isNodeList, mayManage, NOBODY, NODES_REMEDY, refuseManaging } from './managing.js'
import { type PoolProtocol, type PoolStrategy, poolProtocol } from './pool-protocol.js'
import { type PoolParts, PoolState } from './pool-state.js'
import type { Intensity } from './restart-window.js'

/** What is said of a pool beside its workers. */
export interface PoolSettings {
  /** Shown in logs and listings; default `pool of` and the name of the worker. */
  readonly name?: string
  /** How many workers; default 3. */
  readonly size?: number
  /** `round-robin` (default), or the worker with the fewest messages waiting. */
  readonly strategy?: PoolStrategy
  /** The limit of each worker's mailbox; without one a pool is never saturated. */
  readonly workerMailbox?: MailboxOptions
  /** Each publication goes to one worker, whose `handleEvent` gets it. */
  readonly subscribe?: readonly EventName[]
  /** So many workers are replaced without waiting when they end; default 10 within 5,000 ms. */
  readonly respawn?: Intensity
  /** The waits when more end than that. */
  readonly backoff?: Backoff
  /** How long a worker may take to end, in milliseconds; then it is killed. Default 5,000. */
  readonly shutdownMs?: number
  /**
   * Other nodes that may change its size, as `name@host`, `*@host` or `name@*`; default none.
   * All may look.
   */
  readonly manageFrom?: readonly string[]
}

/** What the specification of a pool leaves open; times are milliseconds. */
export const POOL_DEFAULTS = Object.freeze({
  size: 3,
  strategy: 'round-robin' as PoolStrategy,
  respawn: Object.freeze({ restarts: 10, withinMs: 5_000 }) as Intensity,
  shutdownMs: CHILD_DEFAULTS.shutdownMs,
  manageFrom: NOBODY,
})

/** The arguments of the workers, required only when their init takes some. */
type WorkerArgs<A extends readonly unknown[]> = [] extends A
  ? { readonly workerArgs?: Readonly<A> }
  : { readonly workerArgs: Readonly<A> }

/**
 * Defines a pool of workers that share the messages sent to one address.
 *
 * All workers start with the pool; when one does not, the pool does not. One that ends later is
 * replaced at once, or after a growing wait when too many end. Spawn it like any actor.
 * Throws OPTION_INVALID naming the option, also for a worker whose protocol names `grow`,
 * `shrink` or `stats`. Do not use it where the order of messages matters.
 *
 * @example
 * const ingest = pool({ worker: ingestActor, size: 8, workerMailbox: { lengthMax: 1_000 } })
 * const pid = await node.spawn(ingest, { name: 'ingest' })
 * node.send(pid, 'position', { vehicle: 7, lat: 30.2, lon: -97.7 })
 * @source ergo-features 10
 */
export function pool<P extends AnyProtocol, A extends readonly unknown[]>(
  spec: PoolSettings & { readonly worker: Spawnable<P, A> } & WorkerArgs<NoInfer<A>>,
): Spawnable<PoolProtocol<P>> {
  const parts = checkPool(spec)
  const workerBehaviour = spec.worker[behaviourOf]
  const { messages = {} } = workerBehaviour.protocol ?? {}
  const { name } = parts
  const behaviour: Behaviour<PoolState> = {
    name,
    kind: 'pool',
    protocol: protocol(name, { ...messages, ...poolProtocol.messages }),
    messages: forwarders(workerBehaviour.messages),
    requests: new Map([...forwarders(workerBehaviour.requests), ...MANAGEMENT]),
    options: { trapExit: true, terminateTimeoutMs: Number.POSITIVE_INFINITY },
    init: async (context) => {
      const state = new PoolState(context, parts)
      await state.begin()
      return state
    },
    terminate: (state) => state.end(),
    handleExit: (state, exit) => state.crew.exited(exit),
    handleDown: (state, down) => state.lost(down),
    handleEvent: forward,
    handleMessage: workerBehaviour.handleMessage && forward,
    handleCall: workerBehaviour.handleCall && forward,
    inspect: (state) => ({ ...state.stats() }),
    upbringing: (state) => state.crew.ends,
  }
  return Object.freeze({ [behaviourOf]: behaviour as unknown as Behaviour<never> })
}

/** A description of a pool before its defaults are filled in. */
type GivenPool = PoolSettings & {
  readonly worker: AnySpawnable
  readonly workerArgs?: readonly unknown[]
}

/** Fills in the defaults; throws OPTION_INVALID naming the option. */
function checkPool(given: GivenPool): PoolParts & { readonly name: string } {
  requireObject('pool', given)
  const { size, strategy, respawn, shutdownMs, manageFrom } = { ...POOL_DEFAULTS, ...given }
  const { worker, subscribe = [], workerMailbox, workerArgs } = given
  if (given.name !== undefined) requireText('name', given.name)
  requireOption(worker?.[behaviourOf] !== undefined, 'worker', worker, 'give an actor')
  const behaviour = worker[behaviourOf]
  const isSize = Number.isSafeInteger(size) && size > 0
  requireOption(isSize, 'size', size, 'give a whole number above 0')
  const isStrategy = strategy === 'round-robin' || strategy === 'least-loaded'
  requireOption(isStrategy, 'strategy', strategy, 'round-robin or least-loaded')
  const fault = intensityFault(respawn)
  requireOption(fault === undefined, 'respawn', JSON.stringify(respawn), fault ?? '')
  requireOption(isNodeList(manageFrom), 'manageFrom', manageFrom, NODES_REMEDY)
  for (const name of Object.keys(poolProtocol.messages)) {
    const isFree = !Object.hasOwn(behaviour.protocol?.messages ?? {}, name)
    requireOption(isFree, 'worker', behaviour.name, `its protocol names ${name}, as the pool does`)
  }
  requireOption(Array.isArray(subscribe), 'subscribe', subscribe, 'give a list of events')
  const isHeard = subscribe.length === 0 || behaviour.handleEvent !== undefined
  requireOption(isHeard, 'subscribe', behaviour.name, 'the worker needs a handleEvent')
  const surroundings = { ...CREW_SURROUNDINGS, supervisor: behaviour.name }
  const options = workerMailbox === undefined ? {} : { mailbox: workerMailbox }
  const workerName = behaviour.name || 'worker'
  const spec = { name: workerName, start: worker, args: workerArgs ?? [], options, shutdownMs }
  const name = given.name ?? `pool of ${workerName}`
  const rules = { respawn, backoff: checkBackoff(given.backoff, 'backoff') }
  const checked = checkChild(spec, surroundings)
  return { name, worker: checked, size, strategy, rules, subscribe, manageFrom }
}

/** One function for all messages: which one it is, the runtime knows. */
const forward = (state: PoolState): unknown => state.forward()

const forwarders = (handlers: ReadonlyMap<string, unknown>): Map<string, Handler<PoolState>> =>
  new Map([...handlers.keys()].map((name) => [name, forward]))

const MANAGEMENT: readonly (readonly [string, Handler<PoolState>])[] = [
  ['grow', answering((state, count) => state.grow(count as number))],
  ['shrink', answering((state, count) => state.shrink(count as number))],
  ['stats', (state) => state.stats()],
]

function answering(
  work: (state: PoolState, payload: unknown) => Promise<unknown>,
): Handler<PoolState> {
  return (state, payload, context) =>
    mayManage(state.manageFrom, context)
      ? answerLater(
          context,
          () => work(state, payload),
          (thrown) => state.crew.fail(thrown),
        )
      : refuseManaging(context)
}
