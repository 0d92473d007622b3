/**
 * map/land: the shores of the world as rings of degrees, ready for a page.
 *
 * From Natural Earth (public domain) at 1 : 110 million, by the package world-atlas: nothing is
 * fetched from anywhere.
 */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'

/** Degrees are kept in hundredths: about a kilometre, finer than the shores are drawn. */
const STEPS = 100

/** A JSON array of rings, each `[lon, lat, lon, lat, …]` in hundredths of a degree. */
export async function landJson(): Promise<string> {
  const path = createRequire(import.meta.url).resolve('world-atlas/land-110m.json')
  const topology = JSON.parse(await readFile(path, 'utf8'))
  const { features } = feature(topology, topology.objects.land)
  const rings = features.flatMap(({ geometry }) => geometry.coordinates.flat())
  const flat = rings.map((ring) =>
    unrolled(ring).flatMap(([lon, lat]) => [Math.round(lon * STEPS), Math.round(lat * STEPS)]),
  )
  return JSON.stringify(flat)
}

type Place = readonly [longitude: number, latitude: number]

/**
 * A ring whose longitudes go on beyond 180 instead of leaping to the other side of the plane. One
 * that goes around a pole does not come back to where it began; it is closed along the pole.
 */
export function unrolled(ring: readonly Place[]): Place[] {
  const places: Place[] = []
  let turns = 0
  for (const [lon, lat] of ring) {
    const before = places.at(-1)?.[0]
    if (before !== undefined) turns = Math.round((before - lon) / 360)
    places.push([lon + 360 * turns, lat])
  }
  const [first, last] = [places[0], places.at(-1)]
  if (first === undefined || last === undefined || Math.abs(last[0] - first[0]) < 180) return places
  const pole = first[1] < 0 ? -90 : 90
  return [...places, [last[0], pole], [first[0], pole]]
}
