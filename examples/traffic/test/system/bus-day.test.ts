/** The replayed day of buses, asked over the network and held to the recording itself. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { BUS_DAY } from '#test/samples'
import { SystemProcess } from '#test/system-process'
import { openRecording } from '#traffic/replay/recording-file'
import type { RecordedRow } from '#traffic/replay/row'

const QUESTIONS = 100
const EARTH_RADIUS_M = 6_371_008.8

interface Place {
  readonly latitude: number
  readonly longitude: number
}

/** Metres along the surface, by the haversine formula; the system goes another way. */
function metresApart(left: Place, right: Place): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const [phi, psi] = [radians(left.latitude), radians(right.latitude)]
  const high = Math.sin((psi - phi) / 2) ** 2
  const wide = Math.sin(radians(right.longitude - left.longitude) / 2) ** 2
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(high + Math.cos(phi) * Math.cos(psi) * wide))
}

/** The last row of each bus, by a plain walk over the recording. */
async function lastPlaces(): Promise<readonly RecordedRow[]> {
  const verdict = await openRecording(BUS_DAY)
  assert.equal(verdict.kind, 'recording')
  const last = new Map<string, RecordedRow>()
  for (const row of verdict.kind === 'recording' ? verdict.recording.rows : []) {
    const before = last.get(row.id)
    if (before === undefined || before.atMs <= row.atMs) last.set(row.id, row)
  }
  return [...last.values()]
}

describe('a replayed day of buses', { timeout: 400_000 }, () => {
  it('answers 100 questions as a plain look at all buses does', async (t) => {
    if (!existsSync(BUS_DAY)) {
      t.diagnostic('../shared/data/austin-buses-2017-04-18.csv.gz is absent: not replayed')
      return
    }
    const buses = await lastPlaces()
    const system = await SystemProcess.start(t, '--replay', BUS_DAY, '--speed', '20000')
    await system.line(/^check: (\d+) of \1 vehicles/)
    for (let asked = 0; asked < QUESTIONS; asked += 1) {
      // Over the city and a little beyond, never on a grid line of it.
      const from = {
        latitude: 30.1 + ((asked * 37) % QUESTIONS) * 0.005_13,
        longitude: -98 + ((asked * 61) % QUESTIONS) * 0.004_71,
      }
      const expected = buses.map((bus) => metresApart(from, bus)).sort((a, b) => a - b)
      const found = await system.nearest(from.latitude, from.longitude)
      assert.equal(found.length, 10)
      for (const [place, { ID, Distance }] of found.entries()) {
        const bus = buses.find(({ id }) => id === ID)
        assert.ok(bus !== undefined, ID)
        // Two ways to calculate, one rounded to a tenth of a metre.
        assert.ok(Math.abs(Distance - metresApart(from, bus)) < 0.2, `${ID} ${Distance}`)
        assert.ok(Math.abs(Distance - (expected[place] ?? 0)) < 0.2, `${place} ${Distance}`)
      }
    }
  })
})
