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
  const rings = features.flatMap(({ geometry }) =>
    geometry.coordinates.flatMap((polygon) =>
      polygon.map((ring) =>
        ring.flatMap(([lon, lat]) => [Math.round(lon * STEPS), Math.round(lat * STEPS)]),
      ),
    ),
  )
  return JSON.stringify(rings)
}
