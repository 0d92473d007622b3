/**
 * runtime/applications: all applications of a node: loads, starts, stops and lists them.
 *
 * Dependencies are started first and dependants stopped first. Changes that touch the same
 * application run one after another; see `Turns`. The node never restarts an application by
 * itself and never ends with one.
 * Limit: `APPLICATIONS_MAX` loaded at a time.
 *
 * @source ergo-features 14; OTP "application_controller"
 */
import {
  type ApplicationChangeOptions,
  type ApplicationInfo,
  type ApplicationSpec,
  type ApplicationStartOptions,
  type ApplicationStopOptions,
  checkChange,
  checkStartOptions,
  describeThrown,
  type ExitReason,
  requireDuration,
  requireOption,
  TroupeError,
} from '#contract'
import { LoadedApplication } from './application.js'
import {
  type Dependencies,
  reach,
  type StartOrder,
  startOrder,
  stopOrder,
} from './dependency-order.js'
import { TimeLimits } from './time-limit.js'
import { Turns } from './turns.js'
import type { ApplicationVerbs } from './verbs.js'

export const APPLICATIONS_MAX = 10_000

export class ApplicationTable {
  readonly #verbs: ApplicationVerbs
  readonly #loaded = new Map<string, LoadedApplication>()
  readonly #turns = new Turns()
  readonly #limits: TimeLimits
  #runs = 0
  #stopping: Promise<void> | undefined

  constructor(verbs: ApplicationVerbs) {
    this.#verbs = verbs
    this.#limits = new TimeLimits(verbs.clock)
  }

  /** OPTION_INVALID, NAME_INVALID; APPLICATION_BUSY when one of this name is loaded. */
  load(spec: ApplicationSpec, whose: 'own' | 'program' = 'program'): void {
    this.#requireOpen()
    const doomed = (reason: ExitReason): void => {
      void this.#stop(name, reason, { run: application.run })
    }
    const application = new LoadedApplication(spec, this.#verbs, this.#limits, doomed, whose)
    const { name } = application
    const known = this.#loaded.get(name)
    if (known !== undefined) throw new TroupeError('APPLICATION_BUSY', { name, state: known.state })
    const room = this.#loaded.size < APPLICATIONS_MAX
    requireOption(room, 'applications', name, `a node loads at most ${APPLICATIONS_MAX}`)
    this.#loaded.set(name, application)
    application.tell()
  }

  /** APPLICATION_UNKNOWN, OPTION_INVALID. */
  change(name: string, options: ApplicationChangeOptions): void {
    checkChange(options)
    this.#requireTheirs('changeApplication', name).change(options)
  }

  /** APPLICATION_UNKNOWN; APPLICATION_RUNNING, APPLICATION_BUSY unless it is only loaded. */
  unload(name: string): void {
    const application = this.#requireTheirs('unloadApplication', name)
    const { state } = application
    if (state === 'running') throw new TroupeError('APPLICATION_RUNNING', { name })
    if (state !== 'loaded') throw new TroupeError('APPLICATION_BUSY', { name, state })
    this.#loaded.delete(name)
    application.unload()
  }

  /**
   * Starts an application after those it depends on, each of which starts in its own mode and
   * with its own options.
   *
   * Rejects with APPLICATION_UNKNOWN, APPLICATION_RUNNING, APPLICATION_DEPENDENCY,
   * APPLICATION_START_FAILED, OPTION_INVALID, NODE_STOPPED.
   */
  async start(name: string, options: ApplicationStartOptions = {}): Promise<void> {
    this.#requireOpen()
    checkStartOptions(options)
    this.#application(name)
    const touched = reach(this.#dependencies(), name, 'start')
    await this.#turns.take(touched, () => this.#startAll(name, options))
  }

  /**
   * Stops an application after those that depend on it; without effect when it does not run.
   *
   * Rejects with APPLICATION_UNKNOWN, OPTION_INVALID, and with APPLICATION_STOP_TIMEOUT when
   * `timeoutMs` is over: it goes on stopping then. With `force` neither it nor those that depend
   * on it are waited for: their callbacks are given up and their processes killed, also when they
   * are stopping already.
   */
  async stop(name: string, options: ApplicationStopOptions = {}): Promise<void> {
    const { timeoutMs, force = false } = options
    requireDuration('timeoutMs', timeoutMs)
    requireOption(typeof force === 'boolean', 'force', force, 'give true or false')
    this.#requireTheirs('stopApplication', name)
    const stopped = this.#stop(name, 'shutdown', { force })
    if (force) this.#force(name)
    if (timeoutMs === undefined) return stopped
    const outcome = await this.#limits.wait(timeoutMs, () => stopped)
    if (outcome.kind === 'done') return
    throw new TroupeError('APPLICATION_STOP_TIMEOUT', { name, timeoutMs })
  }

  info(name: string): ApplicationInfo | undefined {
    return this.#loaded.get(name)?.info()
  }

  /** `counted` false: without the number of their processes. */
  infos(counted = true): readonly ApplicationInfo[] {
    return [...this.#loaded.values()].map((application) => application.info(counted))
  }

  /** Names of those that run, in the order they were started; without Troupe's own. */
  running(): readonly string[] {
    return this.#running()
      .filter(({ own }) => !own)
      .map(({ name }) => name)
  }

  /**
   * Stops all, the one started last first, and refuses further starts. After `timeoutMs` nothing
   * is waited for any more: callbacks are given up and processes killed. Calling it again gives
   * the same promise. Never rejects.
   */
  stopAll(timeoutMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#stopping ??= this.#stopAll(timeoutMs)
    return this.#stopping
  }

  async #stopAll(timeoutMs: number): Promise<void> {
    const hurry = (): void => this.#limits.cutShort()
    const bounded = Number.isFinite(timeoutMs)
    const cancel = bounded ? this.#verbs.clock.after(timeoutMs, hurry) : undefined
    await this.#turns.take(new Set(this.#loaded.keys()), async () => {
      for (const application of this.#running().reverse()) await application.stop('shutdown')
    })
    cancel?.()
  }

  #requireOpen(): void {
    if (this.#stopping === undefined) return
    throw new TroupeError('NODE_STOPPED', { node: this.#verbs.node })
  }

  /** NOT_ALLOWED for Troupe's own. */
  #requireTheirs(operation: string, name: string): LoadedApplication {
    const application = this.#application(name)
    if (!application.own) return application
    const problem = `${name} is Troupe's own application; it ends with the node`
    throw new TroupeError('NOT_ALLOWED', { operation, problem })
  }

  #application(name: string): LoadedApplication {
    const application = this.#loaded.get(name)
    if (application === undefined) throw new TroupeError('APPLICATION_UNKNOWN', { name })
    return application
  }

  #running(): LoadedApplication[] {
    const all = [...this.#loaded.values()].filter(({ state }) => state === 'running')
    return all.sort((left, right) => left.run - right.run)
  }

  #dependencies(): Dependencies {
    return dependenciesOf(this.#loaded.values())
  }

  async #startAll(name: string, options: ApplicationStartOptions): Promise<void> {
    if (this.#application(name).state === 'running') {
      throw new TroupeError('APPLICATION_RUNNING', { name })
    }
    const order = startOrder(this.#dependencies(), name)
    if (order.kind !== 'order') throw refusal(name, order)
    for (const dependency of order.names.slice(0, -1)) await this.#startNeeded(name, dependency)
    await this.#startOne(name, options)
  }

  async #startNeeded(name: string, dependency: string): Promise<void> {
    if (this.#application(dependency).state === 'running') return
    try {
      await this.#startOne(dependency, {})
    } catch (thrown) {
      const problem = `does not start: ${describeThrown(thrown)}`
      throw new TroupeError('APPLICATION_DEPENDENCY', { name, dependency, problem }, thrown)
    }
  }

  async #startOne(name: string, options: ApplicationStartOptions): Promise<void> {
    this.#requireOpen()
    const application = this.#application(name)
    const { state } = application
    // Only one loaded while this change waited for its turn can be on its way already.
    if (state !== 'loaded') throw new TroupeError('APPLICATION_BUSY', { name, state })
    this.#runs += 1
    application.run = this.#runs
    await application.start(options, () => this.#stopping !== undefined)
  }

  /** Those that stop, or start, at this moment. */
  #force(name: string): void {
    for (const dependant of reach(this.#dependencies(), name, 'stop')) {
      this.#loaded.get(dependant)?.force()
    }
  }

  #stop(
    name: string,
    reason: ExitReason,
    { run, force = false }: { readonly run?: number; readonly force?: boolean },
  ): Promise<void> {
    const touched = reach(this.#dependencies(), name, 'stop')
    return this.#turns.take(touched, async () => {
      const application = this.#loaded.get(name)
      if (application?.state !== 'running') return
      // The mode decided about an earlier run; this one was started since.
      if (run !== undefined && run !== application.run) return
      for (const dependant of stopOrder(dependenciesOf(this.#running()), name)) {
        const stopping = this.#application(dependant)
        if (force) stopping.force()
        await stopping.stop(dependant === name ? reason : 'shutdown')
      }
    })
  }
}

function dependenciesOf(applications: Iterable<LoadedApplication>): Dependencies {
  const dependencies = new Map<string, readonly string[]>()
  for (const { name, complete } of applications) dependencies.set(name, complete.dependsOn)
  return dependencies
}

function refusal(
  name: string,
  order: Exclude<StartOrder, { readonly kind: 'order' }>,
): TroupeError {
  if (order.kind === 'missing') {
    const through = order.name === name ? '' : ` (needed by ${order.name})`
    const problem = `is not loaded${through}`
    return new TroupeError('APPLICATION_DEPENDENCY', {
      name,
      dependency: order.dependency,
      problem,
    })
  }
  const problem = `needs itself in a circle: ${order.path.join(' -> ')}`
  const dependency = order.path[0] ?? name
  return new TroupeError('APPLICATION_DEPENDENCY', { name, dependency, problem })
}
