/**
 * worker/start: what makes a node one that can work: its application, and who may start it.
 *
 * The node may be bare: then the leader starts the application when there is too much to do, and
 * stops it again. Configuration, live: `jobs.concurrency`, `jobs.weight` and `log.level`.
 */
import { type ApplicationSpec, LOG_LEVELS, type LogThreshold, type Node, supervisor } from 'troupe'
import { itemSchema, wholeItem } from '#jobs/system/config-items'
import { CONCURRENCY_DEFAULT, CONCURRENCY_MAX, newMemory, type WorkerMemory } from './desk.js'
import { httpEffects } from './effects.js'
import { ThreadPool } from './thread-pool.js'
import { type WorkerSources, workerActor } from './worker.js'
import { WORKER_APPLICATION } from './worker-protocol.js'

/** How a node works. */
export interface WorkerSettings {
  readonly node: Node
  /** Names of the nodes that may lead: they alone start, stop and order. */
  readonly coordinators: readonly string[]
  /** Where effects are told; default nowhere. */
  readonly effectsUrl?: string
  /** Of the application; default 1.0.0, 100 and none. */
  readonly version?: string
  readonly weight?: number
  readonly tags?: readonly string[]
  /** Memory of the objects of one thread, in megabytes. */
  readonly threadMemoryMb?: number
  /** Start at once; default false: a coordinator does. */
  readonly start?: boolean
}

/** A worker's parts. */
export interface WorkerParts {
  /** Ends the threads; once the node has stopped. */
  stop(): Promise<void>
}

const CONCURRENCY_ITEM = 'jobs.concurrency'
const WEIGHT_ITEM = 'jobs.weight'
const WEIGHT_MAX = 10_000
const LOG_LEVEL_ITEM = 'log.level'

/**
 * Loads the application of a worker on a node and lets the coordinators start and stop it.
 *
 * @example const parts = await startWorker({ node, coordinators: ['jobs1@localhost'] })
 */
export async function startWorker(settings: WorkerSettings): Promise<WorkerParts> {
  const { node, coordinators } = settings
  const { threadMemoryMb: memoryMb } = settings
  const pool = new ThreadPool(memoryMb === undefined ? {} : { memoryMb })
  const memory = newMemory()
  node.loadApplication(applicationOf(settings, sourcesOf(settings, pool, memory)))
  node.remote.allowApplication(WORKER_APPLICATION, { nodes: coordinators })
  const unfollow = node.cluster.followConfig(LOG_LEVEL_ITEM, logLevelSchema, (level) => {
    if (level !== undefined) node.log.setLevel(level)
  })
  const unweigh = followWeight(settings)
  if (settings.start === true) await node.startApplication(WORKER_APPLICATION)
  return {
    stop: async () => {
      unfollow()
      unweigh()
      await pool.close()
    },
  }
}

/** As long as nothing is configured a weight is what it was made, or asked to be. */
function followWeight({ node, weight: usual = 100 }: WorkerSettings): () => void {
  let isSet = false
  return node.cluster.followConfig(WEIGHT_ITEM, weightSchema, (weight) => {
    if (weight === undefined && !isSet) return
    isSet = weight !== undefined
    node.changeApplication(WORKER_APPLICATION, { weight: weight ?? usual })
  })
}

function applicationOf(settings: WorkerSettings, sources: WorkerSources): ApplicationSpec {
  const { version = '1.0.0', weight = 100, tags = [] } = settings
  const crew = supervisor({
    name: 'jobs-crew',
    restart: 'permanent',
    children: [{ name: WORKER_APPLICATION, start: workerActor, args: [sources] }],
  })
  return {
    name: WORKER_APPLICATION,
    description: 'runs jobs',
    version,
    weight,
    tags,
    roles: { worker: WORKER_APPLICATION },
    members: [{ name: 'jobs-crew', start: crew }],
  }
}

function sourcesOf(
  { node, coordinators, effectsUrl }: WorkerSettings,
  tasks: ThreadPool,
  memory: WorkerMemory,
): WorkerSources {
  return {
    coordinators,
    tasks,
    memory,
    effects: effectsUrl === undefined ? undefined : httpEffects(effectsUrl),
    followConcurrency: (take) =>
      node.cluster.followConfig(CONCURRENCY_ITEM, concurrencySchema, take),
    weigh: (weight) => node.changeApplication(WORKER_APPLICATION, { weight }),
    leave: (deadlineMs) => {
      // Others that have heard nothing of it yet are still answered.
      void node.drain({ deadlineMs: Math.max(1, deadlineMs) })
    },
  }
}

const concurrencySchema = wholeItem(CONCURRENCY_DEFAULT, 0, CONCURRENCY_MAX)

const weightSchema = wholeItem<number | undefined>(undefined, 0, WEIGHT_MAX)

const logLevelSchema = itemSchema<LogThreshold | undefined>(
  undefined,
  (value) => value === 'silent' || LOG_LEVELS.some((level) => level === value),
  `must be one of ${LOG_LEVELS.join(', ')}, silent`,
)
