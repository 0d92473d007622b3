/**
 * query/nearest-query: what a request for the nearest vehicles asks, read from its URL.
 *
 * Knows nothing of HTTP beyond the query string. A number is written as in JSON, and how many are
 * wanted with digits alone: what is empty, hexadecimal, padded, signed with a plus, NaN or infinite
 * is refused and not guessed at. Names are taken in any case, or `maxage` would be answered with
 * old vehicles; unknown ones are ignored, as is usual on the web.
 * Limit: `LIMIT_MAX` vehicles in one answer.
 *
 * @source RFC 8259 section 6 (numbers)
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

/** A number as JSON has it; a program that prints 0.0000005 may well print 5e-7. */
export const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** A count: digits, without a zero in front. */
const DIGITS = /^(?:0|[1-9]\d*)$/

/**
 * What these parameters ask for, or which of them is wrong and why.
 *
 * @example parseNearestQuery(new URLSearchParams('lat=30.27&lon=-97.74'))
 */
export function parseNearestQuery(given: URLSearchParams): QueryVerdict {
  const parameters = new URLSearchParams()
  for (const [name, value] of given) parameters.append(name.toLowerCase(), value)
  const latitude = numberOf(parameters, 'lat', LATITUDE)
  if (typeof latitude !== 'number') return latitude
  const longitude = numberOf(parameters, 'lon', LONGITUDE)
  if (typeof longitude !== 'number') return longitude
  const query: Wish = { latitude, longitude, limit: LIMIT_DEFAULT }
  for (const [parameter, spec] of Object.entries(WISHES)) {
    if (!parameters.has(parameter.toLowerCase())) continue
    const number = numberOf(parameters, parameter, spec)
    if (typeof number !== 'number') return number
    spec.take(query, number)
  }
  return { kind: 'nearest', query }
}

type Wish = { -readonly [K in keyof NearestQuery]: NearestQuery[K] }

interface NumberSpec {
  /** True where digits alone are a number. */
  readonly isCount?: boolean
  readonly fits: (number: number) => boolean
  readonly told: string
  /** A number that fits. */
  readonly such: string
}

interface WishSpec extends NumberSpec {
  readonly take: (query: Wish, number: number) => void
}

const LATITUDE: NumberSpec = { fits: isLatitude, told: 'must be from -90 to 90', such: '30.27' }
const LONGITUDE: NumberSpec = {
  fits: isLongitude,
  told: 'must be from -180 to 180',
  such: '-97.74',
}

const isLimit = (number: number): boolean => number >= 1 && number <= LIMIT_MAX

/** What may be left out. */
const WISHES: Readonly<Record<string, WishSpec>> = Object.freeze({
  limit: {
    isCount: true,
    fits: isLimit,
    told: `must be a whole number from 1 to ${LIMIT_MAX}, in digits`,
    such: '10',
    take: (query, number) => {
      query.limit = number
    },
  },
  radius: {
    fits: (number) => number > 0 && number <= RADIUS_M_MAX,
    told: `must be metres above 0 and up to ${RADIUS_M_MAX}`,
    such: '500.5',
    take: (query, number) => {
      query.radiusM = number
    },
  },
  maxAge: {
    fits: (number) => number > 0 && number <= MAX_AGE_SECONDS_MAX,
    told: `must be seconds above 0 and up to ${MAX_AGE_SECONDS_MAX}`,
    such: '30',
    take: (query, number) => {
      query.maxAgeMs = number * 1_000
    },
  },
})

function numberOf(
  parameters: URLSearchParams,
  parameter: string,
  { isCount, fits, told, such }: NumberSpec,
): number | Refused {
  const [text, second] = parameters.getAll(parameter.toLowerCase())
  const refuse = (reason: string): Refused => ({ kind: 'refused', parameter, reason })
  if (text === undefined) return refuse('is missing')
  if (second !== undefined) return refuse('is given more than once')
  if (isCount && !DIGITS.test(text)) return refuse(told)
  if (!NUMBER.test(text))
    return refuse(`must be a decimal number, such as ${such}; no sign but a minus`)
  const number = Number(text)
  return fits(number) ? number : refuse(told)
}
