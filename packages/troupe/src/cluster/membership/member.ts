/**
 * cluster/membership/member: one other node: what is said of it and what was found, as one state.
 *
 * Decides only. The registrar says that a life of a node is somewhere; the detector finds whether
 * it lives. What was found over a connection outweighs what is said, so that no error of discovery
 * removes a member. News of an earlier life never touch a later one.
 *
 * ```text
 * said     found                                                        state
 * up       nothing, or an earlier life gone                             discovering
 * suspect  nothing, or an earlier life gone                             suspect
 * left     nothing                                                      gone
 * any      connected, responding, suspect, unresponsive                 what was found
 * any      gone, this life or a later one                               gone
 * ```
 *
 * @source design 6; elixir-cluster 3.3, 9
 */
import type { DetectorFinding, MemberState } from '#contract'

/** What the registrar says of one life: `left` and `lost` when it is listed no more. */
export type Said = 'nothing' | 'up' | 'suspect' | 'left' | 'lost'
/** What was found of one life. */
export type Found = 'nothing' | DetectorFinding['kind']

/** What is known of a node. */
export interface Member {
  readonly node: string
  readonly said: Said
  readonly saidCreation: number
  readonly saidReason: string
  /** The life of which is said so has said that it goes; it never comes back. */
  readonly leaving: boolean
  readonly found: Found
  readonly foundCreation: number
  readonly foundReason: string
  /** What follows from both; undefined: nothing is known yet. */
  readonly state: MemberState | undefined
  readonly creation: number
  readonly reason: string
}

/** What has happened. `creation` 0: it is not known which life is meant. */
export type MemberInput =
  | {
      readonly kind: 'said'
      readonly said: Exclude<Said, 'nothing'> | 'leaving'
      readonly creation: number
      readonly reason: string
    }
  | { readonly kind: 'found'; readonly finding: DetectorFinding }

/** A state that a life of a node has come into. */
export interface MemberChange {
  readonly creation: number
  readonly state: MemberState
  readonly before: MemberState | undefined
  readonly reason: string
}

/** What follows: what is known from now on, and what is to be told, in this order. */
export interface MemberStep {
  readonly member: Member
  readonly changes: readonly MemberChange[]
}

/** A node of which nothing is known. */
export const unknownMember = (node: string): Member => ({
  ...{ node, said: 'nothing', saidCreation: 0, saidReason: '', leaving: false },
  ...{ found: 'nothing', foundCreation: 0, foundReason: '' },
  ...{ state: undefined, creation: 0, reason: '' },
})

/** There is a connection with a life of it. */
export const isMet = ({ found }: Member): boolean => found !== 'nothing' && found !== 'gone'

/** One turn. */
export function memberStep(member: Member, input: MemberInput): MemberStep {
  const facts = input.kind === 'said' ? withSaid(member, input) : withFound(member, input.finding)
  return facts === member ? { member, changes: [] } : settled(member, facts)
}

function withSaid(member: Member, input: Extract<MemberInput, { kind: 'said' }>): Member {
  const { said, creation, reason } = input
  const isEarlier = creation !== 0 && creation < member.saidCreation
  if (isEarlier) return member
  const isOther = creation !== 0 && creation !== member.saidCreation
  const leaving = said === 'leaving' || (member.leaving && !isOther)
  if (said === 'leaving') {
    const isNews = isOther || member.said === 'nothing'
    const kept = isNews ? { said: 'up' as const, saidReason: reason } : {}
    return { ...member, ...kept, saidCreation: creation || member.saidCreation, leaving }
  }
  const facts: Member = {
    ...member,
    ...{ said, saidCreation: creation || member.saidCreation, saidReason: reason, leaving },
  }
  return said === 'up' && isSeenAgain(facts) ? { ...facts, found: 'nothing' } : facts
}

/** The registrar sees a life that was lost from here, and that has not said that it goes. */
const isSeenAgain = ({ found, foundCreation, saidCreation, leaving }: Member): boolean =>
  found === 'gone' && !leaving && (saidCreation === 0 || saidCreation >= foundCreation)

function withFound(member: Member, finding: DetectorFinding): Member {
  const { kind: found, creation } = finding
  const foundReason = 'reason' in finding ? finding.reason : ANSWERED
  if (found === 'connected') {
    // The network has one connection with a node, and never goes back to an earlier life.
    if (isMet(member) && creation < member.foundCreation) return member
  } else if (!isMet(member) || creation !== member.foundCreation) return member
  return { ...member, found, foundCreation: creation, foundReason }
}

const ANSWERED = 'its loop answers'

/** What state follows from the facts, and what of that is news. */
function settled(before: Member, facts: Member): MemberStep {
  const view = viewOf(facts)
  const member: Member = { ...facts, ...view }
  const { state, creation, reason } = member
  if (state === undefined) return { member, changes: [] }
  // The end of somebody who was never known is no news, and makes no member.
  const isStranger = before.state === undefined && state === 'gone'
  if (isStranger) return { member: { ...facts, state: undefined }, changes: [] }
  const isNewLife = before.creation !== 0 && creation !== before.creation
  const isSame = state === before.state && !isNewLife
  const isOver = before.state === undefined || before.state === 'gone'
  if (isSame || (state === 'gone' && isOver)) return { member, changes: [] }
  if (!isNewLife || isOver) {
    return { member, changes: [{ creation, state, before: before.state, reason }] }
  }
  // Each life that was told of has an end that is told.
  const why = facts.found === 'gone' ? facts.foundReason : 'a later life of it has come'
  const end = {
    creation: before.creation,
    state: 'gone',
    before: before.state,
    reason: why,
  } as const
  const next = { creation, state, before: 'gone', reason } as const
  return { member, changes: state === 'gone' ? [end] : [end, next] }
}

function viewOf(facts: Member): Pick<Member, 'state' | 'creation' | 'reason'> {
  const { said, saidCreation, saidReason, found, foundCreation, foundReason } = facts
  if (isMet(facts)) {
    return { state: found as MemberState, creation: foundCreation, reason: foundReason }
  }
  const isListed = said === 'up' || said === 'suspect'
  const isLater = isListed && saidCreation > foundCreation
  if (found === 'gone' && !isLater) {
    return { state: 'gone', creation: foundCreation, reason: foundReason }
  }
  return { state: STATES[said], creation: saidCreation, reason: saidReason }
}

const STATES: Readonly<Record<Said, MemberState | undefined>> = Object.freeze({
  nothing: undefined,
  up: 'discovering',
  suspect: 'suspect',
  left: 'gone',
  lost: 'gone',
})
