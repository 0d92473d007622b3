/**
 * tracing/tracer: begins the spans of a node, keeps the newest, and hands finished ones on.
 *
 * Sleeps while there is nothing to trace: no sampler that is not `off`, and no handler of a trace
 * that is going on, whoever has begun it. Meanwhile the runtime does not ask it.
 *
 * @source ergo-features 17; W3C Trace Context
 */
import {
  type AttributeValue,
  type Exporter,
  formatTarget,
  type NodeTracing,
  type OpenSpan,
  type Pid,
  requireOption,
  type SampleQuestion,
  type Sampler,
  type SamplerScope,
  type Span,
  type SpanGiven,
  type TraceHeaders,
  type Tracer,
  type TracerHome,
  type TracingInfo,
  type TracingOptions,
  TroupeError,
} from '#contract'
import { Exports } from './exports.js'
import { OpenTelemetry } from './open-telemetry.js'
import { ownText } from './own-text.js'
import { Sampling } from './sampling.js'
import { cut, OneSpan, requireAttribute, type SpanPlace, type SpanVerbs } from './span.js'
import { SpanClock } from './span-clock.js'
import { SpanRing } from './span-ring.js'
import {
  depthOf,
  headersOf,
  readContext,
  readHeaders,
  type TraceContext,
  writeContext,
} from './trace-context.js'
import { type CompleteTracing, tracingOptions } from './tracing-options.js'

const WORD = 4_294_967_296
const PERMANENT_MAX = 32
/** It sleeps so long after the last one was done: what a handler has handed on may be near. */
const REST_MS = 1_000

/** Of the first span of a trace. */
const BEGINNING: SpanPlace = Object.freeze({
  ...{ traceId: undefined, parentId: undefined, state: undefined },
  ...{ isSampled: true, isRemote: false, depth: 0 },
})

/** What a process wants said of all its spans. */
type Permanent = Record<string, AttributeValue>

class NodeTracer implements Tracer {
  readonly control: NodeTracing
  readonly #options: CompleteTracing
  readonly #openTelemetry: OpenTelemetry | undefined
  readonly #home: TracerHome
  readonly #ring: SpanRing
  readonly #sampling: Sampling
  readonly #exports: Exports
  readonly #permanent = new Map<Pid, Permanent>()
  readonly #verbs: SpanVerbs
  readonly #clock: SpanClock
  #invalid = 0
  /** Handlers that are at a message of a trace. */
  #working = 0
  /** Since when there is nothing to trace; undefined: there is, or nobody has asked since. */
  #quietMs: number | undefined = undefined

  constructor(options: CompleteTracing, home: TracerHome) {
    this.#options = options
    this.#home = home
    const { openTelemetry: api } = options
    this.#openTelemetry = api === undefined ? undefined : new OpenTelemetry(api)
    this.#ring = new SpanRing(options.keptMax, options.keptBytesMax)
    this.#sampling = new Sampling(home.clock, home.random)
    this.#exports = new Exports(home)
    this.#clock = new SpanClock(home.clock)
    this.#verbs = this.#makeVerbs()
    this.control = this.#makeControl()
    this.#sampling.setNode(options.sampler)
    for (const [name, sampler] of Object.entries(options.applications)) {
      this.#sampling.setApplication(name, sampler)
    }
    for (const exporter of options.exporters) this.#exports.add(exporter)
  }

  get isNeeded(): boolean {
    return this.#sampling.isOn
  }

  get remembers(): boolean {
    return this.#permanent.size > 0 || this.#sampling.remembers
  }

  samples(asked: SampleQuestion): boolean {
    if (!this.#sampling.isOn) {
      this.#tire()
      return false
    }
    // Of what takes the spans away no trace begins: it would never end.
    if (asked.process !== undefined && this.#exports.isSink(asked.process)) return false
    return this.#sampling.samples(asked)
  }

  goOn(): void {
    this.#quietMs = undefined
    this.#home.awaken()
  }

  /** Whoever asks in vain sends it to sleep in the end: no timer is needed for it. */
  #tire(): void {
    if (this.#working > 0) return
    const nowMs = this.#home.clock.nowMs()
    this.#quietMs ??= nowMs
    if (nowMs - this.#quietMs < REST_MS) return
    this.#quietMs = undefined
    this.#home.rest()
  }

  begin(parent: OpenSpan | undefined, given: SpanGiven): OpenSpan {
    return new OneSpan(this.#placeBelow(parent as OneSpan | undefined), given, this.#verbs)
  }

  arrived(header: string, given: SpanGiven): OpenSpan | undefined {
    if (!this.#options.trustNodes) return undefined
    const context = this.#counted(readContext(header))
    if (context === undefined) return undefined
    const { traceId, spanId: parentId, isSampled } = context
    const { depth: above, state } = depthOf(context)
    const place = { traceId, parentId, isSampled, state, isRemote: true, depth: above + 1 }
    return new OneSpan(place, { ...given, sentMs: null }, this.#verbs)
  }

  outside(headers: TraceHeaders, isMeant?: boolean): OpenSpan | undefined {
    if (headers.traceparent === undefined) return undefined
    const context = this.#counted(readHeaders(headers))
    if (context === undefined) return undefined
    const { traceId, spanId: aliasOf, state } = context
    const isSampled = isMeant ?? context.isSampled
    const above = { parentId: undefined, depth: 0 }
    const place = { traceId, aliasOf, isSampled, state, isRemote: true, ...above }
    const nobody = { process: undefined, from: undefined, to: undefined }
    return new OneSpan(place, { kind: 'request', name: 'outside', ...nobody }, this.#verbs)
  }

  headersOf(span: OpenSpan): TraceHeaders {
    const { traceId, spanId, isSampled, traceState: state } = span as OneSpan
    return headersOf(writeContext({ traceId, spanId, isSampled, state }))
  }

  setSampler(process: Pid, sampler: Sampler | undefined): void {
    this.#sampling.setProcess(process, sampler)
    this.#wake()
  }

  setAttribute(process: Pid, name: string, value: AttributeValue | undefined): void {
    requireAttribute(name, value ?? '')
    const held = this.#permanent.get(process) ?? {}
    if (value === undefined) {
      delete held[name]
      if (Object.keys(held).length === 0) this.#permanent.delete(process)
      return
    }
    const hasRoom = Object.hasOwn(held, name) || Object.keys(held).length < PERMANENT_MAX
    requireOption(hasRoom, name, value, `a process has at most ${PERMANENT_MAX}`)
    held[ownText(name)] = typeof value === 'string' ? ownText(cut(value)) : value
    this.#permanent.set(process, held)
    this.#home.remember()
  }

  wallMs(): number {
    return this.#clock.wallMs()
  }

  ended(process: Pid): void {
    this.#sampling.ended(process)
    this.#permanent.delete(process)
  }

  stop(): Promise<void> {
    return this.#exports.stop()
  }

  #counted(context: TraceContext | undefined): TraceContext | undefined {
    if (context === undefined) this.#invalid += 1
    else this.goOn()
    return context
  }

  #wake(): void {
    if (this.#sampling.isOn) this.goOn()
    // As good as nothing to trace, and still to be forgotten with its process.
    else if (this.#sampling.remembers) this.#home.remember()
  }

  #placeBelow(parent: OneSpan | undefined): SpanPlace {
    if (parent === undefined) return BEGINNING
    const { traceId, spanId: parentId, isSampled, traceState: state, depth } = parent
    return { traceId, parentId, isSampled, state, isRemote: false, depth: depth + 1 }
  }

  /** So many words of chance as hexadecimal digits, never all of them zero. */
  #hex(words: number): string {
    let digits = ''
    for (let at = 0; at < words; at += 1) {
      const least = at === 0 ? 1 : 0
      const word = least + this.#home.random.below(WORD - least)
      digits += word.toString(16).padStart(8, '0')
    }
    return digits
  }

  #makeVerbs(): SpanVerbs {
    const { name } = this.#home
    return {
      node: name,
      wallMs: () => this.#clock.wallMs(),
      newTraceId: () => this.#hex(4),
      newSpanId: () => this.#hex(2),
      openTelemetry: this.#openTelemetry,
      begun: (span) => this.#ring.put(span),
      grown: (bytes) => this.#ring.grown(bytes),
      finished: (span) => this.#exports.offer(span),
      attributesOf: (process) => this.#permanent.get(process),
      atWork: (handlers) => {
        this.#working += handlers
        this.goOn()
      },
    }
  }

  #makeControl(): NodeTracing {
    return Object.freeze({
      setSampler: (sampler: Sampler | undefined, of: SamplerScope = 'node') =>
        this.#setSampler(sampler, of),
      addExporter: (exporter: Exporter) => this.#exports.add(exporter),
      removeExporter: (name: string) => this.#exports.remove(name),
      spans: (): Iterable<Span> => this.#ring.newest(),
      info: () => this.#info(),
    })
  }

  #setSampler(sampler: Sampler | undefined, of: SamplerScope): void {
    if (of === 'node') this.#sampling.setNode(sampler)
    else if ('application' in of) this.#sampling.setApplication(of.application, sampler)
    else {
      const process = this.#home.find(of.process)
      if (process === undefined) {
        throw new TroupeError('PROCESS_UNKNOWN', { to: formatTarget(of.process) })
      }
      this.#sampling.setProcess(process, sampler)
    }
    this.#wake()
  }

  #info(): TracingInfo {
    const { kept, gone, total } = this.#ring
    const samplers = Object.freeze([...this.#sampling.infos()])
    const bridged = this.#openTelemetry
    const { exported = 0, failed = 0 } = bridged ?? {}
    const told = { name: 'open-telemetry', exported, queued: 0, dropped: 0, failed }
    const exporters = Object.freeze([
      ...(bridged === undefined ? [] : [told]),
      ...this.#exports.infos(),
    ])
    return Object.freeze({ samplers, exporters, kept, gone, total, invalid: this.#invalid })
  }
}

/** Makes the tracer of a node; OPTION_INVALID. */
export const makeTracer = (given: TracingOptions | undefined, home: TracerHome): Tracer =>
  new NodeTracer(tracingOptions(given), home)
