/**
 * runtime/applications/application: one loaded application: its state, its start, its stop.
 *
 * A start is init, members in order, then `start`; a stop is `stop`, members in reverse order
 * one after another, every other process, then `terminate`. Each step has a time limit.
 * Knows nothing of other applications; who starts and stops whom is the work of the table.
 *
 * @source ergo-features 14; OTP "application"
 */
import {
  type ApplicationChangeOptions,
  type ApplicationContext,
  type ApplicationInfo,
  type ApplicationMember,
  type ApplicationMode,
  type ApplicationSpec,
  type ApplicationStartOptions,
  type ApplicationState,
  type CompleteSpec,
  checkChange,
  completeSpec,
  crashOf,
  describeReason,
  describeThrown,
  type ExitReason,
  isCalm,
  type Logger,
  Pid,
  TroupeError,
} from '#contract'
import { verdictAfterMember } from './member-verdict.js'
import { type Limited, TimeLimits } from './time-limit.js'
import type { ApplicationVerbs, Launch, StartedMember } from './verbs.js'

interface Member extends StartedMember {
  readonly label: string
  alive: boolean
}

/** How often all that is left of an application is told to end, and then killed. */
const ROUNDS_MAX = 10
/** Processes named in one log record. */
const NAMED_MAX = 10

export class LoadedApplication {
  readonly name: string
  readonly complete: CompleteSpec
  /** Troupe's own, which nobody stops or changes. */
  readonly own: boolean
  #state: ApplicationState = 'loaded'
  #weight: number
  #tags: readonly string[]
  /** Place of the latest start among all of this node: later is higher, and no two are equal. */
  run = 0
  readonly #spec: ApplicationSpec
  readonly #verbs: ApplicationVerbs
  readonly #limits: TimeLimits
  readonly #log: Logger
  /** Told when the mode says that a running application is to stop, and why. */
  readonly #onDoomed: (reason: ExitReason) => void
  #mode: ApplicationMode
  #launch: Launch
  #members: Member[] = []
  #ended = 0
  #doom: ExitReason | undefined
  #startedMs = 0
  #unloaded = false

  constructor(
    spec: ApplicationSpec,
    verbs: ApplicationVerbs,
    limits: TimeLimits,
    onDoomed: (reason: ExitReason) => void,
    whose: 'own' | 'program' = 'program',
  ) {
    this.complete = completeSpec(spec, whose)
    this.own = whose === 'own'
    this.name = spec.name
    this.#weight = this.complete.weight
    this.#tags = this.complete.tags
    this.#spec = spec
    this.#verbs = verbs
    this.#limits = new TimeLimits(verbs.clock, limits)
    this.#onDoomed = onDoomed
    this.#mode = this.complete.mode
    this.#launch = { application: this.name, env: {}, logLevel: spec.logLevel }
    this.#log = verbs.logFor(this.name)
  }

  get state(): ApplicationState {
    return this.#state
  }

  set state(state: ApplicationState) {
    this.#state = state
    this.tell()
  }

  /** Forgotten by its node: nothing is told of it any more. */
  unload(): void {
    this.#unloaded = true
    this.#verbs.changed({ kind: 'application-unloaded', name: this.name })
  }

  /** Tells the cluster what it is now. */
  tell(): void {
    if (this.#unloaded) return
    const { name, complete, state } = this
    const { version, roles } = complete
    const [mode, weight, tags] = [this.#mode, this.#weight, this.#tags]
    const route = { name, state, mode, weight, tags, version, roles }
    this.#verbs.changed({ kind: 'application-changed', route })
  }

  change({ weight = this.#weight, tags = this.#tags }: ApplicationChangeOptions): void {
    this.#weight = weight
    this.#tags = Object.freeze([...tags])
    this.tell()
  }

  info(counted = true): ApplicationInfo {
    const { name, complete, state } = this
    const { description, version, roles, dependsOn } = complete
    const up = state === 'running' || state === 'stopping'
    return Object.freeze({
      name,
      description,
      version,
      state,
      mode: this.#mode,
      weight: this.#weight,
      tags: this.#tags,
      roles,
      dependsOn,
      uptimeMs: up ? this.#verbs.clock.nowMs() - this.#startedMs : 0,
      processes: counted && state !== 'loaded' ? this.#verbs.processesOf(name).length : 0,
      own: this.own,
    })
  }

  /**
   * Starts; rejects with APPLICATION_START_FAILED, and then nothing of it is left running.
   * `isHalted` is asked between the members: a node that stops starts no more.
   */
  async start(options: ApplicationStartOptions, isHalted: () => boolean): Promise<void> {
    this.#begin(options)
    try {
      await this.#callInit()
    } catch (thrown) {
      this.state = 'loaded'
      throw this.#startFailed(thrown)
    }
    try {
      for (const member of this.#spec.members) await this.#spawn(member, isHalted)
      this.#requireCalm()
    } catch (thrown) {
      const failed = this.#startFailed(thrown)
      this.state = 'stopping'
      await this.#stopAll(crashOf(failed))
      this.state = 'loaded'
      throw failed
    }
    this.state = 'running'
    this.#startedMs = this.#verbs.clock.nowMs()
    this.#notify('application-started', undefined)
    // A calm end that ends the application, such as that of its only member, came already.
    if (this.#doom !== undefined) this.#onDoomed(this.#doom)
    await this.#callStart()
  }

  /** Stops what runs; never rejects. */
  async stop(reason: ExitReason): Promise<void> {
    this.state = 'stopping'
    const { stop } = this.#spec
    if (stop !== undefined) {
      const { stopTimeoutMs } = this.complete
      const context = this.#context(stopTimeoutMs)
      this.#report(
        'stop',
        stopTimeoutMs,
        await this.#limits.wait(stopTimeoutMs, () => {
          return stop.call(this.#spec, context, reason)
        }),
      )
    }
    await this.#stopAll(reason)
    this.state = 'loaded'
    this.#notify('application-stopped', reason)
  }

  /** Nothing of it is waited for until it is started again: what still runs is killed. */
  force(): void {
    this.#limits.cutShort()
  }

  #begin(options: ApplicationStartOptions): void {
    this.state = 'starting'
    this.#limits.restore()
    this.#mode = options.mode ?? this.complete.mode
    this.#members = []
    this.#ended = 0
    this.#doom = undefined
    const env = { ...lowerKeys(this.#spec.env), ...lowerKeys(options.env) }
    const logLevel = options.logLevel ?? this.#spec.logLevel
    this.#launch = Object.freeze({ application: this.name, env: Object.freeze(env), logLevel })
    if (logLevel !== undefined) this.#log.setLevel(logLevel)
  }

  async #callInit(): Promise<void> {
    const { init } = this.#spec
    if (init === undefined) return
    const timeoutMs = this.complete.initTimeoutMs
    const context = this.#context(timeoutMs)
    const outcome = await this.#limits.wait(timeoutMs, () => init.call(this.#spec, context))
    if (outcome.kind === 'failed') throw outcome.thrown
    if (outcome.kind === 'late') throw this.#failure(`init did not finish within ${timeoutMs} ms`)
  }

  async #callStart(): Promise<void> {
    const { start } = this.#spec
    if (start === undefined) return
    const timeoutMs = this.complete.startTimeoutMs
    const context = this.#context(timeoutMs)
    const outcome = await this.#limits.wait(timeoutMs, () => start.call(this.#spec, context))
    this.#report('start', timeoutMs, outcome)
  }

  async #spawn(spec: ApplicationMember, isHalted: () => boolean): Promise<void> {
    if (isHalted()) throw this.#failure('the node is stopping')
    this.#requireCalm()
    const started = await this.#verbs.spawnMember(this.#launch, spec)
    const label = spec.name ?? Pid.format(started.pid)
    const member: Member = { ...started, label, alive: true }
    this.#members.push(member)
    void started.ended.then((reason) => this.#memberEnded(member, reason))
  }

  #memberEnded(member: Member, reason: ExitReason): void {
    member.alive = false
    // Members of an earlier start, and those a stop has ended, mean nothing.
    const counts = this.state === 'starting' || this.state === 'running'
    if (!counts || !this.#members.includes(member) || this.#doom !== undefined) return
    this.#ended += 1
    const left = this.#spec.members.length - this.#ended
    if (verdictAfterMember(this.#mode, reason, left) === 'go-on') return
    this.#doom = reason
    const told = { member: member.label, mode: this.#mode, reason: describeReason(reason) }
    this.#log.info('a member ended, so the application stops', told)
    if (this.state === 'running') this.#onDoomed(reason)
  }

  /** Throws when a member has ended badly while the others are still being started. */
  #requireCalm(): void {
    if (this.#doom === undefined || isCalm(this.#doom)) return
    throw this.#failure(`a member ended: ${describeReason(this.#doom)}`)
  }

  /** Members in reverse order one after another, then all others at once, then `terminate`. */
  async #stopAll(reason: ExitReason): Promise<void> {
    for (const member of [...this.#members].reverse()) await this.#stopMember(member)
    await this.#stopOthers()
    this.#members = []
    const { terminate } = this.#spec
    if (terminate === undefined) return
    const { stopTimeoutMs } = this.complete
    const outcome = await this.#limits.wait(stopTimeoutMs, () => terminate.call(this.#spec, reason))
    this.#report('terminate', stopTimeoutMs, outcome)
  }

  async #stopMember({ pid, label, ended, alive }: Member): Promise<void> {
    if (!alive) return
    const { stopTimeoutMs } = this.complete
    this.#verbs.exit(pid, 'shutdown')
    if ((await this.#limits.wait(stopTimeoutMs, () => ended)).kind !== 'late') return
    this.#log.warning('a member did not end in time and is killed', {
      member: label,
      stopTimeoutMs,
    })
    this.#verbs.kill(pid)
    await this.#limits.wait(stopTimeoutMs, () => ended)
  }

  /** What members have spawned and left behind, and what was spawned outside of the list. */
  async #stopOthers(): Promise<void> {
    const { stopTimeoutMs } = this.complete
    const deadlineMs = this.#verbs.clock.nowMs() + stopTimeoutMs
    let left = this.#verbs.processesOf(this.name)
    // Each round may leave children that the ending processes have spawned meanwhile.
    let inTime = true
    for (let round = 0; left.length > 0 && inTime && round < ROUNDS_MAX; round += 1) {
      for (const pid of left) this.#verbs.exit(pid, 'shutdown')
      const remainingMs = Math.max(deadlineMs - this.#verbs.clock.nowMs(), 0)
      inTime = (await this.#allEnded(left, remainingMs)).kind === 'done' && remainingMs > 0
      left = this.#verbs.processesOf(this.name)
    }
    if (left.length > 0) await this.#killAll(left, stopTimeoutMs)
  }

  async #killAll(first: readonly Pid[], stopTimeoutMs: number): Promise<void> {
    const told = { processes: named(first), stopTimeoutMs }
    this.#log.warning('processes did not end in time and are killed', told)
    let left = first
    // One that spawns while it is ended leaves a child behind, hence more than one round.
    for (let round = 0; left.length > 0 && round < ROUNDS_MAX; round += 1) {
      for (const pid of left) this.#verbs.kill(pid)
      await this.#allEnded(left, stopTimeoutMs)
      left = this.#verbs.processesOf(this.name)
    }
    if (left.length > 0) this.#log.error('processes are left over', { processes: named(left) })
  }

  #allEnded(pids: readonly Pid[], timeoutMs: number): Promise<Limited<unknown>> {
    return this.#limits.wait(timeoutMs, () =>
      Promise.all(pids.map((pid) => this.#verbs.ended(pid))),
    )
  }

  #report(callback: string, timeoutMs: number, outcome: Limited<unknown>): void {
    if (outcome.kind === 'late') {
      this.#log.error(`${callback} did not finish in time`, { timeoutMs })
    } else if (outcome.kind === 'failed') {
      this.#log.error(`${callback} failed`, { error: outcome.thrown })
    }
  }

  #failure(problem: string, cause?: unknown): TroupeError {
    return new TroupeError('APPLICATION_START_FAILED', { name: this.name, problem }, cause)
  }

  /** Whatever stopped a start, as the error its caller gets. */
  #startFailed(thrown: unknown): TroupeError {
    const own = TroupeError.is(thrown, 'APPLICATION_START_FAILED')
    if (own && thrown.detail.name === this.name) return thrown
    return this.#failure(describeThrown(thrown), thrown)
  }

  #context(timeoutMs: number): ApplicationContext {
    const { clock } = this.#verbs
    const deadlineMs = clock.nowMs() + timeoutMs
    const { env } = this.#launch
    return Object.freeze({
      name: this.name,
      mode: this.#mode,
      remainingMs: () => Math.max(deadlineMs - clock.nowMs(), 0),
      env: (key: string) => {
        const own = key.toLowerCase()
        return Object.hasOwn(env, own) ? env[own] : this.#verbs.env(key)
      },
      nodePhase: () => this.#verbs.phase(),
      change: (options: ApplicationChangeOptions) => {
        checkChange(options)
        this.change(options)
      },
    })
  }

  #notify(kind: 'application-started' | 'application-stopped', reason?: ExitReason): void {
    const { name } = this
    this.#verbs.notify(Object.freeze({ kind, name, mode: this.#mode, reason }))
  }
}

const named = (pids: readonly Pid[]): string => {
  const names = pids.slice(0, NAMED_MAX).map(Pid.format).join(' ')
  return pids.length > NAMED_MAX ? `${names} and ${pids.length - NAMED_MAX} more` : names
}

/** Keys of an environment do not tell upper from lower case. */
function lowerKeys(env: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(env).map(([key, value]) => [key.toLowerCase(), value]))
}
