/**
 * testing/unit-stage: the node, the processes and the recorder around one subject.
 *
 * What `UnitKit` promises, with the types of the subject's protocol left out.
 */
import { AssertionError } from 'node:assert'
import { seededRandom } from '#base/random'
import {
  type Address,
  type AnySpawnable,
  type Behaviour,
  behaviourOf,
  type CallOptions,
  type EventName,
  type EventOptions,
  type ExitReason,
  eventName,
  type LogSink,
  type Node,
  Pid,
  type ProcessContext,
  Ref,
  type SendFailure,
  type SendOptions,
  type SpawnOptions,
  TroupeError,
} from '#contract'
import { createNode } from '#runtime'
import { makeTracer } from '#tracing'
import { describeJournal } from './describe-record.js'
import { type Expect, type Expectation, expectOf } from './expectation.js'
import { Journal, type Logged, type Mark, type Recorded, type Told } from './journal.js'
import type { HasPid } from './matching.js'
import { type Probe, ProbeCore } from './probe.js'
import { Recorder } from './recorder.js'
import { RecordingBehaviour } from './recording-behaviour.js'
import { type CallStub, type SendStub, type SpawnStubber, Stubs } from './stubs.js'
import { TURN_MESSAGE, type TurnWork } from './turn-message.js'
import type { Deliver, FromProbe, KitEvent, UnitOptions } from './unit-contract.js'
import { type VirtualClock, virtualClock } from './virtual-clock.js'

type AnyOptions = SpawnOptions & { readonly args?: readonly unknown[] }

interface StageStart {
  readonly args?: readonly unknown[]
  readonly options?: SpawnOptions
}

export class UnitStage {
  readonly clock: VirtualClock
  readonly expect: Expect
  readonly deliver: Deliver
  readonly children: Probe[] = []
  readonly #labels = new Map<number, string>()
  readonly #labelOf = (pid: Pid): string | undefined => this.#labels.get(pid.id)
  readonly #journal: Journal
  readonly #stubs = new Stubs()
  readonly #recorder: Recorder
  readonly #recording: RecordingBehaviour
  readonly #unasked = new Set<Expectation<never>>()
  readonly #name: string
  #node: Node | undefined
  #parent: ProbeCore | undefined
  #tester: ProbeCore | undefined
  #pid: Pid | undefined

  static async make(definition: AnySpawnable, options: UnitOptions): Promise<UnitStage> {
    const stage = new UnitStage(definition, options)
    await stage.#begin(options)
    return stage
  }

  private constructor(definition: AnySpawnable, options: UnitOptions) {
    const { startWallMs } = options
    this.clock = virtualClock(startWallMs === undefined ? {} : { startWallMs })
    this.#journal = new Journal(this.clock.nowMs)
    this.#name = (definition[behaviourOf] as unknown as Behaviour).name
    this.#recorder = new Recorder(this.#journal, this.#stubs, this.clock, {
      isAlive: (pid) => this.node.isAlive(pid),
      ended: (pid) => this.node.ended(pid),
      spawnProbe: (context, real, given) => this.#spawnProbe(context, real, given),
    })
    this.#recording = new RecordingBehaviour(this.#recorder, definition)
    this.expect = expectOf(this.#journal, this.#name, this.#labelOf, this.#unasked)
    this.deliver = this.#deliveries()
  }

  async #begin({ seed = 1, logLevel = 'trace', node = {} }: UnitOptions): Promise<void> {
    const fixed = { logSinks: [this.#sink()], logLevel, handleSignals: false }
    const random = seededRandom(seed)
    const { clock } = this
    const made: Node = await createNode(
      'unit@test',
      { ...node, ...fixed },
      { clock, random, makeTracer },
    )
    this.#node = made
    this.#parent = await this.#spawnOn(made, new ProbeCore('parent', this.#probeVerbs()))
    this.#tester = await this.#spawnOn(made, new ProbeCore('tester', this.#probeVerbs()))
  }

  get node(): Node {
    return present(this.#node, 'kit.node', 'the kit has not begun')
  }

  get parent(): Probe {
    return present(this.#parent, 'kit.parent', 'the kit has not begun')
  }

  get tester(): Probe {
    return present(this.#tester, 'kit.tester', 'the kit has not begun')
  }

  get pid(): Pid {
    return present(this.#pid, 'kit.pid', 'the subject has not been started; call kit.start()')
  }

  get state(): unknown {
    return this.#recorder.state
  }

  get journal(): readonly Recorded[] {
    return this.#journal.records
  }

  async start({ args = [], options = {} }: StageStart = {}): Promise<Pid> {
    if (this.#recorder.real !== undefined) {
      const problem = 'the subject has been started already; make another kit'
      throw new TroupeError('NOT_ALLOWED', { operation: 'kit.start', problem })
    }
    const given = { ...options, args }
    this.#pid = await this.parent.context.spawnAny(this.#recording.definition(), given)
    this.#labels.set(this.#pid.id, this.#name)
    return this.#pid
  }

  async probe(name?: string): Promise<Probe> {
    const label = name ?? `probe ${this.#labels.size - 1}`
    const core = new ProbeCore(label, this.#probeVerbs())
    return this.#spawnOn(this.node, core, name === undefined ? {} : { name })
  }

  async event<T>(event: EventName<T> | string, options: EventOptions = {}): Promise<KitEvent<T>> {
    const token = this.node.registerEvent<T>(event, options)
    const publish = async (message: T): Promise<void> => {
      this.node.publish(token, message)
      await this.settle()
    }
    return Object.freeze({ event: token.event, token, publish })
  }

  async send(
    message: string,
    payload?: unknown,
    { from = this.tester, ...options }: SendOptions & FromProbe = {},
  ): Promise<SendFailure | undefined> {
    const failure = from.context.send(this.pid, message, payload, options)
    await this.settle()
    return failure
  }

  call(
    request: string,
    payload?: unknown,
    { from = this.tester, ...options }: CallOptions & FromProbe = {},
  ): Promise<unknown> {
    return from.context.call(this.pid, request, payload, options)
  }

  readonly advance = (ms: number): Promise<void> => this.clock.advance(ms)
  readonly settle = (): Promise<void> => this.clock.settle()
  readonly until = <T>(promise: Promise<T>): Promise<T> => this.clock.until(promise)

  onCall(to: Address | HasPid, request?: string): CallStub {
    return this.#stubs.onCall(to, request)
  }

  onSend(to: Address | HasPid, message?: string): SendStub {
    return this.#stubs.onSend(to, message)
  }

  onSpawn(definition?: AnySpawnable): SpawnStubber {
    return this.#stubs.onSpawn(definition)
  }

  mark(): Mark {
    return this.#journal.mark()
  }

  print(): string {
    return describeJournal(this.journal, new Set(), this.#labelOf)
  }

  async stop(): Promise<void> {
    await this.clock.until(this.node.stop())
    const [unasked] = this.#unasked
    if (unasked === undefined) return
    this.#unasked.clear()
    throw new AssertionError({
      message:
        `an expectation was written without its verb and asserted nothing: ${unasked.asked}. ` +
        'Add once(), times(n), atLeast(n), never(), first() or all().',
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #probeVerbs() {
    return {
      send: (to: Pid, work: TurnWork<unknown>) => this.node.send(to, TURN_MESSAGE, work),
      settle: this.settle,
    }
  }

  async #spawnOn(
    spawner: Node | ProcessContext,
    core: ProbeCore,
    options: SpawnOptions = {},
  ): Promise<ProbeCore> {
    const pid = await spawner.spawnAny(core.definition(), options)
    this.#labels.set(pid.id, core.label)
    return core
  }

  async #spawnProbe(context: ProcessContext, real: AnySpawnable, given: AnyOptions): Promise<Pid> {
    const { args: _args, ...options } = given
    const name = (real[behaviourOf] as unknown as Behaviour).name
    const label = options.name ?? `${name} ${this.children.length}`
    const core = new ProbeCore(label, this.#probeVerbs())
    const probe = await this.#spawnOn(context, core, { trapExit: false, ...options })
    this.children.push(probe)
    return probe.pid
  }

  #sink(): LogSink {
    return {
      name: 'unit-kit',
      write: ({ source, level, message, fields }) => {
        const self = this.#recorder.real?.self
        if (source.kind !== 'process' || self === undefined) return
        if (!Pid.equals(source.pid, self)) return
        this.#journal.add<Logged>({ kind: 'logged', level, message, fields })
      },
    }
  }

  async #tell(signal: Told['signal']): Promise<void> {
    const work: TurnWork<unknown> = { run: () => this.#recording.tell(signal) }
    const failure = this.node.send(this.pid, TURN_MESSAGE, work)
    if (failure !== undefined) {
      const problem = `the subject took nothing: ${failure}`
      throw new TroupeError('NOT_ALLOWED', { operation: 'kit.deliver', problem })
    }
    await this.settle()
  }

  #deliveries(): Deliver {
    // Below 0 there is no ref of the runtime.
    let lastRef = 0
    const makeRef = (): Ref => {
      lastRef -= 1
      return Ref.of(this.node.name, lastRef, this.node.creation)
    }
    return Object.freeze<Deliver>({
      exit: (reason, { from = this.tester } = {}) => this.#exit(reason, from),
      down: (down) => this.#tell({ ref: makeRef(), ...down, kind: 'down' }),
      event: (event, message) => {
        const name = typeof event === 'string' ? eventName(event) : event
        const timeMs = this.clock.wallMs()
        return this.#tell({ kind: 'event-message', event: name, timeMs, message })
      },
      interest: (interest) => this.#tell({ ...interest, kind: 'event-interest' }),
      log: (record) => this.#tell(record),
    })
  }

  async #exit(reason: ExitReason, from: NonNullable<Parameters<Deliver['exit']>[1]>['from']) {
    if (from === undefined || from.kind !== 'probe') {
      await this.#tell({ kind: 'exit', from: from ?? this.tester.pid, reason })
      return
    }
    from.context.exit(this.pid, reason)
    await this.settle()
  }
}

function present<T>(value: T | undefined, operation: string, problem: string): T {
  if (value === undefined) throw new TroupeError('NOT_ALLOWED', { operation, problem })
  return value
}
