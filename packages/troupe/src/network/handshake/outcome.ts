/**
 * network/handshake/outcome: what a handshake is about and what may come of it, as values.
 *
 * Both machines and their driver speak in these words; the policy of a node answers in them.
 */
import type { TroupeError } from '#contract'
import type { WireFlag } from './flags.js'
import type { ResumeWish } from './frames.js'
import type { RefusalCode } from './refusals.js'
import type { HandshakeTerms } from './terms.js'

/** A node, told by its name and its life. */
export interface NodeIdentity {
  readonly name: string
  /** Its birth in milliseconds since 1970. */
  readonly creation: number
}

/** Who has proven itself on a line that was taken, as the policy is asked about it. */
export interface Applicant extends NodeIdentity {
  /** The far end of the line as printed in logs. */
  readonly remote: string
  /** The session of an earlier line it wants to go on with; it may not be its own. */
  readonly resume: ResumeWish | undefined
  readonly terms: HandshakeTerms
  readonly version: number
  /** What both sides can do. */
  readonly flags: ReadonlySet<WireFlag>
}

/** Codes that a policy may refuse with. */
export type AdmissionCode = Extract<
  RefusalCode,
  'NODE_NAME_TAKEN' | 'NODE_INCARNATION_OLD' | 'NODE_SIMULTANEOUS'
>

/**
 * What the policy of the acceptor answers: a new session; the wished one goes on, of which it has
 * received so many bytes; or no, with a sentence for the other side.
 */
export type Admission =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'resume'; readonly receivedBytes: number }
  | { readonly kind: 'refuse'; readonly code: AdmissionCode; readonly detail: string }

/** The session that the line belongs to. */
export interface AgreedSession {
  readonly kind: 'fresh' | 'resume'
  /** 32 hexadecimal digits, the same on both sides. */
  readonly sessionId: string
  /** Bytes of our stream that the other side has received; 0 for a new session. */
  readonly peerReceivedBytes: number
}

/** What two nodes have agreed on. */
export interface Agreement {
  readonly role: 'dialler' | 'acceptor'
  readonly peer: NodeIdentity
  readonly remote: string
  readonly version: number
  readonly flags: ReadonlySet<WireFlag>
  readonly session: AgreedSession
  /** What the other side announced. */
  readonly peerTerms: HandshakeTerms
}

/** Why no agreement came about. */
export interface Refusal {
  readonly error: TroupeError<RefusalCode>
  /** Who ended it: this side, the other one, or the line, which broke. */
  readonly by: 'self' | 'peer' | 'line'
  /** The other side knows the cookie: what it said counts. */
  readonly proven: boolean
  /** What the other side calls itself, so far as it has said. */
  readonly claimed: string | undefined
  /** Somebody who dialled us has gone without a word: a look whether anybody is there. */
  readonly isMute: boolean
  /** Another program was given the name of this node. */
  readonly isTwin: boolean
}

export type Outcome =
  | { readonly kind: 'agreed'; readonly agreement: Agreement }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** What a machine wants done after an input. */
export interface Step {
  /** To be written to the line, in this order. */
  readonly send: readonly Uint8Array[]
  /** The policy is asked about this node; its answer goes to `decide`. */
  readonly ask: Applicant | undefined
  /** The handshake is over. */
  readonly outcome: Outcome | undefined
}

/** Nothing to be done before the next input. */
export const WAIT: Step = Object.freeze({ send: [], ask: undefined, outcome: undefined })

export const sending = (...send: readonly Uint8Array[]): Step => ({ ...WAIT, send })

/** What is told of a handshake in one line of the log. */
export function describeOutcome(outcome: Outcome): string {
  if (outcome.kind === 'agreed') {
    const { role, peer, remote, version, session } = outcome.agreement
    const way = role === 'dialler' ? 'dialled' : 'taken'
    return (
      `connected with ${peer.name} at ${remote} (${way}, wire ${version}, ` +
      `creation ${peer.creation}, ${session.kind} session ${session.sessionId})`
    )
  }
  const { error, by } = outcome.refusal
  const who = { self: 'refused here', peer: 'refused by the other side', line: 'line lost' }[by]
  return `${error.code} (${who}): ${error.message}`
}
