/**
 * coordinator/start: makes a node a coordinator: its store, and its seat among those that lead.
 *
 * Configuration, live: `jobs.triesMax`, `jobs.workersMin`, `jobs.workersMax`.
 */
import { type Node, supervisor } from 'troupe'
import { replicaActor } from '#jobs/store/replica'
import { REPLICA_NAME } from '#jobs/store/replica-protocol'
import { openStoreFolder, type StoreFolder } from '#jobs/store/store-folder'
import { wholeItem } from '#jobs/system/config-items'
import { CAPACITY_DEFAULTS } from './capacity-plan.js'
import { type CoordinatorSources, coordinatorActor } from './coordinator.js'
import { COORDINATOR_NAME } from './coordinator-protocol.js'
import { type Keeping, keptByCoordinators, type MakeKeeping } from './keeping.js'
import { nodeVerbs } from './node-verbs.js'
import { SCHEDULE_DEFAULTS } from './schedule-policy.js'

/** How a node coordinates. */
export interface CoordinatorSettings {
  readonly node: Node
  /** Names of all coordinators, this one among them; the same at each. */
  readonly coordinators: readonly string[]
  /** Its own: of one coordinator only. */
  readonly dataFolder: string
  /** How many workers there should be; default 3 to 6. */
  readonly workersMin?: number
  readonly workersMax?: number
  /** What is led; default `jobs`. */
  readonly clusterId?: string
  /** Where jobs are kept; default by the coordinators. */
  readonly keep?: MakeKeeping
}

/** A coordinator's parts. */
export interface CoordinatorParts {
  readonly folder: StoreFolder
  /** Closes the store; once the node has stopped. */
  stop(): Promise<void>
}

export const COORDINATOR_APPLICATION = 'jobs-coordinator'

/**
 * Opens the store and starts the processes of a coordinator under a supervisor.
 *
 * @example const parts = await startCoordinator({ node, coordinators, dataFolder: 'data/jobs1' })
 */
export async function startCoordinator(settings: CoordinatorSettings): Promise<CoordinatorParts> {
  const { node, coordinators, dataFolder, clusterId = 'jobs' } = settings
  const { keep = keptByCoordinators } = settings
  const folder = await openStoreFolder(dataFolder)
  const { store, texts, setAside } = folder
  const keeping = keep({ node, coordinators, clusterId, dataFolder, folder })
  const stop = (): Promise<void> => {
    keeping.close()
    return folder.close()
  }
  if (setAside !== undefined) node.log.warning(setAside.message, { code: setAside.code })
  const crew = supervisor({
    name: 'jobs-coordination',
    restart: 'permanent',
    children: [
      ...keeping.children,
      {
        name: REPLICA_NAME,
        start: replicaActor,
        args: [store, texts, coordinators, keeping.known],
      },
      { name: COORDINATOR_NAME, start: coordinatorActor, args: [sourcesOf(settings, keeping)] },
    ],
  })
  try {
    const members = [{ name: 'jobs-coordination', start: crew }]
    node.loadApplication({ name: COORDINATOR_APPLICATION, members })
    await node.startApplication(COORDINATOR_APPLICATION, { mode: 'permanent' })
  } catch (problem) {
    await stop()
    throw problem
  }
  return { folder, stop }
}

function sourcesOf(settings: CoordinatorSettings, keeping: Keeping): CoordinatorSources {
  const { node, coordinators, clusterId = 'jobs' } = settings
  const { workersMin = CAPACITY_DEFAULTS.workersMin } = settings
  const { workersMax = Math.max(CAPACITY_DEFAULTS.workersMax, workersMin) } = settings
  return {
    election: { clusterId, voters: coordinators, ...keeping.election },
    coordinators,
    verbs: nodeVerbs(node),
    openBook: keeping.openBook,
    refusal: () => keeping.refusal?.(),
    capacity: { workersMin, workersMax },
    follow: (take) => follow(node, { workersMin, workersMax }, take),
  }
}

/** Items of the configuration, each a whole number; what cannot be is told and ignored. */
function follow(
  node: Node,
  wanted: { readonly workersMin: number; readonly workersMax: number },
  take: Parameters<NonNullable<CoordinatorSources['follow']>>[0],
): () => void {
  const { life } = SCHEDULE_DEFAULTS
  const items = [
    node.cluster.followConfig('jobs.triesMax', wholeItem(life.triesMax, 1, COUNT_MAX), (triesMax) =>
      take({ policy: { life: { ...life, triesMax } } }),
    ),
    node.cluster.followConfig(
      'jobs.workersMin',
      wholeItem(wanted.workersMin, 0, COUNT_MAX),
      (workersMin) => take({ capacity: { workersMin } }),
    ),
    node.cluster.followConfig(
      'jobs.workersMax',
      wholeItem(wanted.workersMax, 0, COUNT_MAX),
      (workersMax) => take({ capacity: { workersMax } }),
    ),
  ]
  return () => {
    for (const unfollow of items) unfollow()
  }
}

const COUNT_MAX = 1_000
