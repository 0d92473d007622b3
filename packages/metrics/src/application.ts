/**
 * application: the applications `metrics` and `health`, and what their ports serve.
 *
 * @source ergo-features 25, 26, 27 (Radar)
 */
import {
  type AnySpawnable,
  type ApplicationSpec,
  processName,
  supervisor,
  type WebEnv,
  webPort,
} from 'troupe'
import { formOf } from '#metrics/gather/pages'
import { healthActor } from './health/actor.js'
import { HealthBoard } from './health/board.js'
import { PROBES } from './health/signals.js'
import { MetricsActor } from './metrics-actor.js'
import {
  type CheckedHealth,
  type HealthOptions,
  healthOptions,
  type MetricsOptions,
  metricsOptions,
} from './options.js'
import { metricsProtocol } from './own/protocol.js'
import { hostOf } from './sd/host-rules.js'
import { OpenPort, Seat } from './seat.js'
import { Door } from './web/door.js'
import { JSON_TYPE, Site } from './web/site.js'

/** Longest wait for a page: a node of a million processes is looked at in slices. */
const PAGE_TIMEOUT_MS = 15_000
const PENDING_MAX = 64
const BODY_BYTES_MAX = 1_024
const METRICS = processName('metrics', metricsProtocol)

/**
 * The application `metrics`: `GET /metrics` for Prometheus, `/sd` with the targets of the whole
 * cluster, and health probes where they are wished for. Put it first in the list of a node's
 * applications, so that probes are answered while the others start.
 *
 * Throws OPTION_INVALID. One specification is for one node.
 *
 * @example const node = await startNode('shop@localhost', { applications: [metrics(), shop] })
 * @source ergo-features 25, 27 (Radar)
 */
export function metrics(given: MetricsOptions = {}): ApplicationSpec {
  const options = metricsOptions(given)
  const { token, hostNames } = options.surface
  const door = new Door({ token, hostNames })
  const board = options.health === undefined ? undefined : new HealthBoard()
  const seat = new Seat(options, door, board)
  const site = new Site(door)
  site.add(options.path, {
    free: false,
    answer: async ({ headers }, env) => {
      const { contentType, body } = await ask(env, 'page', formOf(headers.accept))
      return { status: 200, contentType, body }
    },
  })
  site.add('/sd', {
    free: false,
    answer: async (_incoming, env) => {
      const body = await env.call(METRICS, 'targets', undefined, { timeoutMs: PAGE_TIMEOUT_MS })
      return { status: 200, contentType: JSON_TYPE, body }
    },
  })
  const actor: AnySpawnable = given.actor ?? MetricsActor
  const children: Child[] = [{ name: 'metrics', start: actor, args: [seat] }]
  if (options.health !== undefined && board !== undefined) {
    addProbes(site, board, options.health)
    children.push(healthChild(board, options.health))
  }
  return specOf(
    { name: 'metrics', told: 'tells Prometheus of this node' },
    seat.open,
    board,
    () => [...children, webChild('metrics', seat.open, site)],
  )
}

/**
 * The application `health`: probes of Kubernetes on a port of their own, 3000 by default.
 *
 * Throws OPTION_INVALID. One specification is for one node.
 *
 * @example const node = await startNode('shop@localhost', { applications: [health(), shop] })
 * @source ergo-features 26
 */
export function health(given: HealthOptions = {}): ApplicationSpec {
  const { surface, health: settings } = healthOptions(given)
  const door = new Door(surface)
  const board = new HealthBoard()
  const open = new OpenPort(surface)
  const site = new Site(door)
  addProbes(site, board, settings)
  const told = 'answers health probes of this node'
  const child = healthChild(board, settings, (node) => {
    door.allow(hostOf(node))
    const address = `${open.scheme}://${open.addressOn(hostOf(node))}${settings.path}`
    open.context?.change({ tags: [`health-at=${address}`] })
  })
  return specOf({ name: 'health', told }, open, board, () => [
    child,
    webChild('health', open, site),
  ])
}

interface Child {
  readonly name: string
  readonly start: AnySpawnable
  readonly args: readonly unknown[]
}

function specOf(
  { name, told }: { readonly name: string; readonly told: string },
  open: OpenPort,
  board: HealthBoard | undefined,
  children: () => readonly Child[],
): ApplicationSpec {
  const supervisorName = `${name}.supervisor`
  const root = supervisor(() => ({ name: supervisorName, children: children() }))
  return {
    name,
    description: told,
    members: [{ name: supervisorName, start: root }],
    init: async (context) => {
      await open.open(context)
      if (board !== undefined) board.phase = () => context.nodePhase()
    },
    terminate: () => open.close(),
  }
}

const healthChild = (
  board: HealthBoard,
  options: CheckedHealth,
  settled: (node: string) => void = () => {},
): Child => ({ name: 'health', start: healthActor, args: [{ board, options, settled }] })

const webChild = (name: string, { listener }: OpenPort, { serve }: Site): Child => ({
  name: `${name}.web`,
  start: webPort,
  args: [
    {
      ...{ listener, serve, timeoutMs: PAGE_TIMEOUT_MS },
      ...{ pendingMax: PENDING_MAX, bodyBytesMax: BODY_BYTES_MAX },
    },
  ],
})

function addProbes(site: Site, board: HealthBoard, { path, open }: CheckedHealth): void {
  for (const probe of PROBES) {
    site.add(`${path}/${probe}`, {
      free: open,
      answer: () => {
        const { status, body } = board.answer(probe)
        return { status, contentType: JSON_TYPE, body }
      },
    })
  }
}

const ask = (env: WebEnv, request: 'page', form: 'text' | 'openmetrics') =>
  env.call(METRICS, request, form, { timeoutMs: PAGE_TIMEOUT_MS })
