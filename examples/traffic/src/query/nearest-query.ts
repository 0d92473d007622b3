/**
 * query/nearest-query: what a request for the nearest vehicles asks, read from its URL.
 *
 * Knows nothing of HTTP beyond the query string. Numbers are plain decimals: what is empty,
 * hexadecimal, NaN or infinite is refused and not guessed at. Unknown parameters are ignored,
 * as is usual on the web. Limit: `LIMIT_MAX` vehicles in one answer.
 */

import { isLatitude, isLongitude } from '#traffic/packet/position'

/** Vehicles in an answer unless asked otherwise. */
export const LIMIT_DEFAULT = 10

/** The most vehicles one answer may hold. */
export const LIMIT_MAX = 100

/** More than half the way round the earth, in metres: everybody is within it. */
export const RADIUS_M_MAX = 20_100_000

/** The longest age that can be asked for, in seconds: ten years. */
export const MAX_AGE_SECONDS_MAX = 315_360_000

export interface NearestQuery {
  readonly latitude: number
  readonly longitude: number
  readonly limit: number
  /** Metres along the surface; farther ones are left out. Undefined for any distance. */
  readonly radiusM?: number
  /** Milliseconds since a position was received; older ones are left out. */
  readonly maxAgeMs?: number
}

export type QueryVerdict =
  | { readonly kind: 'nearest'; readonly query: NearestQuery }
  | { readonly kind: 'refused'; readonly parameter: string; readonly reason: string }

type Refused = Extract<QueryVerdict, { kind: 'refused' }>

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i

/**
 * What these parameters ask for, or which of them is wrong and why.
 *
 * @example parseNearestQuery(new URLSearchParams('lat=30.27&lon=-97.74'))
 */
export function parseNearestQuery(parameters: URLSearchParams): QueryVerdict {
  const latitude = numberOf(parameters, 'lat', isLatitude, 'must be from -90 to 90')
  if (typeof latitude !== 'number') return latitude
  const longitude = numberOf(parameters, 'lon', isLongitude, 'must be from -180 to 180')
  if (typeof longitude !== 'number') return longitude
  const query: Wish = { latitude, longitude, limit: LIMIT_DEFAULT }
  for (const [parameter, { fits, told, take }] of Object.entries(WISHES)) {
    if (!parameters.has(parameter)) continue
    const number = numberOf(parameters, parameter, fits, told)
    if (typeof number !== 'number') return number
    take(query, number)
  }
  return { kind: 'nearest', query }
}

type Wish = { -readonly [K in keyof NearestQuery]: NearestQuery[K] }

interface WishSpec {
  readonly fits: (number: number) => boolean
  readonly told: string
  readonly take: (query: Wish, number: number) => void
}

const isLimit = (number: number): boolean =>
  Number.isInteger(number) && number >= 1 && number <= LIMIT_MAX

/** What may be left out. */
const WISHES: Readonly<Record<string, WishSpec>> = Object.freeze({
  limit: {
    fits: isLimit,
    told: `must be a whole number from 1 to ${LIMIT_MAX}`,
    take: (query, number) => {
      query.limit = number
    },
  },
  radius: {
    fits: (number) => number > 0 && number <= RADIUS_M_MAX,
    told: `must be metres above 0 and up to ${RADIUS_M_MAX}`,
    take: (query, number) => {
      query.radiusM = number
    },
  },
  maxAge: {
    fits: (number) => number > 0 && number <= MAX_AGE_SECONDS_MAX,
    told: `must be seconds above 0 and up to ${MAX_AGE_SECONDS_MAX}`,
    take: (query, number) => {
      query.maxAgeMs = number * 1_000
    },
  },
})

function numberOf(
  parameters: URLSearchParams,
  parameter: string,
  fits: (number: number) => boolean,
  told: string,
): number | Refused {
  const [text, second] = parameters.getAll(parameter)
  const refuse = (reason: string): Refused => ({ kind: 'refused', parameter, reason })
  if (text === undefined) return refuse('is missing')
  if (second !== undefined) return refuse('is given more than once')
  if (!DECIMAL.test(text)) return refuse('must be a decimal number')
  const number = Number(text)
  return fits(number) ? number : refuse(told)
}
