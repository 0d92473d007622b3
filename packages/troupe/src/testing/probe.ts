/**
 * testing/probe: a real process that records what it is given and answers as the test says.
 *
 * Knows nothing of the subject. It traps exits, so that a test sees exit signals as records.
 * A request that no stub answers is kept, and the test answers it by hand.
 *
 * @source ergo-features 29 (simulated children), OTP "ct_slave" has no such thing
 */
import {
  type Address,
  type Behaviour,
  behaviourOf,
  type Down,
  type EventGap,
  type EventInterest,
  type EventMessage,
  type Exit,
  type ExitReason,
  NoReply,
  type Pid,
  type ProcessContext,
  type Replier,
  type SendFailure,
  type Spawnable,
  TroupeError,
  type Untyped,
} from '#contract'
import type { HasPid } from './matching.js'
import { type CallStub, Stubs } from './stubs.js'
import { TURN_MESSAGE, type TurnWork, turnHandler } from './turn-message.js'

type Signal = Down | Exit | EventMessage | EventGap | EventInterest

/** One thing that reached a probe. */
export type ProbeRecord =
  | {
      readonly kind: 'message'
      readonly message: string
      readonly payload: unknown
      readonly from: Pid | undefined
    }
  | {
      readonly kind: 'request'
      readonly request: string
      readonly payload: unknown
      readonly from: Pid | undefined
      /** Answers by hand what no stub has answered. */
      readonly replier: Replier
    }
  | { readonly kind: 'signal'; readonly signal: Signal }

/** A stand-in for another process. Its pid goes wherever a pid or name of that process would. */
export interface Probe extends HasPid {
  readonly kind: 'probe'
  readonly pid: Pid
  /** Its registered name, if any. */
  readonly name: string | undefined
  /** How failures of assertions call it. */
  readonly label: string
  /** What it acts with: link, monitor, send as this process. */
  readonly context: ProcessContext
  /** Everything it was given, in order. */
  readonly received: readonly ProbeRecord[]
  /** The payloads of the messages of one name, in order. */
  messages(message: string): readonly unknown[]
  /** The requests of one name that still wait for an answer. */
  waiting(request: string): readonly Replier[]
  /** What it answers to a request from now on; all requests without a name. */
  onCall(request?: string): CallStub
  /** Ends it; whoever watches is told. Settles when everything has settled. */
  end(reason?: ExitReason): Promise<void>
}

/** What a probe asks of the kit that made it. */
export interface ProbeVerbs {
  send(to: Pid, work: TurnWork<unknown>): SendFailure | undefined
  settle(): Promise<void>
}

/** A probe before it is spawned: its behaviour, and the probe once its `init` has run. */
export class ProbeCore implements Probe {
  readonly kind = 'probe'
  readonly label: string
  readonly received: ProbeRecord[] = []
  readonly #stubs = new Stubs()
  readonly #verbs: ProbeVerbs
  #context: ProcessContext | undefined

  constructor(label: string, verbs: ProbeVerbs) {
    this.label = label
    this.#verbs = verbs
  }

  get context(): ProcessContext {
    if (this.#context === undefined) {
      const problem = 'the probe has not been spawned'
      throw new TroupeError('NOT_ALLOWED', { operation: 'probe.context', problem })
    }
    return this.#context
  }

  get pid(): Pid {
    return this.context.self
  }

  get name(): string | undefined {
    return this.#context?.name
  }

  messages(message: string): readonly unknown[] {
    return this.received.flatMap((record) =>
      record.kind === 'message' && record.message === message ? [record.payload] : [],
    )
  }

  waiting(request: string): readonly Replier[] {
    return this.received.flatMap((record) =>
      record.kind === 'request' && record.request === request && record.replier.alive
        ? [record.replier]
        : [],
    )
  }

  onCall(request?: string): CallStub {
    return this.#stubs.onCall(this, request)
  }

  async end(reason: ExitReason = 'normal'): Promise<void> {
    this.#verbs.send(this.pid, { run: (_state, context) => context.stop(reason) })
    await this.#verbs.settle()
  }

  /** What to spawn so that this probe comes to life. */
  definition(): Spawnable {
    const behaviour: Behaviour<ProbeCore> = {
      name: this.label,
      kind: 'actor',
      protocol: undefined,
      messages: new Map([[TURN_MESSAGE, turnHandler<ProbeCore>()]]),
      requests: new Map(),
      options: { trapExit: true },
      init: (context) => {
        this.#context = context
        return this
      },
      handleDown: (_state, signal) => this.#note(signal),
      handleExit: (_state, signal) => this.#note(signal),
      handleEvent: (_state, signal) => this.#note(signal),
      handleEventGap: (_state, signal) => this.#note(signal),
      handleEventInterest: (_state, signal) => this.#note(signal),
      handleMessage: (_state, { message, payload }, { from }) => {
        this.received.push({ kind: 'message', message, payload, from })
      },
      handleCall: (_state, request, context) => this.#answer(request, context),
    }
    return { [behaviourOf]: behaviour as unknown as Behaviour<never> }
  }

  #note(signal: Signal): void {
    this.received.push({ kind: 'signal', signal })
  }

  #answer({ message, payload }: Untyped, context: ProcessContext): unknown {
    const replier = context.replyLater()
    this.received.push({ kind: 'request', request: message, payload, from: context.from, replier })
    const verdict = this.#stubs.call(this.pid, message)
    if (verdict?.kind === 'fail') replier.reject(verdict.error)
    if (verdict?.kind === 'reply') {
      const call = { to: this.pid as Address, request: message, payload }
      void settleWith(replier, message, () => verdict.with(call))
    }
    return NoReply
  }
}

/** Answers with what `make` gives, or rejects with what it throws. */
async function settleWith(replier: Replier, request: string, make: () => unknown): Promise<void> {
  try {
    replier.reply(await make())
  } catch (thrown) {
    const problem = String(thrown)
    const detail = { to: 'the stub of the test', request, problem }
    const error = TroupeError.is(thrown)
      ? thrown
      : new TroupeError('HANDLER_FAILED', detail, thrown)
    replier.reject(error)
  }
}
