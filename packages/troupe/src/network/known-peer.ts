/**
 * network/known-peer: a peer as admission sees it, and where and how to see whether it lives.
 */
import type { Clock } from '#base/clock'
import type { Pid, SendFailure, TransportAddress, WireHome } from '#contract'
import type { Admission, Applicant } from '#network/handshake/outcome'
import type { LivenessAddress } from '#network/handshake/terms'
import { admission, type KnownPeer, nameTaken, simultaneous } from './admission.js'
import { clashAtDoor, tellClash } from './name-clash.js'
import type { Peer } from './peer/peer.js'
import { mayBeAsked } from './told-address.js'

/** How often it is looked whether a known node is alive when another claims its name. */
const LOOKS = 50
const LOOK_STEP_MS = 20

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

/** Why no relation with a process can be made: it is not of the life that is known here. */
export function otherLife({ creation }: Peer, of: Pid): SendFailure | undefined {
  if (creation === 0 || creation === of.creation) return undefined
  // Of a later life is known elsewhere already that it has begun.
  return creation < of.creation ? 'NO_CONNECTION' : 'PROCESS_INCARNATION'
}

/** What is asked when somebody has proven itself. */
export interface AdmittingParts {
  readonly home: WireHome
  /** Who is known by this name now. */
  readonly known: () => Peer | undefined
  readonly diallingForMs: (peer: Peer) => number | undefined
}

/** Whether somebody is let in; if need be after a look at whoever has its name. */
export function admit(
  parts: AdmittingParts,
  applicant: Applicant,
  tookMs: number,
): Admission | Promise<Admission> {
  const { home, diallingForMs } = parts
  const known = parts.known()
  if (known === undefined) return admission(home.name, applicant, undefined) as Admission
  const nowMs = home.clock.nowMs()
  const peer = knownPeer(known, nowMs, diallingForMs(known))
  const decision = admission(home.name, applicant, peer, tookMs)
  if (decision.kind !== 'look') {
    tellClash(home, clashAtDoor(applicant, decision, known, nowMs))
    return decision
  }
  return look(known, applicant, home.clock).then((seen) => {
    if (seen === undefined) return admitAnew(parts, applicant, tookMs)
    tellClash(home, clashAtDoor(applicant, seen, known, home.clock.nowMs()))
    return seen
  })
}

/** Who had the name is gone; its next life may have come by another line meanwhile. */
function admitAnew(
  parts: AdmittingParts,
  applicant: Applicant,
  tookMs: number,
): Admission | Promise<Admission> {
  const now = parts.known()
  const isMet = now?.state === 'up' && now.creation === applicant.creation
  return isMet ? simultaneous(applicant.name) : admit(parts, applicant, tookMs)
}

/**
 * Another node claims the name of one that seems to be up: is that one alive? Undefined: it is
 * gone, and there is something else to decide. Looks are counted, not measured: what came while
 * this program was held up is read before the next one.
 */
function look(known: Peer, { name }: Applicant, clock: Clock): Promise<Admission | undefined> {
  const askedMs = clock.nowMs()
  known.session.ping()
  return new Promise((resolve) => {
    let looks = 0
    const again = (): void => {
      looks += 1
      const isAlive = known.state === 'up' && known.session.heardMs > askedMs
      if (known.state === 'down') resolve(undefined)
      else if (looks <= LOOKS) clock.after(LOOK_STEP_MS, again)
      else resolve(isAlive ? nameTaken(name) : { kind: 'fresh' })
    }
    again()
  })
}
