/**
 * network/liveness/liveness-server: starts and ends the thread that answers for a node.
 *
 * The loop of the node beats into shared memory; the thread tells everybody who may ask how long
 * the last beat is ago. A thread that ends by itself is started again on its port, and with it
 * the services that run there. Limit: the thread may use `HEAP_MB_MAX` megabytes.
 *
 * @source design 5 (a busy event loop is not a dead node)
 */
import { Worker } from 'node:worker_threads'
import { type Cancel, type Clock, steadyMs } from '#base/clock'
import { describeThrown, type SideThread, TroupeError } from '#contract'
import type { ProbeCause } from './answerer.js'
import type { DatagramAddress } from './datagrams.js'
import type { LivenessThreadData, LivenessThreadMessage } from './liveness-thread.js'
import { completeLiveness, type LivenessOptions } from './options.js'
import { SharedBeat, sharedBeatMemory } from './shared-beat.js'
import { SideServices } from './side-services.js'

/** Of itself it keeps nothing; this is for its services, such as a table of all nodes. */
const HEAP_MB_MAX = 128
/**
 * Between the end of a thread and the start of the next, in milliseconds: at first, and after
 * several ends in a row, each doubling it. A thread that lived for `STABLE_MS` has no past.
 */
const RESTART_MS = 100
const RESTART_MS_MAX = 3_200
const STABLE_MS = 10_000

/** For whom is answered. */
export interface LivenessSelf {
  readonly name: string
  readonly creation: number
  /** Of the cookie, by `livenessKey`. */
  readonly key: Uint8Array
}

/** What is known of the thread; a snapshot. */
export interface LivenessInfo {
  /** How far the loop is behind now, in milliseconds. */
  readonly loopDelayMs: number
  /** How often the thread ended by itself. */
  readonly restarts: number
  /** Why it ended the last time; undefined when it never did. */
  readonly problem: string | undefined
  /** Datagrams by what became of them. */
  readonly probes: Readonly<Record<ProbeCause, number>>
}

/** A thread that answers for a node until it is stopped. */
export interface LivenessServer {
  /** What other nodes are told. */
  readonly advertised: DatagramAddress
  /** Where it listens. */
  readonly address: DatagramAddress
  /** The thread, for others who want to run there. */
  readonly side: SideThread
  info(): LivenessInfo
  stop(): Promise<void>
}

/**
 * Starts the thread and the beat; settles when it listens. The thread does not keep the program
 * running; the beat does, until `stop`.
 *
 * Rejects with OPTION_INVALID, PORT_IN_USE or PORT_FAILED.
 */
export async function startLiveness(
  self: LivenessSelf,
  clock: Clock,
  options: LivenessOptions = {},
  newThread: NewThread = newLivenessThread,
): Promise<LivenessServer> {
  const server = new Server(self, clock, options, newThread)
  await server.start()
  return server
}

/** Starts one thread; tests keep a hand on it. */
export type NewThread = (data: LivenessThreadData) => Worker

class Server implements LivenessServer {
  readonly #self: LivenessSelf
  readonly #clock: Clock
  readonly #options: ReturnType<typeof completeLiveness>
  readonly #newThread: NewThread
  readonly #memory = sharedBeatMemory()
  readonly #beat: SharedBeat
  /** Numeric once it listens, so that nobody finds another address under the same name. */
  #host: string
  #port: number
  readonly side: SideServices
  #worker: Worker | undefined
  #restartMs = RESTART_MS
  #launchedMs = 0
  #restarts = 0
  #problem: string | undefined
  #isStopped = false
  #cancelBeat: Cancel = () => false
  #cancelRestart: Cancel = () => false

  constructor(self: LivenessSelf, clock: Clock, options: LivenessOptions, newThread: NewThread) {
    this.#self = self
    this.#newThread = newThread
    this.#clock = clock
    this.#options = completeLiveness(options)
    this.#beat = new SharedBeat(this.#memory, this.#options.beatMs)
    this.#host = this.#options.host
    this.#port = this.#options.port
    this.side = new SideServices(clock)
  }

  get address(): DatagramAddress {
    return { host: this.#host, port: this.#port }
  }

  get advertised(): DatagramAddress {
    const { advertisedHost = this.#host, advertisedPort = this.#port } = this.#options
    return { host: advertisedHost, port: advertisedPort }
  }

  info(): LivenessInfo {
    return {
      loopDelayMs: this.#beat.loopDelayMs(steadyMs()),
      restarts: this.#restarts,
      problem: this.#problem,
      probes: this.#beat.counters(),
    }
  }

  async start(): Promise<void> {
    this.#beatOn()
    try {
      const { host, port } = await this.#launch()
      this.#host = host
      this.#port = port
    } catch (thrown) {
      await this.stop()
      throw thrown
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancelRestart()
    await this.side.stop()
    this.#cancelBeat()
    await this.#worker?.terminate()
  }

  readonly #beatOn = (): void => {
    this.#beat.beat(steadyMs())
    this.#cancelBeat = this.#clock.after(this.#options.beatMs, this.#beatOn)
  }

  /** One life of the thread; settles with where it listens. */
  async #launch(): Promise<DatagramAddress> {
    const { host, beatMs, answersPerSecondMax } = this.#options
    const rest = { host, port: this.#port, beatMs, answersPerSecondMax, memory: this.#memory }
    const data: LivenessThreadData = { ...this.#self, ...rest }
    const worker = this.#start(data)
    this.#worker = worker
    this.#launchedMs = steadyMs()
    return new Promise((resolve, reject) => {
      let last = 'the thread ended'
      worker.on('message', (message: LivenessThreadMessage) => {
        // Loading its modules refers to the program again; what was set before does not hold.
        worker.unref()
        if (message.kind === 'service') return this.side.told(message.answer)
        if (message.kind === 'listening') {
          this.side.runs(worker)
          resolve(message)
          return
        }
        last = message.problem
        reject(this.#portError(message.code, message.problem))
      })
      worker.on('error', (error) => {
        last = String(error)
      })
      worker.on('exit', () => {
        reject(this.#portError('', last))
        this.#ended(worker, last)
      })
    })
  }

  /** A program may be forbidden to start threads. */
  #start(data: LivenessThreadData): Worker {
    try {
      return this.#newThread(data)
    } catch (thrown) {
      throw this.#portError('', describeThrown(thrown))
    }
  }

  #ended(worker: Worker, problem: string): void {
    if (this.#isStopped || this.#worker !== worker) return
    this.#worker = undefined
    this.#problem = problem
    this.side.ended(problem)
    if (steadyMs() - this.#launchedMs > STABLE_MS) this.#restartMs = RESTART_MS
    const waitMs = this.#restartMs
    this.#restartMs = Math.min(RESTART_MS_MAX, waitMs * 2)
    this.#cancelRestart = this.#clock.after(waitMs, () => {
      this.#restarts += 1
      // One that cannot start has ended, too, and so is tried again.
      void this.#launch().catch(() => {})
    })
  }

  #portError(code: string, problem: string): TroupeError {
    const { host, port } = this.#options
    const address = `${host}:${port}`
    if (code === 'EADDRINUSE') return new TroupeError('PORT_IN_USE', { transport: 'udp', address })
    return new TroupeError('PORT_FAILED', { transport: 'udp', address, problem })
  }
}

/** The thread as a node starts it. */
export function newLivenessThread(data: LivenessThreadData): Worker {
  const worker = new Worker(new URL('./liveness-thread.js', import.meta.url), {
    workerData: data,
    name: 'troupe liveness',
    // What a program preloads for itself has no business in this thread.
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX, maxYoungGenerationSizeMb: 2 },
  })
  worker.unref()
  return worker
}
