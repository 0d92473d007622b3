/**
 * store/ballot: the right to write: a term, which opening of a book within it, and whose.
 *
 * Pure. The numbers of a ballot's writes begin at its opening times 2^32, so that all marks of a
 * later ballot are after those of an earlier one, also within a term.
 */
import type { Mark } from '#jobs/job/job'
import { isMark } from './entry.js'

export interface Ballot {
  readonly term: number
  /** Counts from 1; a book that is opened again in the same term has a later one. */
  readonly opening: number
  /** Chosen at random by whoever opens: two that claim the same term cannot both have it. */
  readonly opener: string
  /**
   * Counts how often the opener has asked for promises. What comes late, of an earlier asking, is
   * refused: since then the store may have been lost, or rebuilt.
   */
  readonly session: number
}

export const NO_BALLOT: Ballot = Object.freeze({ term: 0, opening: 0, opener: '', session: 0 })

const OPENING_STEP = 2 ** 32
/** More openings than one term can have; with them marks stay whole numbers. */
export const OPENINGS_MAX = 2 ** 20

/** Before the first mark of this ballot and after the last one of any earlier ballot. */
export const ballotMark = ({ term, opening }: Ballot): Mark => ({
  term,
  sequence: opening * OPENING_STEP,
})

/** Left is before right: below 0. */
export const compareBallots = (left: Ballot, right: Ballot): number =>
  left.term - right.term || left.opening - right.opening

export const isSameOpening = (left: Ballot, right: Ballot): boolean =>
  compareBallots(left, right) === 0 && left.opener === right.opener

export const isSameBallot = (left: Ballot, right: Ballot): boolean =>
  isSameOpening(left, right) && left.session === right.session

/** What another node gives as a ballot, checked. */
export function readBallot(value: unknown): Ballot | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { term, opening, opener, session } = value as Partial<Ballot>
  if (!isMark({ term, sequence: opening }) || typeof opener !== 'string') return undefined
  if (!isMark({ term, sequence: session })) return undefined
  const isPossible = Number(term) >= 1 && Number(opening) >= 1 && Number(opening) <= OPENINGS_MAX
  if (!isPossible || opener.length > 64) return undefined
  return { term: Number(term), opening: Number(opening), opener, session: Number(session) }
}
