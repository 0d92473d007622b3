/**
 * network/handshake/settings: what a machine has to be given: who we are, the key, limits, chance.
 *
 * Knows nothing of options of users; whoever makes a network fills it in.
 */
import { isNodeName, requireDuration, requireOption, TroupeError } from '#contract'
import { U48_MAX } from './fields.js'
import type { ResumeWish } from './frames.js'
import type { NodeIdentity } from './outcome.js'
import { announced, type HandshakeTerms } from './terms.js'

/** The versions of the wire that this code speaks. */
export const WIRE_VERSION_MIN = 1
export const WIRE_VERSION_MAX = 1

/** Longest time of a whole handshake, in milliseconds, unless told otherwise. */
export const HANDSHAKE_TIMEOUT_MS = 5_000

/** Where a line leads and what ties proofs to it. */
export interface LineFacts {
  /** The far end as printed in logs. */
  readonly remote: string
  readonly channelBinding: Uint8Array | undefined
  /** `tcp`, `tls`, `unix`. */
  readonly transport?: string
}

/** What both sides of a handshake have to be given. */
export interface HandshakeSettings {
  readonly own: NodeIdentity
  /** Of the cookie, by `handshakeKey`. */
  readonly key: Uint8Array
  /** What this node can do, by `maskOf`. */
  readonly flags: bigint
  readonly terms: HandshakeTerms
  /** Cryptographic chance: nonces and session ids. */
  readonly randomBytes: (length: number) => Uint8Array
  /** Longest time of the whole handshake, in milliseconds. */
  readonly timeoutMs: number
  readonly versionMin: number
  readonly versionMax: number
}

/** What a dialler knows in addition. */
export interface DialPlan {
  /** The node that is dialled; undefined: whoever lives there. */
  readonly wanted: string | undefined
  /** The session of an earlier line to go on with. */
  readonly resume: ResumeWish | undefined
}

/** What may be left open. */
export type HandshakeGiven = Omit<HandshakeSettings, 'timeoutMs' | 'versionMin' | 'versionMax'> &
  Partial<Pick<HandshakeSettings, 'timeoutMs' | 'versionMin' | 'versionMax'>>

/** Settings with nothing left open. Throws NODE_NAME_INVALID or OPTION_INVALID. */
export function completeSettings(given: HandshakeGiven): HandshakeSettings {
  const settings: HandshakeSettings = {
    timeoutMs: HANDSHAKE_TIMEOUT_MS,
    versionMin: WIRE_VERSION_MIN,
    versionMax: WIRE_VERSION_MAX,
    ...given,
  }
  const { name, creation } = settings.own
  if (!isNodeName(name)) throw new TroupeError('NODE_NAME_INVALID', { name })
  const isBirth = Number.isInteger(creation) && creation >= 0 && creation <= U48_MAX
  requireOption(isBirth, 'creation', creation, 'give whole milliseconds since 1970')
  requireDuration('handshakeTimeoutMs', settings.timeoutMs)
  return Object.freeze({ ...settings, terms: announced(settings.terms) })
}
