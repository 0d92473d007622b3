/**
 * tracing/trace-context: the ids of a trace as they travel, read with care and written.
 *
 * Between nodes it is one text: the `traceparent`, and behind a space the `tracestate` if there is
 * one. What comes may be anything: it is a trace context or undefined, never an error.
 * Limit: 512 characters and 32 members of `tracestate`; members beyond are left out from the end.
 *
 * @source W3C Trace Context 3.2, 3.3
 */
import type { TraceHeaders } from '#contract'
import { ownText } from './own-text.js'

/** What of a trace travels. */
export interface TraceContext {
  readonly traceId: string
  readonly spanId: string
  /** False: it is carried on, and nothing of it is kept. */
  readonly isSampled: boolean
  readonly state: string | undefined
}

const PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const MEMBER = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/
/** A later version may be longer; nobody needs this much. */
const PARENT_CHARS_MAX = 256
const STATE_CHARS_MAX = 512
const STATE_MEMBERS_MAX = 32
/** Of what comes so much is looked at, whatever of it is kept. */
const GIVEN_CHARS_MAX = 8_192

/** Reads the text that comes from another node. */
export function readContext(text: unknown): TraceContext | undefined {
  if (typeof text !== 'string' || text.length > GIVEN_CHARS_MAX) return undefined
  const space = text.indexOf(' ')
  if (space < 0) return readHeaders({ traceparent: text })
  return readHeaders({ traceparent: text.slice(0, space), tracestate: text.slice(space + 1) })
}

/** Reads the headers of a request. */
export function readHeaders({ traceparent, tracestate }: TraceHeaders): TraceContext | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > PARENT_CHARS_MAX) return undefined
  const [, version, traceId = '', spanId = '', flags = '', more] = PARENT.exec(traceparent) ?? []
  if (version === undefined || version === 'ff') return undefined
  // The first version has nothing behind the flags.
  if (version === '00' && more !== undefined) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  const isSampled = (Number.parseInt(flags, 16) & 1) === 1
  // The ids outlive the header, which may be a part of something large.
  return {
    traceId: ownText(traceId),
    spanId: ownText(spanId),
    isSampled,
    state: readState(tracestate),
  }
}

/** What others keep in a trace; undefined when there is nothing or one member cannot be. */
function readState(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > GIVEN_CHARS_MAX) return undefined
  const kept: string[] = []
  const keys = new Set<string>()
  let chars = -1
  for (const given of text.split(',')) {
    const member = given.replace(/^[ \t]+|[ \t]+$/g, '')
    if (member === '') continue
    const key = member.slice(0, member.indexOf('='))
    if (!MEMBER.test(member) || keys.has(key)) return undefined
    keys.add(key)
    chars += member.length + 1
    if (chars > STATE_CHARS_MAX || kept.length === STATE_MEMBERS_MAX) break
    kept.push(member)
  }
  return kept.length === 0 ? undefined : ownText(kept.join(','))
}

/** The header of the version that everybody reads. */
export function writeParent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
}

/** What travels to another node. */
export const writeContext = (context: TraceContext): string =>
  context.state === undefined ? writeParent(context) : `${writeParent(context)} ${context.state}`

const DEPTH = /^troupe=(\d{1,6})(?:,|$)/

/** A state that tells other nodes how many steps there were; the first of its members. */
export const withDepth = (state: string | undefined, depth: number): string =>
  state === undefined ? `troupe=${depth}` : `troupe=${depth},${state}`

/** The two apart again. */
export function depthOf({ state }: TraceContext): { depth: number; state: string | undefined } {
  const [whole = '', depth = '0'] = DEPTH.exec(state ?? '') ?? []
  const rest = state?.slice(whole.length) ?? ''
  return { depth: Number(depth), state: rest === '' ? undefined : rest }
}

/** The headers of a request to the outside; takes what `writeContext` gave. */
export function headersOf(text: string): TraceHeaders {
  const space = text.indexOf(' ')
  if (space < 0) return { traceparent: text }
  return { traceparent: text.slice(0, space), tracestate: text.slice(space + 1) }
}
