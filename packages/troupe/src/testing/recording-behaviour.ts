/**
 * testing/recording-behaviour: a behaviour like another one, that writes down what reaches it.
 *
 * Each handler is wrapped once and gets the recording context instead of the real one; what it
 * returns is passed on untouched, so that the runtime sees what it would see without the kit.
 */
import {
  type AnySpawnable,
  type Behaviour,
  behaviourOf,
  type Handler,
  NoReply,
  type Pid,
  type ProcessContext,
  type Untyped,
} from '#contract'
import type { Received, Replied, Started, Terminated, Told } from './journal.js'
import type { Recorder } from './recorder.js'
import { recordingContext } from './recording-context.js'
import { TURN_MESSAGE, type TurnWork, turnHandler } from './turn-message.js'

type Signalled<S, G> = ((state: S, given: G, context: ProcessContext) => unknown) | undefined

/** Wraps one definition for one subject. */
export class RecordingBehaviour {
  readonly #recorder: Recorder
  readonly #real: Behaviour
  #context: ProcessContext | undefined

  constructor(recorder: Recorder, definition: AnySpawnable) {
    this.#recorder = recorder
    this.#real = definition[behaviourOf] as unknown as Behaviour
  }

  /** What to spawn instead of the definition. */
  definition(): AnySpawnable {
    const real = this.#real
    const behaviour: Behaviour = {
      name: real.name,
      kind: real.kind,
      protocol: real.protocol,
      messages: this.#table(real.messages, false).set(TURN_MESSAGE, this.#turn()),
      requests: this.#table(real.requests, true),
      options: real.options,
      init: (context, args) => this.#init(context, args),
      terminate: this.#terminate(),
      handleDown: this.#signal(real.handleDown),
      handleExit: this.#signal(real.handleExit),
      handleEvent: this.#signal(real.handleEvent),
      handleEventGap: this.#signal(real.handleEventGap),
      handleEventInterest: this.#signal(real.handleEventInterest),
      handleLog: this.#signal(real.handleLog),
      handleMessage: this.#untyped(real.handleMessage, false),
      handleCall: this.#untyped(real.handleCall, true),
      inspect: this.#inspect(),
    }
    return { [behaviourOf]: behaviour as unknown as Behaviour<never> }
  }

  /** Runs a signal handler by hand: what `kit.deliver` does inside a turn. */
  tell(signal: Told['signal']): unknown {
    const real = this.#real
    const [state, context] = [this.#recorder.state, this.#wrap(undefined)]
    this.#recorder.journal.add<Told>({ kind: 'told', signal })
    if (!('kind' in signal)) return real.handleLog?.(state, signal, context)
    switch (signal.kind) {
      case 'down':
        return real.handleDown?.(state, signal, context)
      case 'exit':
        return real.handleExit?.(state, signal, context)
      case 'event-message':
        return real.handleEvent?.(state, signal, context)
      case 'event-gap':
        return real.handleEventGap?.(state, signal, context)
      case 'event-interest':
        return real.handleEventInterest?.(state, signal, context)
    }
  }

  /** The recording context; one for the life of the subject. */
  #wrap(context: ProcessContext | undefined): ProcessContext {
    if (this.#context === undefined && context !== undefined) {
      this.#recorder.bind(context)
      this.#context = recordingContext(this.#recorder, context)
    }
    return this.#context as ProcessContext
  }

  #init(context: ProcessContext, args: readonly unknown[]): unknown {
    const record = this.#recorder.journal.add<Started>({ kind: 'started', args, error: undefined })
    const keep = (state: unknown): unknown => {
      this.#recorder.state = state
      this.#recorder.begun = true
      return state
    }
    const fail = (thrown: unknown): never => {
      record.error = thrown
      throw thrown
    }
    try {
      const state = this.#real.init(this.#wrap(context), args)
      return isThenable(state) ? Promise.resolve(state).then(keep, fail) : keep(state)
    } catch (thrown) {
      return fail(thrown)
    }
  }

  #table(handlers: ReadonlyMap<string, Handler<unknown>>, request: boolean) {
    const wrapped = new Map<string, Handler<unknown>>()
    for (const [name, handler] of handlers) {
      wrapped.set(name, (state, payload, context) => {
        this.#receive(name, payload, context.from, request)
        const result = this.#guard(request, name, context.from, () =>
          handler(state, payload, this.#wrap(context)),
        )
        return result
      })
    }
    return wrapped
  }

  #untyped(handler: Signalled<unknown, Untyped>, request: boolean): Signalled<unknown, Untyped> {
    if (handler === undefined) return undefined
    return (state, given, context) => {
      this.#receive(given.message, given.payload, context.from, request)
      return this.#guard(request, given.message, context.from, () =>
        handler(state, given, this.#wrap(context)),
      )
    }
  }

  #receive(message: string, payload: unknown, from: Pid | undefined, request: boolean): void {
    this.#recorder.journal.add<Received>({ kind: 'received', message, payload, from, request })
    this.#recorder.request = message
  }

  /** Runs a handler and writes down what it answers, when it answers. */
  #guard(isRequest: boolean, name: string, to: Pid | undefined, run: () => unknown): unknown {
    if (!isRequest) return run()
    const { journal } = this.#recorder
    const note = (outcome: Replied['outcome'], answer: unknown, error: unknown): void => {
      if (answer === NoReply) return
      journal.add<Replied>({ kind: 'replied', to, request: name, outcome, answer, error })
    }
    try {
      const result = run()
      if (isThenable(result)) {
        result.then(
          (answer) => note('answered', answer, undefined),
          (error: unknown) => note('failed', undefined, error),
        )
      } else note('answered', result, undefined)
      return result
    } catch (thrown) {
      note('failed', undefined, thrown)
      throw thrown
    }
  }

  #signal<G extends Told['signal']>(handler: Signalled<unknown, G>): Signalled<unknown, G> {
    if (handler === undefined) return undefined
    return (state, signal, context) => {
      this.#recorder.journal.add<Told>({ kind: 'told', signal })
      return handler(state, signal, this.#wrap(context))
    }
  }

  #terminate(): Behaviour['terminate'] {
    const terminate = this.#real.terminate
    return (state, reason, context) => {
      this.#recorder.journal.add<Terminated>({ kind: 'terminated', reason })
      return terminate?.(state, reason, this.#wrap(context))
    }
  }

  #inspect(): Behaviour['inspect'] {
    const inspect = this.#real.inspect
    if (inspect === undefined) return undefined
    return (state, context) => inspect(state, this.#wrap(context))
  }

  #turn(): Handler<unknown> {
    const handle = turnHandler<unknown>()
    return (state, payload, context) => handle(state, payload as TurnWork<unknown>, context)
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value
}
