/** map/watch, map/onlooker, map/gallery: pages show who is there, and nobody who is not. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Gallery } from '#traffic/map/gallery'
import { holds, type Viewport, WORLD } from '#traffic/map/viewport'
import { Watch } from '#traffic/map/watch'
import { PositionTable } from '#traffic/store/position-table'

const report = (id: string, latitude: number, longitude: number, receivedAtMs = 1) => ({
  position: { id, latitude, longitude, emergency: false },
  receivedAtMs,
  sequence: 1,
})

const NORTH: Viewport = { west: -180, south: 0, east: 180, north: 90 }

/** A table, and a page that looks at it. */
function scene(viewport = WORLD, { expireAfterMs = 1_000, slotsMax = 20_000 } = {}) {
  const table = new PositionTable({ expireAfterMs })
  const gallery = new Gallery<string>(new Watch(table, slotsMax))
  gallery.enter(1, 'page', viewport)
  /** The next frame of the page; undefined when it gets none. */
  const frame = () => {
    const told: string[] = []
    gallery.show(5, (_page, text) => told.push(text))
    assert.ok(told.length <= 1)
    return told[0] === undefined ? undefined : JSON.parse(told[0])
  }
  return { table, gallery, frame }
}

const slotsOf = ({ v }: { readonly v: readonly number[] }) => v.filter((_, at) => at % 5 === 0)

describe('a page of the map', () => {
  it('gets everybody in its part of the world once, then who has moved', () => {
    const { table, frame } = scene(NORTH)
    table.put(report('a', 10, 1))
    table.put(report('south', -10, 2))
    const first = frame()
    assert.deepEqual([first.whole, slotsOf(first)], [true, [0]])
    assert.equal(frame(), undefined)
    table.put(report('a', 11, 1, 2))
    const next = frame()
    assert.deepEqual([next.whole, next.gone, slotsOf(next)], [false, [], [0]])
  })

  it('is told of a vehicle that was forgotten for its silence', () => {
    const { table, frame } = scene()
    table.put(report('a', 10, 1))
    table.put(report('b', 10, 1))
    frame()
    table.put(report('b', 10, 2, 5_000))
    table.expire(5_000, 100)
    assert.deepEqual(frame().gone, [0])
    assert.equal(frame(), undefined)
  })

  it('is told that the one before is gone when another vehicle has its slot', () => {
    const { table, frame } = scene()
    table.put(report('a', 10, 1))
    frame()
    table.expire(5_000, 100)
    table.put(report('b', 10.0001, 1, 5_000))
    const next = frame()
    assert.deepEqual([next.gone, slotsOf(next)], [[0], [0]])
  })

  it('is not told that one is gone who was forgotten and came again into its slot', () => {
    const { table, frame } = scene()
    table.put(report('a', 10, 1))
    frame()
    table.expire(5_000, 100)
    table.put(report('a', 10, 1, 5_000))
    assert.deepEqual(frame().gone, [])
  })

  it('is told of a vehicle that has left its part of the world, once', () => {
    const { table, frame } = scene(NORTH)
    table.put(report('a', 10, 1))
    frame()
    table.put(report('a', -10, 1, 2))
    assert.deepEqual([frame().gone, frame()], [[0], undefined])
    table.put(report('a', -11, 1, 3))
    assert.equal(frame(), undefined)
    table.put(report('a', 10, 1, 4))
    assert.deepEqual(slotsOf(frame()), [0])
  })

  it('does not miss a report that waited while the clock went on', () => {
    const { table, frame } = scene()
    table.put(report('a', 10, 1, 100))
    frame()
    table.put(report('b', 10, 1, 50))
    assert.deepEqual(slotsOf(frame()), [1])
  })

  it('shows each n-th vehicle, always the same, when there are very many', () => {
    const { table, frame } = scene(WORLD, { slotsMax: 100 })
    for (let i = 0; i < 1_000; i += 1) table.put(report(`v${i}`, 0, i / 10))
    const { stride, v } = frame()
    assert.equal(stride, 10)
    assert.deepEqual(
      slotsOf({ v }),
      Array.from({ length: 100 }, (_, at) => at * 10),
    )
  })

  it('gets everything anew when other vehicles are shown than before', () => {
    const { table, frame } = scene(WORLD, { slotsMax: 2 })
    table.put(report('a', 1, 1))
    table.put(report('b', 1, 1))
    frame()
    table.put(report('c', 1, 1))
    const { whole, stride, v } = frame()
    assert.deepEqual([whole, stride, slotsOf({ v })], [true, 2, [0, 2]])
  })

  it('shows at any time who is in its part of the world, whatever came before', () => {
    const step = fc.record({
      id: fc.nat({ max: 12 }),
      latitude: fc.integer({ min: -2, max: 2 }),
      kind: fc.constantFrom('put', 'put', 'put', 'silence', 'frame'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { table, frame } = scene(NORTH, { slotsMax: 8 })
        const shown = new Set<number>()
        let nowMs = 1
        const look = (): void => {
          const told = frame()
          if (told?.whole) shown.clear()
          for (const slot of told?.gone ?? []) shown.delete(slot)
          for (const slot of slotsOf(told ?? { v: [] })) shown.add(slot)
        }
        for (const { id, latitude, kind } of steps) {
          nowMs += 100
          if (kind === 'frame') look()
          else if (kind === 'silence') table.expire(nowMs + 500, 100)
          else table.put(report(`v${id}`, latitude, 0, nowMs))
        }
        look()
        const there: number[] = []
        for (let slot = 0; slot < table.slots; slot += Math.max(1, Math.ceil(table.slots / 8))) {
          const position = table.at(slot)?.position
          const isThere = position !== undefined && holds(NORTH, position.latitude, 0)
          if (isThere) there.push(slot)
        }
        assert.deepEqual(
          [...shown].sort((left, right) => left - right),
          there,
        )
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})

describe('several pages', () => {
  /** What each page was handed by one show. */
  const shown = (gallery: Gallery<string>) => {
    const handed: Record<string, string> = {}
    gallery.show(5, ({ connection }, text) => {
      handed[connection] = text
    })
    return handed
  }

  it('that show the same part share their frames; a new one gets everything', () => {
    const { table, gallery } = scene(NORTH)
    gallery.enter(2, 'other', NORTH)
    table.put(report('a', 10, 1))
    const first = shown(gallery)
    assert.equal(first['page'], first['other'])
    gallery.enter(3, 'late', NORTH)
    table.put(report('b', 10, 1, 2))
    const next = shown(gallery)
    assert.deepEqual(slotsOf(JSON.parse(next['page'] ?? '')), [1])
    assert.equal(next['other'], next['page'])
    const late = JSON.parse(next['late'] ?? '')
    assert.deepEqual([late.whole, slotsOf(late)], [true, [0, 1]])
  })

  it('get each what lies in their own part', () => {
    const { table, gallery } = scene(NORTH)
    gallery.enter(2, 'south', { ...NORTH, south: -90, north: 0 })
    table.put(report('a', 10, 1))
    table.put(report('b', -10, 1))
    const { page = '', south = '' } = shown(gallery)
    assert.deepEqual([slotsOf(JSON.parse(page)), slotsOf(JSON.parse(south))], [[0], [1]])
  })

  it('of which one is still busy with its frame do not wait for it, nor pile up more', () => {
    const { table, gallery } = scene(NORTH)
    gallery.enter(2, 'slow', NORTH)
    table.put(report('a', 10, 1))
    gallery.show(5, (page) => {
      page.isBusy = page.connection === 'slow'
    })
    for (let step = 1; step <= 3; step += 1) {
      table.put(report('a', 10, step, step + 1))
      assert.deepEqual(Object.keys(shown(gallery)), ['page'])
    }
    const upToDate = [...gallery.upToDate()].map(({ connection }) => connection)
    assert.deepEqual(upToDate, ['page'])
  })

  it('that have missed a frame get everything once they can take it', () => {
    const { table, gallery } = scene(NORTH)
    let taken = (): void => {}
    table.put(report('a', 10, 1))
    gallery.show(5, (page) => {
      page.isBusy = true
      taken = () => {
        page.isBusy = false
      }
    })
    table.put(report('b', 10, 1, 2))
    assert.deepEqual(shown(gallery), {})
    taken()
    const { page = '' } = shown(gallery)
    assert.deepEqual([JSON.parse(page).whole, slotsOf(JSON.parse(page))], [true, [0, 1]])
    assert.deepEqual(shown(gallery), {})
  })

  it('that all need everything at once get it in turn, and each gets it', () => {
    const table = new PositionTable()
    const gallery = new Gallery<string>(new Watch(table), 100)
    for (let i = 0; i < 10; i += 1) table.put(report(`v${i}`, 1, i))
    for (let page = 0; page < 5; page += 1) gallery.enter(page, `page-${page}`, WORLD)
    for (let page = 0; page < 5; page += 1) {
      const handed = shown(gallery)
      assert.deepEqual(Object.keys(handed), [`page-${page}`])
      assert.equal(slotsOf(JSON.parse(handed[`page-${page}`] ?? '')).length, 10)
    }
    assert.deepEqual(shown(gallery), {})
    table.put(report('v1', 2, 2, 2))
    assert.equal(Object.keys(shown(gallery)).length, 5)
  })

  it('are forgotten when they leave', () => {
    const { gallery } = scene()
    gallery.enter(2, 'other', NORTH)
    gallery.leave(1)
    gallery.leave(1)
    assert.equal(gallery.size, 1)
    assert.deepEqual(Object.keys(shown(gallery)), ['other'])
  })
})
