/**
 * mood: how the service treats a request, by chance.
 *
 * Pure. Each ending has a share of the requests; what is left is taken as it should be.
 */

/** The endings that can be asked for, in the order in which their shares are laid out. */
export const TROUBLES = Object.freeze([
  /** Answers 503 and does nothing. */
  'fail',
  /** Reads the request and never answers. */
  'hang',
  /** Closes the socket without an answer. */
  'close',
  /** Takes the emergency and answers when nobody waits any more. */
  'late',
  /** Takes the emergency and answers 503, so that it is reported again. */
  'repeat',
  /** Answers 429 with Retry-After. */
  'throttle',
  /** Answers 422, for good. */
  'refuse',
] as const)
export type Trouble = (typeof TROUBLES)[number]
export type Ending = Trouble | 'take'

/** The share of each trouble, 0 to 1; together at most 1. */
export type Mood = Readonly<Record<Trouble, number>>

/** Every request is taken. */
export const CALM: Mood = Object.freeze({
  fail: 0,
  hang: 0,
  close: 0,
  late: 0,
  repeat: 0,
  throttle: 0,
  refuse: 0,
})

/**
 * The ending for a chance in [0, 1).
 *
 * @example endingOf({ ...CALM, fail: 0.2 }, 0.1) // 'fail'
 */
export function endingOf(mood: Mood, chance: number): Ending {
  let upTo = 0
  for (const trouble of TROUBLES) {
    upTo += mood[trouble]
    if (chance < upTo) return trouble
  }
  return 'take'
}

/** The sum of all shares. */
export const shareOf = (mood: Mood): number =>
  TROUBLES.reduce((sum, trouble) => sum + mood[trouble], 0)
