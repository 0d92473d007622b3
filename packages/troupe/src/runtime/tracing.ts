/**
 * runtime/tracing: which trace a process acts in, and the spans of what it begins.
 *
 * Nothing of it runs while there is nothing to trace: no sampler that is not `off`, and no handler
 * of a trace that is going on. What waits in a mailbox or for its time wakes it. The trace of a
 * handler is that of its message, also after an `await`; a reentrant process has it until its first
 * `await` only, as all it knows of its current message.
 *
 * @source ergo-features 17
 */
import {
  type Address,
  type EventName,
  type EventToken,
  isOwnApplication,
  type OpenSpan,
  type Pid,
  type SpanGiven,
  type SpanKind,
  type Target,
  type TraceHeaders,
  type TraceparentOption,
  type Tracer,
} from '#contract'
import { current } from './current-message.js'
import type { Suspended } from './extension.js'
import { Call, describeEntry, Envelope, type Origin, senderOf } from './message.js'
import { DEAD, type Process } from './process.js'
import { codeOf, isOwn, kindOf, over, traced } from './tracing-words.js'
import type { Turn } from './turn.js'

/** What tracing asks of its node. */
export interface TracingHome {
  readonly tracer: Tracer
  readonly turn: Turn
  /** The process behind an address of this node. */
  find(to: Address): Process | undefined
  /** Nothing is known of any process any more. */
  forget(): void
}

/** Where a new span belongs: below another one, or at the beginning of a trace. */
interface Place {
  readonly parent: OpenSpan | undefined
}

const BEGINNING: Place = Object.freeze({ parent: undefined })
/** What a caller says itself, whatever became of its request. */
const OWN_ENDS: ReadonlySet<string> = new Set(['CALL_TIMEOUT', 'CALL_ABORTED', 'CALL_SELF'])

export class Tracing {
  readonly #home: TracingHome
  /** What runs on the stack belongs to this, whoever acts. */
  #ambient: OpenSpan | undefined = undefined
  /** Whose handler the sampler has been asked about, and for which message: it is asked once. */
  #asked: Process | undefined = undefined
  #askedAt = 0
  /** What is begun now begins no trace; or has nothing to do with what its process does. */
  #isSilent = false
  #isApart = false
  /** In which trace the end of a process was begun; until it has ended. */
  readonly #ends = new Map<Process, OpenSpan>()

  constructor(home: TracingHome) {
    this.#home = home
  }

  /** What a process does now belongs to this; undefined: to no trace. */
  active(process: Process | undefined): OpenSpan | undefined {
    if (this.#ambient !== undefined) return this.#ambient.inner
    if (process === undefined || this.#isApart) return undefined
    const origin = current(this.#home, process)?.from
    return origin instanceof Envelope ? origin.trace?.inner : undefined
  }

  /** What is begun later by what is done now belongs to this. */
  lasting(process: Process): OpenSpan | undefined {
    const active = this.active(process)
    return active?.goesOn === true ? active : undefined
  }

  /** The same of whoever runs now. */
  get running(): OpenSpan | undefined {
    return this.active(this.#home.turn.process)
  }

  /** What `run` does before its first `await` belongs to a span. */
  within<R>(span: OpenSpan | undefined, run: () => R): R {
    const before = this.#ambient
    this.#ambient = span
    // It may have been begun long ago, and what is sent now goes on with it.
    if (span !== undefined) this.#home.tracer.goOn()
    try {
      return run()
    } finally {
      this.#ambient = before
    }
  }

  /** Of what `run` does before its first `await` no trace begins, and it belongs to none. */
  silently<R>(run: () => R): R {
    this.#isSilent = true
    try {
      return this.within(undefined, run)
    } finally {
      this.#isSilent = false
    }
  }

  /** What `run` does before its first `await` is not of the message that its process is at. */
  apart(run: () => void): void {
    this.#isApart = true
    try {
      run()
    } finally {
      this.#isApart = false
    }
  }

  /** A request from outside of the cluster: the first step here of its trace, or of a new one. */
  incoming(
    process: Process,
    name: string,
    headers: TraceHeaders,
    option: TraceparentOption,
  ): OpenSpan | undefined {
    const { tracer } = this.#home
    const trusted = option === 'trust' ? tracer.outside(headers) : undefined
    if (trusted === undefined && !this.#samples(process, 'request', name)) return undefined
    // A stranger may say which trace it is; whether it is kept is not for him to say.
    const accepted = option === 'accept' ? tracer.outside(headers, true) : undefined
    const given = { kind: 'request' as const, name, process, from: undefined, to: process }
    const span = tracer.begin(trusted ?? accepted, { ...given, isServed: true })
    return span.delivered(process, process.program.behaviour.name, process.lineage.application)
  }

  /** What is sent with a message in the place of its sender. */
  sending(from: Process | undefined, to: Address, message: string): Origin {
    const place = this.#placeOf(from, 'send', message, to)
    if (place === undefined) return from
    return traced(
      from,
      this.#begin(place, { kind: 'send', name: message, process: from, from, to }),
    )
  }

  /** A request is about to leave. */
  calling(call: Call, to: Address): void {
    const caller = call.from as Process | undefined
    const place = this.#placeOf(caller, 'request', call.request, to)
    if (place === undefined) return
    const about = { kind: 'request' as const, name: call.request }
    const span = this.#begin(place, { ...about, process: caller, from: caller, to })
    call.trace = span
    const { resolve, reject } = call
    call.resolve = (value) => {
      this.#answered(span, call, caller)
      resolve?.(value)
    }
    call.reject = (thrown) => {
      this.#rejected(span, call, caller, codeOf(thrown))
      reject?.(thrown)
    }
  }

  #answered(span: OpenSpan, call: Call, caller: Process | undefined): void {
    this.#response(span, call, caller).end()
    over(span, call)
  }

  #rejected(span: OpenSpan, call: Call, caller: Process | undefined, code: string): void {
    const hasAnswer = !OWN_ENDS.has(code) && (span.isRemote || span.isDelivered)
    if (hasAnswer) this.#response(span, call, caller).fail(code)
    // A callee that is still at it says itself when it is done.
    if (hasAnswer || (span.isDelivered && !span.isRemote)) span.blame(code)
    else span.fail(code)
    if (hasAnswer || span.isRemote) over(span, call)
  }

  #response(span: OpenSpan, call: Call, caller: Process | undefined): OpenSpan {
    const response = this.#home.tracer.begin(span, {
      ...{ kind: 'response' as const, name: call.request, process: undefined },
      ...{ from: call.to as Pid, to: caller },
      ...(span.isRemote ? { sentMs: null } : {}),
    })
    if (span.isRemote) response.left()
    return response.delivered(undefined, caller?.program.behaviour.name)
  }

  /** A message of another node, in the place of its sender. */
  arrived(header: string, from: Pid | undefined, to: Address, name: string): Origin {
    const given = { kind: 'send' as const, name, process: undefined, from, to }
    const span = this.#home.tracer.arrived(header, given)
    return span === undefined ? from : traced(from, span)
  }

  /** A request of another node; its answer is seen as it leaves. */
  asked(header: string, call: Call, to: Address): void {
    const { from, request: name } = call
    const given = { kind: 'request' as const, name, process: undefined, from: senderOf(from), to }
    const span = this.#home.tracer.arrived(header, given)
    if (span === undefined) return
    call.trace = span
    const { resolve, reject } = call
    call.resolve = (value) => {
      this.#leaving(span, call, to).end()
      over(span, call)
      resolve?.(value)
    }
    call.reject = (thrown) => {
      const code = codeOf(thrown)
      if (!OWN_ENDS.has(code)) this.#leaving(span, call, to).fail(code)
      span.blame(code)
      over(span, call)
      reject?.(thrown)
    }
  }

  #leaving(span: OpenSpan, call: Call, from: Address): OpenSpan {
    const about = { kind: 'response' as const, name: call.request, process: undefined }
    const response = this.#home.tracer.begin(span, {
      ...about,
      from: from as Pid,
      to: senderOf(call),
    })
    response.left()
    return response
  }

  /** A publication, in the place of its sender; each handling of it gets a span of its own. */
  publishing(from: Process | undefined, event: EventToken | EventName): Origin {
    const named = event?.kind === 'event-token' ? event.event : event
    const name = String(named?.name)
    const place = this.#placeOf(from, 'event', name, named as Target)
    if (place === undefined) return from
    const given = { kind: 'event' as const, name, process: from, from, to: named as never }
    const span = this.#begin(place, { ...given, isShared: true })
    span.end()
    return traced(from, span)
  }

  /** A publication of another node. */
  published(header: string, event: EventName): Origin {
    const given = { kind: 'event' as const, name: event.name, from: undefined, to: event as never }
    const span = this.#home.tracer.arrived(header, { ...given, process: undefined, isShared: true })
    return span === undefined ? undefined : traced(undefined, span)
  }

  /** A message was handed on to a process of this node, which goes on with it below. */
  forwarded(message: Turn | Suspended, by: Process, to: Address): void {
    const { from, name } = message
    if (!(from instanceof Envelope) || from.trace === undefined) return
    const before = from.trace
    const receiver = this.#home.find(to)
    if (receiver !== undefined) {
      from.trace = this.#home.tracer.begin(before.inner, {
        ...{ kind: from instanceof Call ? 'request' : 'send', name: describeEntry(name) },
        ...{ process: by, from: by, to: receiver },
      })
    }
    before.processed()
  }

  /** What a timer that is set now belongs to. */
  timer(trace: OpenSpan | undefined, name: string, process: Process, sentMs: number): OpenSpan {
    const given = { kind: 'timer' as const, name, process, from: process, to: process, sentMs }
    return this.#home.tracer.begin(trace, given)
  }

  /** A delayed send whose time has come. */
  delayed(trace: OpenSpan, name: string, process: Process, setMs: number, send: () => void): void {
    const span = this.timer(trace, name, process, setMs)
    span.delivered(process, process.program.behaviour.name, process.lineage.application)
    try {
      this.within(span, send)
    } catch (thrown) {
      span.fail(codeOf(thrown))
      throw thrown
    }
    span.processed()
  }

  /** A birth, from the wish to the end of `init`, which is a part of it until its first `await`. */
  spawning(by: Process | undefined, name: string, spawn: () => Promise<Pid>): Promise<Pid> {
    const place = this.#placeOf(by, 'spawn', name)
    if (place === undefined) return spawn()
    const about = { kind: 'spawn' as const, name, behaviour: name }
    const span = this.#begin(place, { ...about, process: by, from: by, to: undefined })
    const born = this.#bearing(span, spawn)
    born.then(
      (pid) => {
        span.addressed(pid)
        span.processed()
      },
      (thrown: unknown) => span.fail(codeOf(thrown)),
    )
    return born
  }

  /** What refuses a birth at once ends it as well. */
  #bearing(span: OpenSpan, spawn: () => Promise<Pid>): Promise<Pid> {
    try {
      return this.within(span, spawn)
    } catch (thrown) {
      span.fail(codeOf(thrown))
      throw thrown
    }
  }

  /** A process asks to end, or its handler has failed: the trace its end belongs to. */
  stopping(process: Process, cause: OpenSpan | undefined): void {
    const isGone = (process.flags & DEAD) !== 0
    if (cause !== undefined && !isGone && !this.#ends.has(process)) this.#ends.set(process, cause)
  }

  /** A process begins to end; `run` is its `terminate`, which is a part of that. */
  ending<R>(process: Process, run: () => R): R {
    const cause = this.#ends.get(process)
    if (cause === undefined) return run()
    const name = process.program.behaviour.name
    const about = { kind: 'terminate' as const, name, behaviour: name, process }
    const span = this.#home.tracer.begin(cause, { ...about, from: undefined, to: process })
    this.#ends.set(process, span)
    return this.within(span, run)
  }

  /** A process has ended. */
  ended(process: Process): void {
    this.#ends.get(process)?.processed()
    this.#ends.delete(process)
    const { tracer } = this.#home
    tracer.ended(process)
    if (this.#ends.size === 0 && !tracer.remembers) this.#home.forget()
  }

  #begin({ parent }: Place, given: SpanGiven): OpenSpan {
    return this.#home.tracer.begin(parent, given)
  }

  /** The trace that goes on, or the beginning of one if the sampler wants it. */
  #placeOf(
    process: Process | undefined,
    kind: SpanKind,
    name: string,
    to?: Address | Target,
  ): Place | undefined {
    const parent = this.active(process)
    if (parent !== undefined) return parent.goesOn ? { parent } : undefined
    if (this.#isSilent || isOwn(to)) return undefined
    if (process === undefined) return this.#samples(process, kind, name) ? BEGINNING : undefined
    const message = this.#isApart ? undefined : current(this.#home, process)
    if (message === undefined || message.progress === 'none') {
      return this.#samples(process, kind, name) ? BEGINNING : undefined
    }
    if (this.#asked === process && this.#askedAt === process.messagesIn) return undefined
    if (this.#samples(process, kind, name)) return { parent: this.#adopt(process, message) }
    this.#asked = process
    this.#askedAt = process.messagesIn
    return undefined
  }

  #samples(process: Process | undefined, kind: SpanKind, name: string): boolean {
    const application = process?.lineage.application
    if (application !== undefined && isOwnApplication(application)) return false
    const behaviour = process?.program.behaviour.name
    return this.#home.tracer.samples({ kind, name, process, behaviour, application })
  }

  /** A trace begins in the middle of a handler: its message becomes the first span of it. */
  #adopt(process: Process, message: Turn | Suspended): OpenSpan {
    const { from, name } = message
    const kind = kindOf(name, from)
    const told = describeEntry(name)
    const given = { kind, name: told, process, from: senderOf(from), to: process, sentMs: null }
    const { program, lineage } = process
    const span = this.#home.tracer.begin(undefined, given)
    span.delivered(process, program.behaviour.name, lineage.application)
    span.handledBy(process)
    if (from instanceof Envelope) from.trace = span
    else message.from = traced(from, span)
    return span
  }
}
