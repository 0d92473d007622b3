/**
 * tracing/span: one step of a trace, from its beginning on; what it is told, and what it tells.
 *
 * Knows no process: it holds texts, so that nothing of the program is kept alive by it. What the
 * trace of another tracer does not want kept goes on all the same, with its ids and nothing else.
 *
 * @source ergo-features 17 (points); W3C Trace Context 3.2.2.5 (sampled)
 */
import {
  type Address,
  type AttributeValue,
  formatTarget,
  type OpenSpan,
  Pid,
  requireOption,
  type Span,
  type SpanGiven,
  type SpanKind,
} from '#contract'
import type { Counterpart, OpenTelemetry } from './open-telemetry.js'
import { ownText, textBytes } from './own-text.js'
import { withDepth, writeContext } from './trace-context.js'

const TEXT_CHARS_MAX = 256
/** Steps below one another. What sends itself on and on would make a trace without an end. */
const DEPTH_MAX = 256
const ATTRIBUTES_MAX = 32
/** Handlings of one publication on one node that have a span of their own. */
const HANDLED_MAX = 64
/** Parts of one span that are open at a time and hold what is begun meanwhile. */
const PARTS_MAX = 256
/** A span without its texts, its place among those kept included. */
const BASE_BYTES = 380
/** One attribute without its texts. */
const ATTRIBUTE_BYTES = 48

/** What a span asks of its tracer. */
export interface SpanVerbs {
  readonly node: string
  wallMs(): number
  newTraceId(): string
  newSpanId(): string
  readonly openTelemetry: OpenTelemetry | undefined
  /** One more span is there. */
  begun(span: OneSpan): void
  grown(bytes: number): void
  /** Nothing more is seen of it. */
  finished(span: OneSpan): void
  /** A handler begins with one, or is done. */
  atWork(handlers: 1 | -1): void
  /** What a process wants said in all its spans. */
  attributesOf(process: Pid): Readonly<Record<string, AttributeValue>> | undefined
}

/** Which trace a span belongs to. */
export interface SpanPlace {
  /** Undefined: a trace begins. */
  readonly traceId: string | undefined
  /** Given: it stands for a span that is kept elsewhere, and is none itself. */
  readonly aliasOf?: string
  readonly parentId: string | undefined
  readonly isSampled: boolean
  readonly state: string | undefined
  readonly isRemote: boolean
  /** Steps above it. */
  readonly depth: number
}

export class OneSpan implements OpenSpan, Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | undefined
  readonly traceState: string | undefined
  readonly kind: SpanKind
  readonly name: string
  readonly from: string | undefined
  to: string | undefined
  behaviour: string | undefined
  application: string | undefined
  isRemote: boolean
  sentMs: number | undefined
  deliveredMs: number | undefined = undefined
  processedMs: number | undefined = undefined
  failed: string | undefined = undefined
  readonly depth: number
  /** Its trace is kept, and whether there is something of itself to keep. */
  readonly isSampled: boolean
  readonly recording: boolean
  isKept = false
  bytes: number
  readonly #verbs: SpanVerbs
  readonly #isShared: boolean
  /** The same span of another tracer. */
  readonly #counterpart: Counterpart | undefined
  #attributes: Record<string, AttributeValue> | undefined = undefined
  #attributeCount = 0
  /** Open parts of it that a program named, the innermost last. */
  #parts: OneSpan[] | undefined = undefined
  #whole: OneSpan | undefined = undefined
  #handled = 0
  #dropped = 0
  #isFinished = false
  /** The number of the process whose handler is at it. */
  #worker: number | undefined = undefined

  constructor(place: SpanPlace, given: SpanGiven, verbs: SpanVerbs) {
    const { sentMs = verbs.wallMs(), process, from, to } = given
    this.#counterpart = counterpartOf(place, given, verbs, sentMs ?? verbs.wallMs())
    this.traceId = this.#counterpart?.traceId ?? place.traceId ?? verbs.newTraceId()
    this.spanId = this.#counterpart?.spanId ?? place.aliasOf ?? verbs.newSpanId()
    this.parentId = place.parentId
    this.traceState = place.state
    this.kind = given.kind
    this.name = given.kind === 'user' ? ownText(cut(given.name)) : cut(given.name)
    this.from = from === undefined ? undefined : told(from)
    this.to = to === undefined ? undefined : told(to)
    this.behaviour = given.behaviour
    this.application = given.application
    this.isRemote = place.isRemote
    this.sentMs = sentMs ?? undefined
    this.bytes = bytesOf(this)
    this.#verbs = verbs
    this.isSampled = place.isSampled
    this.depth = place.depth
    this.recording = place.isSampled && place.aliasOf === undefined
    this.#isShared = given.isShared === true
    this.#say(process)
    if (!this.goesOn) this.#put('troupe.cut', true)
    if (this.recording) verbs.begun(this)
  }

  get node(): string {
    return this.#verbs.node
  }

  get attributes(): Readonly<Record<string, AttributeValue>> {
    return this.#attributes ?? {}
  }

  get isFinished(): boolean {
    return this.#isFinished
  }

  get goesOn(): boolean {
    return this.depth < DEPTH_MAX
  }

  get header(): string {
    const { traceId, spanId, isSampled, traceState } = this
    return writeContext({ traceId, spanId, isSampled, state: withDepth(traceState, this.depth) })
  }

  get inner(): OneSpan {
    return this.#parts?.at(-1) ?? this
  }

  addressed(to: Address): void {
    const before = textBytes(this.to)
    this.to = told(to)
    this.#grow(textBytes(this.to) - before)
  }

  left(): void {
    this.isRemote = true
  }

  get isDelivered(): boolean {
    return this.deliveredMs !== undefined
  }

  delivered(process: Pid | undefined, behaviour?: string, application?: string): OneSpan {
    if (this.#isShared) return this.#handling(process, behaviour, application)
    this.deliveredMs = this.#verbs.wallMs()
    // Its sender had given it up already, and it is handled all the same.
    this.processedMs = undefined
    this.behaviour = behaviour
    this.application = application
    // Its receiver says of it what its sender could not know.
    this.#say(process)
    return this
  }

  #say(process: Pid | undefined): void {
    const permanent = process === undefined ? undefined : this.#verbs.attributesOf(process)
    for (const name in permanent) this.#put(name, permanent[name] as AttributeValue)
  }

  /** One handling of a publication; beyond so many they are counted only. */
  #handling(process: Pid | undefined, behaviour?: string, application?: string): OneSpan {
    this.#handled += 1
    this.#put('troupe.handled', this.#handled)
    const { traceId, spanId: parentId, isSampled, traceState: state } = this
    const depth = this.depth + 1
    const place = { traceId, parentId, isSampled, state, isRemote: false, depth }
    const { kind, name } = this
    const given = { kind, name, process, from: undefined, to: process, sentMs: null }
    const alias = this.#handled > HANDLED_MAX ? { aliasOf: parentId } : {}
    const handling = new OneSpan({ ...place, ...alias }, given, this.#verbs)
    handling.delivered(process, behaviour, application)
    return handling
  }

  handledBy({ id }: Pid): void {
    if (this.#worker === undefined) this.#verbs.atWork(1)
    this.#worker = id
  }

  leftBy({ id }: Pid): void {
    if (this.#worker === id) this.#rest()
  }

  processed(): void {
    this.#rest()
    this.answered()
  }

  answered(): void {
    this.processedMs ??= this.#verbs.wallMs()
    this.end()
  }

  #rest(): void {
    if (this.#worker === undefined) return
    this.#worker = undefined
    this.#verbs.atWork(-1)
  }

  end(): void {
    if (this.#isFinished) return
    this.#isFinished = true
    // A part that is over needs its whole no more, which may be gone from those that are kept.
    this.#whole = undefined
    if (!this.recording) return
    this.#counterpart?.finish(this)
    this.#verbs.finished(this)
  }

  fail(cause: string): void {
    // One of many who should have got it did not.
    if (this.#isShared) {
      this.#dropped += 1
      this.#put('troupe.dropped', this.#dropped)
      return
    }
    this.blame(cause)
    // What its program has left open ends with it, the innermost first.
    for (const part of (this.#parts?.splice(0) ?? []).reverse()) part.fail(cause)
    const isOver = this.isDelivered && this.kind !== 'response'
    if (isOver || this.kind === 'user') this.processed()
    else this.end()
  }

  blame(cause: string): void {
    if (this.failed !== undefined) return
    this.failed = ownText(cut(cause))
    this.#grow(textBytes(this.failed))
  }

  setAttribute(name: string, value: AttributeValue): void {
    requireAttribute(name, value)
    this.#put(name, value)
  }

  open(name: string): OneSpan {
    const whole = this.#whole ?? this
    const { traceId, spanId: parentId, isSampled, traceState: state } = whole.inner
    const depth = whole.inner.depth + 1
    const place = { traceId, parentId, isSampled, state, isRemote: false, depth }
    const given = {
      kind: 'user' as const,
      name,
      process: undefined,
      from: undefined,
      to: undefined,
    }
    const part = new OneSpan(place, given, this.#verbs)
    part.behaviour = whole.behaviour
    part.application = whole.application
    part.#whole = whole
    whole.#parts ??= []
    if (whole.#parts.length < PARTS_MAX) whole.#parts.push(part)
    return part
  }

  close(): void {
    const whole = this.#whole
    const parts = whole === undefined ? undefined : whole.#parts
    const at = parts?.lastIndexOf(this) ?? -1
    if (at >= 0) parts?.splice(at, 1)
  }

  #put(name: string, value: AttributeValue): void {
    if (!this.recording) return
    this.#attributes ??= {}
    const isNew = !Object.hasOwn(this.#attributes, name)
    if (isNew && this.#attributeCount === ATTRIBUTES_MAX) return
    if (isNew) this.#attributeCount += 1
    const before = isNew ? 0 : attributeBytes(name, this.#attributes[name])
    const kept = typeof value === 'string' ? ownText(cut(value)) : value
    this.#attributes[isNew ? ownText(name) : name] = kept
    this.#grow(attributeBytes(name, kept) - before)
  }

  /** It weighs so much more, or less. */
  #grow(bytes: number): void {
    this.bytes += bytes
    if (this.isKept) this.#verbs.grown(bytes)
  }
}

/** What a span holds at its beginning: each text for itself, as others of its trace may be gone. */
const bytesOf = ({ traceId, spanId, parentId, traceState, name, from, to }: OneSpan): number =>
  [traceId, spanId, parentId, traceState, name, from, to].reduce(
    (sum, text) => sum + textBytes(text),
    BASE_BYTES,
  )

const attributeBytes = (name: string, value: AttributeValue | undefined): number =>
  ATTRIBUTE_BYTES + textBytes(name) + (typeof value === 'string' ? textBytes(value) : 0)

/** The same span as another tracer has it. */
function counterpartOf(
  { traceId, aliasOf, parentId, isSampled, state, isRemote }: SpanPlace,
  { kind, name, to, isServed = false }: SpanGiven,
  { openTelemetry, node }: SpanVerbs,
  startMs: number,
): Counterpart | undefined {
  if (openTelemetry === undefined || !isSampled || aliasOf !== undefined) return undefined
  const goesAfar = (to as Pid | undefined)?.node !== undefined && (to as Pid).node !== node
  const about = { kind, name: cut(name), cameFromAfar: isRemote || isServed, goesAfar, startMs }
  return openTelemetry.begin({ traceId, parentId, state, ...about })
}

/** OPTION_INVALID for what cannot be said of a span; Troupe's own names are its own. */
export function requireAttribute(name: unknown, value: unknown): void {
  const isName = typeof name === 'string' && name !== '' && name.length <= TEXT_CHARS_MAX
  const isFree = isName && !name.startsWith('troupe.') && name !== '__proto__'
  requireOption(isFree, 'attribute', name, 'give a name that does not begin with "troupe."')
  const isValue = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
  requireOption(isValue, String(name), value, 'give a text, a number, true or false')
}

/** A text that is not too long. */
export const cut = (text: string): string =>
  text.length > TEXT_CHARS_MAX ? ownText(`${text.slice(0, TEXT_CHARS_MAX - 1)}…`) : text

/** An address as it is printed, a pid with its creation; untyped callers may give anything. */
export function told(address: Address): string {
  try {
    if (!Pid.is(address)) return cut(formatTarget(address))
    return ownText(`<${address.node}.${address.id}.${address.creation}>`)
  } catch {
    return '?'
  }
}
