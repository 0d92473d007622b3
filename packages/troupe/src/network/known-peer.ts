/**
 * network/known-peer: a peer as admission sees it, and where and how to see whether it lives.
 */
import type { Clock } from '#base/clock'
import type { TransportAddress } from '#contract'
import type { Admission, Applicant } from '#network/handshake/outcome'
import type { LivenessAddress } from '#network/handshake/terms'
import { type KnownPeer, nameTaken } from './admission.js'
import type { Peer } from './peer/peer.js'
import { mayBeAsked } from './told-address.js'

/** How long a known node has to show that it is alive when another claims its name. */
const LOOK_MS = 1_000

/** What admission needs of a peer. */
export function knownPeer(peer: Peer, nowMs: number, diallingForMs: number | undefined): KnownPeer {
  const { state, creation, sessionId, agreement, upMs, session } = peer
  const receivedBytes = session.incoming.received
  const { acknowledgedBytes } = session.outgoing
  const dialledHere = agreement?.role === 'dialler'
  const known = state === 'down' ? 'broken' : state
  const bytes = { receivedBytes, acknowledgedBytes }
  const upForMs = nowMs - upMs
  return { state: known, creation, sessionId, ...bytes, diallingForMs, dialledHere, upForMs }
}

/** Where a peer is asked whether it lives: what it told, unless that may not be asked. */
export function askedAt(
  { name, met, agreement }: Peer,
  refused: (node: string, address: TransportAddress) => void,
): LivenessAddress | undefined {
  const told = agreement?.peerTerms.liveness
  if (told === undefined || met === undefined || mayBeAsked(told, met)) return told
  refused(name, { transport: 'udp', ...told, path: '' })
  return undefined
}

/** Another node claims the name of one that seems to be up: is that one alive? */
export function look(known: Peer, { name }: Applicant, clock: Clock): Promise<Admission> {
  const askedMs = clock.nowMs()
  known.session.ping()
  return new Promise((resolve) => {
    clock.after(LOOK_MS, () => {
      const isAlive = known.state === 'up' && known.session.heardMs > askedMs
      resolve(isAlive ? nameTaken(name) : { kind: 'fresh' })
    })
  })
}
