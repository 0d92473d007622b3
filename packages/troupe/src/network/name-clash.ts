/**
 * network/name-clash: what handshakes tell of two programs that say that they are one node.
 *
 * Pure: who is known, who came, what was answered. The one that is known here stays; which of the
 * two is meant nobody can tell but their user.
 *
 * @source OTP "Distribution Handshake" (nok, alive)
 */
import type { NameClash, TransportAddress, WireHome } from '#contract'
import type { Admission, Applicant } from '#network/handshake/outcome'
import type { NotReached } from './dialler.js'
import type { Peer } from './peer/peer.js'
import { hostOf } from './transport/host-port.js'

/** An earlier life that comes so soon after the later one may have been on its way when it died. */
const LATE_MS = 5_000
const HERE = 'here'
const ALIVE = 'another program of that name is connected and alive'
const EARLIER = 'a later life of it is connected, and this earlier one still runs'

/** Somebody was refused here because of the name it has. */
export function clashAtDoor(
  { name, remote, terms }: Applicant,
  decision: Admission,
  known: Peer,
  nowMs: number,
): NameClash | undefined {
  if (decision.kind !== 'refuse') return undefined
  const { code } = decision
  const isEarlier = code === 'NODE_INCARNATION_OLD'
  const isLive = known.state === 'up' && nowMs - known.upMs > LATE_MS
  if (code !== 'NODE_NAME_TAKEN' && !(isEarlier && isLive)) return undefined
  const problem = isEarlier ? EARLIER : ALIVE
  const knownAt = placeOf(known.agreement?.peerTerms.addresses, known.met?.remote ?? '')
  const places = [knownAt, placeOf(terms.addresses, remote)]
  return { kind: 'name-clash', node: name, places, problem }
}

/** Another node would not have this one because of its name, or this one met its own. */
export function clashAtDial(
  own: string,
  dialled: string,
  { problem: { code }, isTwin, remote }: NotReached,
): NameClash | undefined {
  if (isTwin) return twinOf(own, remote, `it answers where ${dialled} was dialled`)
  if (code !== 'NODE_NAME_TAKEN') return undefined
  const problem = `${dialled} is connected with another program of that name`
  return { kind: 'name-clash', node: own, places: [HERE], problem }
}

/** Where it takes lines; one that takes none is told by its host, for its ports change. */
function placeOf(told: readonly TransportAddress[] = [], remote: string): string {
  const [address] = told
  if (address === undefined) return hostOf(remote)
  const { transport, host, port, path } = address
  return `${transport}://${path || `${host}:${port}`}`
}

/** Tells of a clash, if it is one. */
export function tellClash(home: WireHome, clash: NameClash | undefined): void {
  if (clash !== undefined) home.nameClash(clash)
}

/** Another program has the name of this node. */
export const twinOf = (own: string, place: string, problem: string): NameClash => ({
  ...{ kind: 'name-clash', node: own, places: [HERE, place], problem },
})
