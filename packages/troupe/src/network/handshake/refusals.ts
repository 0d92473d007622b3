/**
 * network/handshake/refusals: the codes a handshake may end with, as bytes and as errors.
 *
 * Each error says what happened as seen from its own side. Knows nothing of the order of frames.
 */
import { TroupeError } from '#contract'

/** The number of each code on the wire. Never reused. */
const NUMBERS = Object.freeze({
  COOKIE_MISMATCH: 1,
  NODE_SELF: 2,
  NODE_NAME_MISMATCH: 3,
  NODE_NAME_TAKEN: 4,
  NODE_INCARNATION_OLD: 5,
  NODE_SIMULTANEOUS: 6,
  WIRE_VERSION: 7,
  HANDSHAKE_TIMEOUT: 8,
  HANDSHAKE_INVALID: 9,
})

/** A code that a handshake ends with. */
export type RefusalCode = keyof typeof NUMBERS

/** What somebody who has proven nothing may tell. */
const BARE: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'COOKIE_MISMATCH',
  'WIRE_VERSION',
  'HANDSHAKE_TIMEOUT',
  'HANDSHAKE_INVALID',
])

export const numberOf = (code: RefusalCode): number => NUMBERS[code]

export const isBare = (code: RefusalCode): boolean => BARE.has(code)

export const codeOf = (number: number): RefusalCode | undefined =>
  REFUSAL_CODES.find((code) => NUMBERS[code] === number)

/** All codes, in the order of their numbers. */
export const REFUSAL_CODES = Object.freeze(Object.keys(NUMBERS)) as readonly RefusalCode[]

/** What fills the text of an error. */
export interface RefusalFacts {
  /** The other side as it may be called: by its address, or by its name once proven. */
  readonly node: string
  readonly problem: string
  /** The name that was dialled. */
  readonly wanted: string
  readonly timeoutMs: number
}

/** The error of a code, from the side of whoever makes it. */
export function refusalError(code: RefusalCode, facts: RefusalFacts): TroupeError<RefusalCode> {
  const { node, problem, wanted, timeoutMs } = facts
  switch (code) {
    case 'HANDSHAKE_TIMEOUT':
      return new TroupeError(code, { node, problem, timeoutMs })
    case 'NODE_NAME_MISMATCH':
      return new TroupeError(code, { node, problem, wanted })
    default:
      return new TroupeError(code, { node, problem })
  }
}
