/**
 * runtime/birth: how a process begins: checked, named, related, then `init`.
 *
 * The name is taken before `init` runs; messages that come meanwhile wait. A process whose `init`
 * fails never was: its spawner gets the error, and nobody else hears of it.
 *
 * @source OTP "proc_lib:start_link"; ergo-features 3 (spawn)
 */
import {
  type AnyProtocol,
  type AnySpawnable,
  crashOf,
  describeThrown,
  type ExitReason,
  formatTarget,
  type Pid,
  PROCESS_DEFAULTS,
  type ProcessContext,
  type ProcessOptions,
  type Sampler,
  type SpawnOptions,
  TroupeError,
} from '#contract'
import { InitTimes } from './init-times.js'
import { type Lineage, withEnv } from './lineage.js'
import { drainMailbox, extend, limitMailbox, pushMain } from './mailbox.js'
import { Preserved } from './preserved.js'
import {
  DEAD,
  type Home,
  OUTSIDE,
  Process,
  REENTRANT,
  SCHEDULED,
  STARTING,
  SUSPENDED,
  TRAPPING,
} from './process.js'
import { type Program, programOf } from './program.js'
import type { Relations } from './relations.js'
import type { Scheduler } from './scheduler.js'
import { checkSpawnOptions } from './spawn-options.js'
import type { Suspensions } from './suspension.js'
import type { Table } from './table.js'
import type { Timers } from './timers.js'
import type { Turn } from './turn.js'

export type SpawnRequest = SpawnOptions & { readonly args?: readonly unknown[] }

const NO_OPTIONS: SpawnRequest = Object.freeze({})
const NO_ARGS: readonly unknown[] = Object.freeze([])
/** So many `init` may be on one stack, each spawned by the one before. */
const DEPTH_MAX = 100

/** Relates a new process before its `init`, or says why it cannot be. */
type Relate = (process: Process) => TroupeError | undefined

/** What a birth asks of the rest of the node. */
export interface BirthParts {
  readonly home: Home
  readonly table: Table
  readonly scheduler: Scheduler
  readonly turn: Turn
  readonly timers: Timers
  readonly relations: Relations
  readonly suspensions: Suspensions
  /** False once the node has stopped. */
  isOpen(): boolean
  /** What processes without a parent inherit. */
  rootLineage(): Lineage
  contextOf(process: Process): ProcessContext
  /** Runs something on a stack of its own. */
  soon(run: () => void): void
  /** Which traces it begins. */
  sampled(process: Process, sampler: Sampler): void
  /** Ends a process that was never told of: no `terminate`, no log. */
  discard(process: Process, reason: ExitReason): void
}

/** What speaks for others: ports, and what answers other nodes in Troupe's name. */
const OUTSIDE_KINDS: ReadonlySet<string> = new Set(['port', 'system'])

export class Births {
  spawned = 0
  failed = 0
  /** How many `init` are on the stack. */
  #depth = 0
  /** The protocols of all that was ever spawned, by name; a node is asked for them by others. */
  readonly protocols = new Map<string, AnyProtocol>()
  readonly initTimes: InitTimes
  #lastProgram: Program | undefined = undefined
  readonly #parts: BirthParts

  constructor(parts: BirthParts) {
    this.#parts = parts
    this.initTimes = new InitTimes(parts.scheduler)
  }

  /** Makes a process; settles when its `init` is done. Never throws. */
  spawn(
    parent: Process | undefined,
    definition: AnySpawnable,
    options: SpawnRequest = NO_OPTIONS,
    lineage: Lineage = this.lineageFor(parent),
    relate?: Relate,
  ): Promise<Process> {
    let process: Process
    try {
      process = this.#create(definition, options, lineage)
    } catch (refused) {
      this.failed += 1
      return Promise.reject(refused)
    }
    const refused = relate?.(process)
    if (refused !== undefined) {
      this.failed += 1
      this.#parts.discard(process, crashOf(refused))
      return Promise.reject(refused)
    }
    if (parent !== undefined) {
      if (options.link === true) this.#parts.relations.link(parent, process)
      if (options.monitor === true) this.#parts.relations.monitor(parent, process)
    }
    return this.#init(parent, process, options)
  }

  #note(program: Program): void {
    this.#lastProgram = program
    const { protocol } = program.behaviour
    if (protocol !== undefined) this.protocols.set(protocol.name, protocol)
  }

  /** What the children of a process inherit. */
  lineageFor(parent: Process | undefined): Lineage {
    if (parent === undefined) return this.#parts.rootLineage()
    const extension = extend(parent)
    const { leader, application, env, logLevel } = parent.lineage
    extension.childLineage ??= { parent, leader: leader ?? parent, application, env, logLevel }
    return extension.childLineage
  }

  #create(definition: AnySpawnable, options: SpawnRequest, lineage: Lineage): Process {
    const { table, scheduler, home } = this.#parts
    if (!this.#parts.isOpen()) throw new TroupeError('NODE_STOPPED', { node: home.name })
    const program = programOf(definition)
    if (program !== this.#lastProgram) this.#note(program)
    if (options !== NO_OPTIONS) checkSpawnOptions(options)
    const own = ownLineage(lineage, options)
    const process = new Process(home, table.nextId(), program, own, scheduler.coarseMs)
    table.add(process)
    if (options.name !== undefined) this.#name(process, options.name)
    if (OUTSIDE_KINDS.has(program.behaviour.kind)) process.flags |= OUTSIDE
    process.context = this.#parts.contextOf(process)
    if (program.hasOptions || options !== NO_OPTIONS) applyOptions(process, program, options)
    if (options.sampler !== undefined) this.#parts.sampled(process, options.sampler)
    return process
  }

  #name(process: Process, name: string): void {
    const { table } = this.#parts
    try {
      table.takeName(name, process)
    } catch (refused) {
      process.flags = DEAD | SCHEDULED
      table.remove(process)
      throw refused
    }
    extend(process).name = name
  }

  /**
   * Runs `init` at once, on the stack of the spawner, as a handler of the new process; on a stack
   * of its own when each `init` spawns the next and the stack would end.
   */
  #init(parent: Process | undefined, process: Process, options: SpawnRequest): Promise<Process> {
    if (this.#depth < DEPTH_MAX) return this.#initNow(parent, process, options)
    return new Promise((resolve) => {
      this.#parts.soon(() => resolve(this.#initNow(parent, process, options)))
    })
  }

  #initNow(parent: Process | undefined, process: Process, options: SpawnRequest): Promise<Process> {
    if ((process.flags & DEAD) !== 0) return Promise.reject(this.#killed(process))
    const { turn } = this.#parts
    const outer = turn.enter(process)
    const beganMs = this.initTimes.begin(process.program)
    this.#depth += 1
    try {
      const context = process.context as ProcessContext
      const state = process.program.behaviour.init(context, options.args ?? NO_ARGS)
      if (state instanceof Promise) {
        const sinceMs = beganMs < 0 ? this.initTimes.nowMs() : beganMs
        return this.#initLater(parent, process, options, { state: Promise.resolve(state), sinceMs })
      }
      if ((process.flags & DEAD) !== 0) return Promise.reject(this.#killed(process))
      process.state = state
    } catch (thrown) {
      return Promise.reject(this.#fail(parent, process, options, thrown))
    } finally {
      this.#depth -= 1
      turn.leave(outer)
    }
    this.#begin(process, beganMs)
    return Promise.resolve(process)
  }

  /** Its init killed it, or somebody did meanwhile: it never was. */
  #killed(process: Process): TroupeError {
    this.failed += 1
    return initFailed(process, 'it was ended before init was done')
  }

  #begin(process: Process, beganMs: number): void {
    this.spawned += 1
    this.initTimes.end(process, beganMs)
    process.flags &= ~STARTING
    this.#parts.turn.rest(process)
  }

  #initLater(
    parent: Process | undefined,
    process: Process,
    options: SpawnRequest,
    { state, sinceMs }: { readonly state: Promise<unknown>; readonly sinceMs: number },
  ): Promise<Process> {
    const { scheduler, suspensions } = this.#parts
    const timeoutMs = initTimeoutOf(process, options)
    scheduler.suspended += 1
    // It may have killed itself before its first `await`.
    if ((process.flags & DEAD) !== 0) {
      suspensions.zombies.add(process, '[init]', process.bornMs, process)
      const settled = (): boolean => this.#leave(process)
      then.call(state, settled, settled)
      return Promise.reject(this.#killed(process))
    }
    process.flags |= SUSPENDED
    return new Promise((resolve, reject) => {
      const fail = (thrown: unknown): void => {
        stopWaiting()
        reject(this.#fail(parent, process, options, thrown))
      }
      const late = (): void => {
        fail(new TroupeError('INIT_TIMEOUT', { process: describe(process), timeoutMs }))
      }
      const stopWaiting = this.#waitForInit(process, timeoutMs, late, reject)
      const begin = (value: unknown): void => {
        stopWaiting()
        process.state = value
        this.#begin(process, sinceMs)
        resolve(process)
      }
      // After the time limit, or a kill, nobody waits for it any more.
      then.call(
        state,
        (value) => this.#leave(process) && begin(value),
        (thrown: unknown) => this.#leave(process) && fail(thrown),
      )
    })
  }

  /** Until `init` is done: its time limit, and a kill, which its spawner learns of at once. */
  #waitForInit(
    process: Process,
    timeoutMs: number,
    late: () => void,
    reject: (error: TroupeError) => void,
  ): () => void {
    const { timers } = this.#parts
    const extension = extend(process)
    const wait = timers.after(timeoutMs, late)
    const ended = (): void => {
      timers.cancel(wait)
      reject(this.#killed(process))
    }
    extension.endWaiters ??= []
    extension.endWaiters.push(ended)
    return () => {
      timers.cancel(wait)
      extension.endWaiters = extension.endWaiters?.filter((waiter) => waiter !== ended)
    }
  }

  /** An `init` has settled; false when its process has ended meanwhile. */
  #leave(process: Process): boolean {
    const { scheduler, suspensions } = this.#parts
    scheduler.suspended -= 1
    if ((process.flags & DEAD) !== 0) {
      suspensions.zombies.settled(process)
      return false
    }
    process.flags &= ~SUSPENDED
    return true
  }

  /** Undoes a process that never was; gives the error its spawner gets. */
  #fail(
    parent: Process | undefined,
    process: Process,
    options: SpawnRequest,
    thrown: unknown,
  ): TroupeError {
    this.failed += 1
    // What it inherited, and what came since, is for the next attempt.
    const isAsked = parent !== undefined && (parent.flags & DEAD) === 0
    if (isAsked && options.inherit instanceof Preserved) {
      options.inherit.giveBack(drainMailbox(process))
    }
    const known = process.lineage.parent
    if (known !== undefined) this.#parts.relations.separate(process, known)
    this.#parts.discard(process, crashOf(thrown))
    if (TroupeError.is(thrown, 'INIT_TIMEOUT')) return thrown
    return initFailed(process, describeThrown(thrown), thrown)
  }
}

/** As `await` does it, whatever `then` a promise carries. */
const then = Promise.prototype.then

function initTimeoutOf(process: Process, options: SpawnRequest): number {
  const { initTimeoutMs } = process.program.behaviour.options
  return options.initTimeoutMs ?? initTimeoutMs ?? PROCESS_DEFAULTS.initTimeoutMs
}

const initFailed = (process: Process, problem: string, cause?: unknown): TroupeError =>
  new TroupeError('INIT_FAILED', { process: describe(process), problem }, cause)

const describe = (process: Process): string =>
  `${process.extension?.name ?? process.program.behaviour.name} ${formatTarget(process as Pid)}`

function ownLineage(lineage: Lineage, options: SpawnRequest): Lineage {
  const { env, logLevel, leader } = options
  if (env === undefined && logLevel === undefined && leader === undefined) return lineage
  return {
    parent: lineage.parent,
    leader: leader ?? lineage.leader,
    application: lineage.application,
    env: withEnv(lineage.env, env),
    logLevel: logLevel ?? lineage.logLevel,
  }
}

/** Options of the spawn before those of the behaviour. */
function applyOptions(process: Process, program: Program, options: SpawnRequest): void {
  const defaults = program.behaviour.options
  const mailbox = options.mailbox ?? defaults.mailbox
  if (mailbox !== undefined) limitMailbox(process, mailbox)
  if (options.trapExit ?? defaults.trapExit) process.flags |= TRAPPING
  if (options.reentrant ?? defaults.reentrant) process.flags |= REENTRANT
  keepOptions(process, defaults, options)
  if (options.restarts !== undefined && options.restarts > 0) {
    extend(process).restarts = options.restarts
  }
  if (!(options.inherit instanceof Preserved)) return
  for (const mail of options.inherit.take()) {
    pushMain(process, mail.from, mail.name, mail.payload, mail.sinceMs)
  }
}

/** Keeps what is looked up later; most processes have none of it. */
function keepOptions(process: Process, defaults: ProcessOptions, options: SpawnRequest): void {
  const terminateTimeoutMs = options.terminateTimeoutMs ?? defaults.terminateTimeoutMs
  const preserveMailbox = options.preserveMailbox ?? defaults.preserveMailbox
  const priority = options.priority ?? defaults.priority
  if (terminateTimeoutMs === undefined && preserveMailbox !== true && priority === undefined) return
  extend(process).options = {
    terminateTimeoutMs: terminateTimeoutMs ?? PROCESS_DEFAULTS.terminateTimeoutMs,
    preserveMailbox: preserveMailbox ?? PROCESS_DEFAULTS.preserveMailbox,
    priority: priority ?? PROCESS_DEFAULTS.priority,
  }
}
