/**
 * runtime/tracing-words: what the tracing of a node says of what it sees, and what it leaves out.
 *
 * Pure but for the spans it is given.
 */
import {
  type Address,
  AUDIT_EVENT,
  DEAD_LETTER_EVENT,
  EventName,
  isOwnName,
  MEMBERSHIP_EVENT,
  NODE_EVENT,
  type OpenSpan,
  type Pid,
  ProcessName,
  REGISTRAR_EVENT,
  SERVICE_EVENT,
  type SpanKind,
  type Target,
  TroupeError,
} from '#contract'
import { Call, Envelope, EVENT, type Origin, TIMER } from './message.js'
import type { Process } from './process.js'

/** A request is answered: what was put off, or handed on, ends with its answer at the latest. */
export function over(span: OpenSpan, call: Call): void {
  call.trace?.answered()
  span.answered()
}

/** Events by which a node speaks with itself. */
const OWN_EVENTS: ReadonlySet<string> = new Set([
  ...[AUDIT_EVENT, DEAD_LETTER_EVENT, MEMBERSHIP_EVENT, NODE_EVENT, REGISTRAR_EVENT],
  SERVICE_EVENT,
])
const ELECTION = 'election/'

/** True for what Troupe does by itself: of that alone no trace begins. */
export function isOwn(to: Address | Target | undefined): boolean {
  if (typeof to === 'string') return isOwnName(to)
  if (EventName.is(to)) return OWN_EVENTS.has(to.name)
  // Untyped callers may give anything as a name.
  if (!ProcessName.is(to) || typeof to.name !== 'string') return false
  return isOwnName(to.name) || to.name.startsWith(ELECTION)
}

export function kindOf(name: string | symbol, from: Origin): SpanKind {
  if (name === TIMER) return 'timer'
  if (name === EVENT) return 'event'
  return from instanceof Call ? 'request' : 'send'
}

/** A sender with a span. */
export function traced(from: Pid | undefined, span: OpenSpan): Envelope {
  const envelope = new Envelope(from, Number.POSITIVE_INFINITY)
  envelope.trace = span
  return envelope
}

/** A handler begins with a message of a trace: what it is about from now on. */
export function handling(process: Process, from: Envelope, span: OpenSpan): Envelope {
  const { program, lineage } = process
  const own = span.delivered(process, program.behaviour.name, lineage.application)
  own.handledBy(process)
  return own === span ? from : traced(from.from, own)
}

/** Of an error its code or its name: its text, or a text that was thrown, may hold a message. */
export function codeOf(thrown: unknown): string {
  if (TroupeError.is(thrown)) return thrown.code
  try {
    if (thrown instanceof Error) return String(thrown.name)
  } catch {
    // A hostile object.
  }
  return typeof thrown
}
