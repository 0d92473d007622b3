/**
 * map/viewport: which part of the globe a page shows.
 *
 * Pure. West may be above east: then it goes across the 180 degree line.
 */

import { NUMBER } from '#traffic/query/nearest-query'

/** Degrees. */
export interface Viewport {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

export const WORLD: Viewport = Object.freeze({ west: -180, south: -90, east: 180, north: 90 })

/** `west,south,east,north` of a query string; the whole world for what is none. */
export function viewportOf(query: string): Viewport {
  const texts = new URLSearchParams(query).get('bounds')?.split(',') ?? []
  if (!texts.every((text) => NUMBER.test(text))) return WORLD
  const given = texts.map(Number)
  const [west, south, east, north] = given
  const isWhole = given.length === 4 && given.every(Number.isFinite)
  if (!isWhole || west === undefined || south === undefined) return WORLD
  if (east === undefined || north === undefined || south > north) return WORLD
  return { west, south, east, north }
}

/** True for a place within it, its edges included. */
export function holds(viewport: Viewport, latitude: number, longitude: number): boolean {
  const { west, south, east, north } = viewport
  if (latitude < south || latitude > north) return false
  return west <= east
    ? longitude >= west && longitude <= east
    : longitude >= west || longitude <= east
}
