/**
 * observer: an Observer as an application of any node; one serves the whole cluster.
 *
 * @source ergo-features 28; elixir-cluster 6.2 to 6.5
 */
import {
  type ApplicationSpec,
  actor,
  application,
  type Followed,
  message,
  type Node,
  processName,
  protocol,
  request,
  supervisor,
  type WebEnv,
  webPort,
} from 'troupe'
import { nodePerSecondMaxOf, type ObserverOptions, surfacesOf } from '#observer/contract/options'
import { Observatory } from './observatory.js'

/** The name of the application, and of its process. */
export const OBSERVER_NAME = 'observer'

/** What the process of an Observer can be asked. */
export const observerProtocol = protocol('troupe.observer', {
  /** Where browsers find it, in the order of the surfaces. */
  addresses: request<void, readonly string[]>(),
  /** A node tells what happened: `systemFollower`. */
  followed: message<Followed>(),
})

/** The largest body of a request, in bytes: an order with its payload. */
const BODY_BYTES_MAX = 262_144
/** An order may call a process for a minute, and a profile takes half of one. */
const ANSWER_MS = 70_000
const PENDING_MAX = 1_000

const observerActor = actor(observerProtocol, {
  init: (observatory: Observatory) => observatory,
  started: async (observatory, context) => {
    observatory.attach(context)
    for (const [at, { name }] of observatory.surfaces.entries()) {
      const fetch = (given: Request, env: WebEnv) => observatory.answer(at, given, env)
      const limits = { timeoutMs: ANSWER_MS, bodyBytesMax: BODY_BYTES_MAX, pendingMax: PENDING_MAX }
      await context.spawn(webPort, {
        ...{ name: `observer-web-${name}`, link: true },
        args: [{ listener: observatory.listenerOf(at), fetch, ...limits }],
      })
    }
    observatory.told()
  },
  on: {
    addresses: (observatory) => observatory.addresses,
    followed: (observatory, told, { fromNode }) => observatory.followed(told, fromNode),
  },
  handleDown: (observatory, { ref }) => observatory.down(ref),
  terminate: (observatory) => observatory.detach(),
  inspect: (observatory) => ({ addresses: observatory.addresses, ...observatory.counts }),
})

/**
 * The Observer as an application. Without options it listens on 127.0.0.1:9911 and changes
 * nothing. Throws OPTION_INVALID, also for an address that others can reach and nobody guards.
 *
 * @example const node = await startNode('a@localhost', { applications: [createObserver()] })
 */
export function createObserver(options: ObserverOptions = {}): ApplicationSpec {
  const { onListening } = options
  const nodePerSecondMax = nodePerSecondMaxOf(options)
  const observatory = new Observatory(surfacesOf(options), { nodePerSecondMax, onListening })
  const child = { name: OBSERVER_NAME, start: observerActor, args: [observatory] as const }
  const name = 'observer-supervisor'
  return application({
    name: OBSERVER_NAME,
    description: 'Shows the cluster in a browser.',
    members: [{ name, start: supervisor({ name, children: [child] }) }],
    init: () => observatory.open(),
    terminate: () => observatory.close(),
  })
}

/** An Observer that was started on a node that runs. */
export interface StartedObserver {
  /** Where browsers find it, in the order of the surfaces. */
  readonly addresses: readonly string[]
  stop(): Promise<void>
}

/**
 * Starts an Observer on a node that runs already. Rejects as `startApplication` does.
 *
 * @example const { addresses } = await startObserver(node, { port: 0 })
 */
export async function startObserver(
  node: Node,
  options: ObserverOptions = {},
): Promise<StartedObserver> {
  const spec = createObserver(options)
  node.loadApplication(spec)
  try {
    await node.startApplication(spec.name)
  } catch (thrown) {
    node.unloadApplication(spec.name)
    throw thrown
  }
  const addresses = await node.call(processName(OBSERVER_NAME, observerProtocol), 'addresses')
  const stop = async (): Promise<void> => {
    await node.stopApplication(spec.name)
    node.unloadApplication(spec.name)
  }
  return { addresses, stop }
}
