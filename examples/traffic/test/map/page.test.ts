/** What the page makes of frames, without a browser. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Fleet } from '#page/fleet'
import { xOf, yOf } from '#page/projection'
import { summaryOf } from '#page/summary'
import { View } from '#page/view'

const frame = (v: readonly number[], gone: readonly number[] = [], whole = false) => ({
  v,
  gone,
  whole,
  stride: 1,
})

/** Five numbers of a vehicle at this longitude. */
const at = (slot: number, longitude: number, flag = 0) => [slot, longitude * 1e5, 0, 0, flag]

describe('the fleet of the page', () => {
  it('lets go of a vehicle that is told to be gone, and of no other', () => {
    const fleet = new Fleet()
    fleet.take(frame([...at(1, 10), ...at(2, 20)], [], true), 1_000)
    fleet.take(frame([], [1]), 2_000)
    assert.deepEqual([...fleet.vehicles.keys()], [2])
  })

  it('keeps one that is silent, however long: only the server forgets', () => {
    const fleet = new Fleet()
    fleet.take(frame(at(1, 10), [], true), 1_000)
    fleet.take(frame(at(2, 10)), 3_600_000)
    assert.deepEqual([...fleet.vehicles.keys()], [1, 2])
  })

  it('shows all first, wherever they are, but not for a few that are astray', () => {
    const fleet = new Fleet()
    const town = Array.from({ length: 19 }, (_, slot) => at(slot, 10 + slot / 100)).flat()
    fleet.take(frame([...town, ...at(19, -60)], [], true), 1_000)
    assert.equal(fleet.gathering().length, 19)
    fleet.take(frame([...at(20, -60), ...at(21, -60)]), 2_000)
    assert.equal(fleet.gathering().length, 22)
    assert.equal(new Fleet().gathering().length, 0)
  })

  it('gives a vehicle a trail where it went, but never that of the one before in its slot', () => {
    const fleet = new Fleet()
    for (const [step, longitude] of [10, 10.1, 10.2].entries()) {
      fleet.take(frame(at(1, longitude)), 1_000 * step)
    }
    assert.equal(fleet.vehicles.get(1)?.trail.length, 4)
    fleet.take(frame(at(1, 10.3), [1]), 4_000)
    const other = fleet.vehicles.get(1)
    assert.deepEqual([other?.trail, other?.fromX], [[], xOf(10.3)])
  })
})

describe('the sentence about the map', () => {
  const view = new View()
  view.resize(1_000, 500)
  Object.assign(view, { x: xOf(0), y: yOf(0), scale: 36_000 })
  const place = (longitude: number, isEmergency = false) => {
    return { x: xOf(longitude), y: yOf(0), isEmergency }
  }
  // A degree is a hundred pixels: five of them to each side are in view.
  const vehicles = [place(0), place(4.9, true), place(5.1, true), place(-179)]

  it('tells who is in view and how many there are in all', () => {
    assert.equal(
      summaryOf({ vehicles, view, known: 1_200, stride: 1 }),
      'A map. Vehicles in view: 2, in an emergency: 1. Known in all: 1,200.',
    )
  })

  it('says when not every vehicle is shown, and nothing of all before it knows', () => {
    assert.equal(
      summaryOf({ vehicles: [], view, known: undefined, stride: 3 }),
      'A map. One of 3 vehicles is shown. Vehicles in view: 0, in an emergency: 0.',
    )
  })
})
