/**
 * runtime/kernel: the parts of one node put together, and the few things all of them share.
 *
 * The only place where the parts meet. Each part gets the verbs it needs; none gets the kernel.
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import {
  type Account,
  type Address,
  type Cluster,
  DEAD_LETTER_EVENT,
  type Down,
  type ExitReason,
  eventName,
  formatTarget,
  type Logger,
  type MakeSystem,
  type MakeTracer,
  NODE_EVENT,
  type NodeOptions,
  type NodePhase,
  type OpenSpan,
  type ProcessContext,
  type Routing,
  type SendFailure,
  type Tracer,
  TroupeError,
  type Wire,
} from '#contract'
import { Births } from './birth.js'
import { CallAnswers } from './call-answers.js'
import { Calls } from './calls.js'
import { newCreation } from './creation.js'
import { DeadLetters } from './dead-letters.js'
import { Deaths } from './death.js'
import { defer } from './deferring.js'
import type { Waiter } from './extension.js'
import { FarBirths } from './far-births.js'
import { FarTopics } from './far-topics.js'
import type { WatchFloating } from './floating.js'
import { type Lineage, rootLineage, withEnv } from './lineage.js'
import { consoleSink, Log } from './log/index.js'
import { sourceOf } from './log-source.js'
import { LONG_TURN_MS, LongTurns } from './long-turns.js'
import { extend, mailboxLength, queueLength, withdraw } from './mailbox.js'
import { type Call, DOWN, senderOf } from './message.js'
import { Outcomes } from './outcome.js'
import { Post } from './post.js'
import { isAddress } from './post-words.js'
import { DEAD, type Home, type Process, SCHEDULED } from './process.js'
import { Relations } from './relations.js'
import { Room } from './room.js'
import { Scheduler } from './scheduler.js'
import { sharingCheck } from './sharing.js'
import { Suspensions } from './suspension.js'
import { Table } from './table.js'
import { Timers } from './timers.js'
import { Topics } from './topics.js'
import { tracerHome } from './tracer-home.js'
import { Tracing } from './tracing.js'
import { Turn } from './turn.js'
import { WaitingSends } from './waiting-sends.js'

/** The world a node lives in: arguments, so that a test can give another one. */
export interface World {
  readonly clock: Clock
  readonly random: Random
  readonly wire: Wire
  readonly cluster: Cluster
  readonly routing: Routing
  /** Makes the application that shows the node to others; undefined: there is none. */
  readonly system: MakeSystem | undefined
  /** How a node hears of promises of the program that reject with nobody listening. */
  readonly watchFloating: WatchFloating
  readonly makeTracer: MakeTracer
}

const PHASES: readonly NodePhase[] = ['starting', 'running', 'draining', 'stopping']

export class Kernel implements Home {
  readonly name: string
  readonly creation: number
  readonly clock: Clock
  readonly random: Random
  readonly wire: Wire
  readonly cluster: Cluster
  readonly routing: Routing
  readonly scheduler: Scheduler
  readonly table: Table
  readonly timers: Timers
  readonly calls: Calls
  readonly topics: Topics
  readonly farTopics: FarTopics
  readonly letters: DeadLetters
  readonly post: Post
  readonly relations: Relations
  readonly room = new Room((waiter, to) => this.#admit(waiter, to))
  readonly longTurns = new LongTurns(() => this.clock.nowMs())
  readonly waitingSends = new WaitingSends(() => this.clock.nowMs())
  readonly outcomes: Outcomes
  readonly suspensions: Suspensions
  readonly turn: Turn
  readonly births: Births
  readonly farBirths: FarBirths
  readonly deaths: Deaths
  readonly log: Log
  /** Freezes or clones a payload in development; undefined otherwise. */
  readonly share: ((payload: unknown) => unknown) | undefined
  readonly startedMs: number
  readonly watchFloating: WatchFloating
  /** Only ever goes on; see `advance`. */
  #phase: NodePhase = 'starting'
  /** While the node drains, is told of every message that comes from another node. */
  arrived: ((to: Address) => void) | undefined = undefined
  readonly tracer: Tracer
  /** The hooks of tracing. */
  readonly traces: Tracing
  /** The same while there is something to trace; else nothing of it is asked. */
  tracing: Tracing | undefined = undefined
  /** The same while something is known of processes that their ends take away. */
  traceEnds: Tracing | undefined = undefined
  #rootLineage: Lineage
  #birthsOpen = true

  constructor(
    name: string,
    options: NodeOptions,
    world: World,
    contextOf: (kernel: Kernel, process: Process) => ProcessContext,
  ) {
    this.name = name
    this.clock = world.clock
    this.random = world.random
    this.wire = world.wire
    this.cluster = world.cluster
    this.routing = world.routing
    this.watchFloating = world.watchFloating
    this.creation = newCreation(name, Math.floor(world.clock.wallMs()))
    this.startedMs = this.clock.nowMs()
    this.share = sharingCheck(options.sharing ?? 'off')
    this.#rootLineage = rootLineage(options.env)
    this.scheduler = new Scheduler(world.clock)
    this.table = new Table(this)
    this.timers = new Timers(world.clock)
    const isFar = (to: unknown): boolean => isAddress(to) && !this.table.isLocal(to)
    this.calls = new Calls(world.clock, (call) => this.#answeredTooLate(call), isFar)
    this.topics = this.#makeTopics()
    this.farTopics = this.#makeFarTopics()
    this.letters = this.#makeLetters()
    this.post = this.#makePost()
    this.relations = this.#makeRelations()
    const end = (process: Process, reason: ExitReason): void => this.deaths.end(process, reason)
    this.outcomes = this.#makeOutcomes(end)
    this.suspensions = this.#makeSuspensions()
    this.turn = this.#makeTurn(end)
    this.births = this.#makeBirths(contextOf)
    this.farBirths = this.#makeFarBirths()
    this.deaths = this.#makeDeaths()
    this.log = this.#makeLog(options)
    this.tracer = world.makeTracer(options.tracing, tracerHome(this))
    this.traces = this.#makeTraces()
    this.#connect(options)
  }

  /** Who asked was at a node that was lost. */
  #answeredTooLate({ from, to }: Call): void {
    this.post.sent += 1
    const caller = senderOf(from) ?? formatTarget(to as Address)
    this.letters.drop('connection-lost', this.turn.process, caller, '[reply]')
  }

  #admit(
    { from, name, payload, priority }: Omit<Waiter, 'admit'>,
    to: Process,
  ): SendFailure | undefined {
    return this.post.sendPriority(from, to, name, payload, priority)
  }

  get rootLineage(): Lineage {
    return this.#rootLineage
  }

  /** From now on nothing is spawned: the node stops. */
  closeBirths(): void {
    this.#birthsOpen = false
  }

  get phase(): NodePhase {
    return this.#phase
  }

  /** The node does something else from now on; it never goes back. */
  advance(phase: NodePhase): void {
    if (PHASES.indexOf(phase) > PHASES.indexOf(this.#phase)) this.#phase = phase
  }

  /** Changes the environment that later processes inherit. */
  setEnv(key: string, value: unknown): void {
    const env = withEnv(this.#rootLineage.env, { [key]: value })
    this.#rootLineage = { ...this.#rootLineage, env }
  }

  /** The logger of a process, made at its first word. */
  logOf(process: Process): Logger {
    const extension = extend(process)
    extension.logger ??= this.log.forProcess(() => sourceOf(process), process.lineage.logLevel)
    return extension.logger
  }

  /** Gives a process a turn. */
  wake(process: Process): void {
    if ((process.flags & SCHEDULED) !== 0) return
    process.flags |= SCHEDULED
    this.scheduler.ready(process)
  }

  account(): Account {
    const alive = this.table.all()
    const waiting = alive.reduce((sum, process) => sum + mailboxLength(process), 0)
    return Object.freeze({ ...this.derivedAccount(), waiting: waiting + this.deaths.preserved })
  }

  /** The same without a look at each mailbox: what waits is what is left of the rest. */
  derivedAccount(): Account {
    const { sent } = this.post
    const { handled } = this.outcomes
    const handling = this.outcomes.handling + this.turn.taken
    const waiting = sent - handled - handling - this.letters.total
    return Object.freeze({ sent, handled, waiting, handling, dropped: this.letters.counts() })
  }

  /** Ties the parts that need each other, and makes the events the node itself owns. */
  #connect(options: NodeOptions): void {
    this.scheduler.connect({
      runTurn: (process) => this.turn.run(process),
      sample: (process, elapsedMs, among) => {
        extend(process).runningMs += elapsedMs
        if (elapsedMs >= LONG_TURN_MS) {
          this.longTurns.add(process, this.turn.name, elapsedMs, among)
        }
      },
      stamped: this.calls,
    })
    for (const event of [NODE_EVENT, DEAD_LETTER_EVENT]) {
      this.topics.register(event, { open: true }, undefined)
    }
    for (const { name: event, ...given } of options.events ?? []) {
      this.topics.register(event, { ...given, open: true }, undefined)
    }
  }

  #makeTraces(): Tracing {
    const { tracer, turn, post } = this
    const forget = (): void => {
      if (this.tracing === undefined) this.traceEnds = undefined
    }
    const traces = new Tracing({ tracer, turn, forget, find: (to) => post.find(to) })
    if (tracer.isNeeded) {
      this.tracing = traces
      this.traceEnds = traces
    }
    return traces
  }

  #makeOutcomes(end: (process: Process, reason: ExitReason) => void): Outcomes {
    const blame = (process: Process, trace: OpenSpan | undefined): void =>
      this.tracing?.stopping(process, trace)
    return new Outcomes(this.calls, this.letters, { end, defer, blame })
  }

  #makeTurn(end: (process: Process, reason: ExitReason) => void): Turn {
    const { outcomes, suspensions } = this
    const admit = (process: Process): void => this.room.admit(process)
    return new Turn(this.scheduler, { outcomes, suspensions, end, admit })
  }

  #makeSuspensions(): Suspensions {
    const rest = (process: Process): void => this.turn.rest(process)
    return new Suspensions(this.scheduler, this.outcomes, rest)
  }

  #makeDeaths(): Deaths {
    const { table, scheduler, turn, timers, calls, letters } = this
    const { relations, topics, farTopics, room, outcomes, suspensions } = this
    return new Deaths({
      ...{ table, scheduler, turn, timers, calls, letters },
      ...{ relations, topics, farTopics, room, outcomes, suspensions, traces: this },
      logOf: (process) => this.logOf(process),
      ended: (process) => this.log.processEnded(process),
    })
  }

  #makeTopics(): Topics {
    const { clock } = this
    return new Topics(this, {
      deliver: (from, to, entry, payload) => void this.post.send(from, to, entry, payload),
      signal: (from, to, entry, payload) => this.post.signal(from, to, entry, payload),
      wallMs: () => clock.wallMs(),
      newRef: () => this.table.newRef(),
    })
  }

  #makeFarTopics(): FarTopics {
    const { wire, clock } = this
    return new FarTopics(wire, {
      deliver: (from, to, entry, payload) => {
        const isCrowded = queueLength(to) > wire.mailboxMax
        if (isCrowded) this.post.refuse('MAILBOX_FULL', from, to, entry)
        else this.post.send(from, to, entry, payload)
      },
      traced: (trace, event) => this.traces.published(trace, event),
      signal: (to, entry, payload) => this.post.signal(undefined, to, entry, payload),
      monitor: (process, event) => this.relations.monitor(process, event),
      newRef: () => this.table.newRef(),
      wallMs: () => clock.wallMs(),
    })
  }

  #makeLetters(): DeadLetters {
    return new DeadLetters({
      isHeard: () => this.topics.isHeard(DEAD_LETTER_EVENT),
      publish: (letter) => this.topics.publish(undefined, eventName(DEAD_LETTER_EVENT), letter),
    })
  }

  #makePost(): Post {
    const { scheduler, table, letters, wire, calls, routing } = this
    return new Post(this, {
      ...{ scheduler, table, letters, wire },
      rejectCall: (call, to) => {
        const limit = to.extension?.limit?.lengthMax ?? 0
        calls.reject(call, new TroupeError('MAILBOX_FULL', { to: formatTarget(to), limit }))
      },
      leftMs: (call) => calls.deadlineOf(call) - this.clock.nowMs(),
      choose: (service, message, payload) => routing.choose(service, message, payload),
      answersOf: (call) => new CallAnswers(calls, call),
    })
  }

  #makeRelations(): Relations {
    return new Relations(this, this.table, this.wire, {
      signal: (_from, to, entry, payload) => this.post.signal(undefined, to, entry, payload),
      wake: (process) => this.wake(process),
      endUnborn: (process, reason) => this.deaths.endUnborn(process, reason),
      withdrawDown: (process, ref) => {
        const withdrawn = withdraw(process, (entry, payload) => {
          return entry === DOWN && (payload as Down).ref.id === ref.id
        })
        if (withdrawn) this.outcomes.handled += 1
        return withdrawn
      },
      hasEvent: (name) => this.topics.has(name),
    })
  }

  #makeBirths(contextOf: (kernel: Kernel, process: Process) => ProcessContext): Births {
    const { table, scheduler, turn, timers, relations, suspensions } = this
    return new Births({
      ...{ home: this, table, scheduler, turn, timers, relations, suspensions },
      isOpen: () => this.#birthsOpen,
      rootLineage: () => this.#rootLineage,
      contextOf: (process) => contextOf(this, process),
      soon: this.clock.soon,
      sampled: (process, sampler) => this.tracer.setSampler(process, sampler),
      discard: (process, reason) => this.deaths.discard(process, reason),
    })
  }

  #makeFarBirths(): FarBirths {
    const { births, relations, table, timers } = this
    const rootLineage = (): Lineage => this.#rootLineage
    return new FarBirths({ home: this, births, relations, table, timers, rootLineage })
  }

  #makeLog(options: NodeOptions): Log {
    return new Log({
      clock: this.clock,
      source: { kind: 'node', node: this.name },
      level: options.logLevel ?? 'info',
      sinks: options.logSinks ?? [consoleSink()],
      sendRecord: (pid, record) => {
        const process = this.table.find(pid)
        if (process !== undefined) this.post.log(process, record)
        return process !== undefined
      },
      setProcessLevel: (pid, level) => {
        const process = this.table.find(pid)
        if (process === undefined || (process.flags & DEAD) !== 0) return false
        this.logOf(process).setLevel(level)
        return true
      },
    })
  }
}
