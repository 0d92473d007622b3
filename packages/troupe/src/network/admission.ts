/**
 * network/admission: may a node that has proven itself have a line, and which session is it of.
 *
 * Pure: what is known of the name, who asks, and an answer. Two nodes that dial each other at once
 * keep the line that the one with the lesser name dialled, so that both decide alike. A dial that
 * has taken far longer than the handshake of the other line is no such meeting: it hangs, and the
 * other line is proven.
 *
 * @source ergo-features 19 (simultaneous connect); OTP "Distribution Handshake"
 */
import type { Admission, Applicant } from '#network/handshake/outcome'

/** What is known of the node under this name. */
export interface KnownPeer {
  readonly state: 'dialling' | 'up' | 'broken'
  /** 0 while it has not answered. */
  readonly creation: number
  readonly sessionId: string | undefined
  readonly receivedBytes: number
  /** What it has acknowledged of ours; a wish that knows of less was made before that. */
  readonly acknowledgedBytes: number
  /** It has been dialled from here for so long; undefined while it is not. */
  readonly diallingForMs: number | undefined
  /** The running line was dialled from here, so many milliseconds ago. */
  readonly dialledHere: boolean
  readonly upForMs: number
}

/** What to do: an answer, or to look first whether the known one is alive. */
export type Decision = Admission | { readonly kind: 'look' }

/** Two dials at once meet within this time. */
const SIMULTANEOUS_MS = 5_000
/** A dial takes no more than this and so many times what the handshake of the other line took. */
const DIAL_MS = 1_000
const DIAL_HANDSHAKES = 4

const fresh: Decision = Object.freeze({ kind: 'fresh' })

export function admission(
  own: string,
  applicant: Applicant,
  known: KnownPeer | undefined,
  tookMs = 0,
): Decision {
  if (known === undefined) return fresh
  const isDialling = dialsNow(known, tookMs)
  const { name, creation, resume } = applicant
  if (known.creation > creation) {
    const detail = `a later life of ${name} is known here; this one is over`
    return { kind: 'refuse', code: 'NODE_INCARNATION_OLD', detail }
  }
  const isSameLife = known.creation === creation
  if (isSameLife && resume !== undefined && resume.sessionId === known.sessionId) {
    // It dialled before another line took the place of the broken one.
    const isStale = resume.receivedBytes < known.acknowledgedBytes
    if (isStale || (isDialling && own < name)) return simultaneous(name)
    return { kind: 'resume', receivedBytes: known.receivedBytes }
  }
  if (known.state === 'dialling') return isDialling && own < name ? simultaneous(name) : fresh
  if (isSameLife) {
    const isMeeting = known.state === 'up' && known.dialledHere && known.upForMs < SIMULTANEOUS_MS
    return isMeeting && own < name ? simultaneous(name) : fresh
  }
  return known.state === 'up' ? { kind: 'look' } : fresh
}

/** It is dialled from here, and that may still come to something. */
const dialsNow = ({ diallingForMs }: KnownPeer, tookMs: number): boolean =>
  diallingForMs !== undefined && diallingForMs < DIAL_MS + DIAL_HANDSHAKES * tookMs

/** What is said to a second node of a name that is alive. */
export function nameTaken(name: string): Admission {
  const detail = `another node ${name} is connected and alive; give one of them another name`
  return { kind: 'refuse', code: 'NODE_NAME_TAKEN', detail }
}

/** What is said when another line with it is kept. */
export function simultaneous(name: string): Admission {
  const detail = `both nodes dialled at once; the line to ${name} is being made from here`
  return { kind: 'refuse', code: 'NODE_SIMULTANEOUS', detail }
}
