/**
 * network/handshake/proof: how a side shows that it knows the cookie without telling it.
 *
 * A proof is an HMAC over the role, everything both sides have sent so far, and what ties it to
 * the TLS line it travels on. The role keeps a proof from being sent back to its maker, the nonces
 * in the transcript keep it from being used again. Knows nothing of the frames.
 * Limit: who listens to a line without TLS may try guesses at the cookie; so it has to be random.
 *
 * @source RFC 2104 (HMAC), RFC 5869 (HKDF), RFC 9266 (tls-exporter)
 */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** Who proves: the dialler, the acceptor, or the acceptor that refuses. */
export type ProofRole = 'dial' | 'accept' | 'refuse'

const KEY_BYTES = 32
const KEY_INFO = 'troupe handshake 1'

/** What the handshake proves to know: derived from the cookie and of no use elsewhere. */
export const handshakeKey = (cookie: string): Uint8Array => keyOf(cookie, KEY_INFO)

/** A key of the cookie for one purpose, and of no use for another. */
export const keyOf = (cookie: string, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', Buffer.from(cookie, 'utf8'), '', purpose, KEY_BYTES))

/** The proof of `role` over `transcript`: all frames so far, the last one without its proof. */
export function proofOf(
  key: Uint8Array,
  role: ProofRole,
  transcript: readonly Uint8Array[],
  channelBinding: Uint8Array | undefined,
): Uint8Array {
  const hash = createHash('sha256')
  for (const frame of transcript) hash.update(frame)
  const hmac = createHmac('sha256', key).update(role, 'latin1').update(hash.digest())
  if (channelBinding !== undefined) hmac.update(channelBinding)
  return new Uint8Array(hmac.digest())
}

/** Compares in a time that tells nothing of where two proofs differ. */
export const isSameProof = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right)

/** One array after the other. */
export function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}
