/**
 * Where nodes stand on the map: none covers another, whatever their number and the width.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  CIRCLE_MAX,
  circle,
  grouped,
  groupsOf,
  labelPlaces,
  type Point,
  usualGroups,
} from '#page/pages/cluster/layout'

const nodesOf = (count: number, hosts: number, applications: readonly string[] = ['jobs']) =>
  Array.from({ length: count }, (_, place) => ({
    node: `worker-${place}@host-${place % hosts}`,
    applications: applications.map((name) => ({ name })),
  }))

/** How near two of them come: at least so far apart, across or down. */
const areApart = (places: readonly Point[], across: number, down: number): boolean =>
  places.every(([x, y], place) =>
    places
      .slice(place + 1)
      .every(([left, top]) => Math.abs(x - left) >= across || Math.abs(y - top) >= down),
  )

describe('a few nodes', () => {
  it('stand on a circle, their cards apart', () => {
    for (let count = 1; count <= CIRCLE_MAX; count += 1) {
      const { places } = circle(count, 690)
      equal(places.length, count)
      ok(areApart(places, 172, 74), `${count} cards are apart`)
    }
  })

  it('have the rate of a line where it covers no card, no label and no other line', () => {
    const { places } = circle(6, 690)
    const pairs = places.flatMap((from, place) =>
      places.slice(place + 1).map((to) => [from, to] as const),
    )
    const found = labelPlaces(pairs, places, 6).filter((place) => place !== undefined)
    ok(found.length >= 3)
    ok(areApart(found, 62, 18))
    for (const [x, y] of found) {
      ok(places.every(([left, top]) => Math.abs(left - x) > 110 || Math.abs(top - y) > 45))
    }
  })
})

describe('many nodes', () => {
  it('stand in groups within the width, none above another', () => {
    for (const [count, width] of [
      [7, 1_000],
      [50, 1_000],
      [200, 1_000],
      [500, 1_000],
      [50, 366],
    ] as const) {
      const groups = groupsOf(nodesOf(count, 4), 'host')
      const { places, labels, height, cellWidth } = grouped(groups, width)
      equal(places.filter((place) => place !== undefined).length, count)
      ok(areApart(places, Math.min(20, cellWidth), 20), `${count} at ${width} are apart`)
      ok(places.every(([x, y]) => x > 0 && x < width && y > 0 && y < height))
      deepEqual(
        labels.map(({ name, count: many }) => [name, many]),
        groups.map(({ name, members }) => [name, members.length]),
      )
    }
  })

  it('are put together by host, unless nearly each has one of its own', () => {
    equal(usualGroups(nodesOf(50, 4)), 'host')
    equal(usualGroups(nodesOf(50, 50)), 'application')
  })

  it('are named by what runs on them and not on all', () => {
    const nodes = [
      ...nodesOf(2, 2, ['jobs', 'web']),
      ...nodesOf(3, 3, ['jobs', 'store', 'cache']),
      ...nodesOf(1, 1, ['jobs']),
    ]
    deepEqual(
      groupsOf(nodes, 'application').map(({ name, members }) => [name, members.length]),
      [
        ['cache, store', 3],
        ['web', 2],
        ['what all have', 1],
      ],
    )
  })

  it('stand in the order of their numbers', () => {
    const [group] = groupsOf(nodesOf(12, 1), 'host')
    deepEqual(group?.members, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })
})
