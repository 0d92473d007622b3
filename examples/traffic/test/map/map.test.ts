/** map: what pages are told, and what of the disk they can reach. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { frameJson, vehicleText } from '#traffic/map/frame'
import { landJson, unrolled } from '#traffic/map/land'
import { answerPage, creditOf, readPage } from '#traffic/map/page'
import { holds, viewportOf, WORLD } from '#traffic/map/viewport'

const report = (id: string, latitude: number, longitude: number, receivedAtMs: number) => ({
  position: { id, latitude, longitude, emergency: id === 'e' },
  receivedAtMs,
  sequence: 1,
})

describe('the viewport of a page', () => {
  it('is read from its query, and is the world for anything else', () => {
    assert.deepEqual(viewportOf('bounds=1,2,3,4'), { west: 1, south: 2, east: 3, north: 4 })
    for (const query of [
      '',
      'bounds=',
      'bounds=1,2,3',
      'bounds=1,x,3,4',
      'bounds=1,5,3,4',
      'bounds=1,,3,4',
    ]) {
      assert.equal(viewportOf(query), WORLD, query)
    }
  })

  it('goes across the 180 degree line when its west is above its east', () => {
    const pacific = { west: 170, south: -10, east: -170, north: 10 }
    assert.ok(holds(pacific, 0, 175) && holds(pacific, 0, -175) && holds(pacific, 10, 170))
    assert.ok(!holds(pacific, 0, 0) && !holds(pacific, 11, 175))
  })
})

describe('a frame', () => {
  it('holds five numbers a vehicle, and the slots of those who are gone', () => {
    const shown = [
      { slot: 1, report: report('b', 10, 21, 3_000) },
      { slot: 2, report: report('e', -80, 21, 3_000) },
    ]
    const texts = shown.map((sighting) => vehicleText(sighting, 3_500))
    const frame = { whole: false, stride: 1, gone: [7, 9], shown: texts }
    assert.deepEqual(JSON.parse(frameJson(frame)), {
      whole: false,
      stride: 1,
      gone: [7, 9],
      v: [1, 2_100_000, 1_000_000, 500, 0, 2, 2_100_000, -8_000_000, 500, 1],
    })
  })

  it('never tells an id, which is foreign text', () => {
    const sighting = { slot: 0, report: report('<script>', 1, 1, 1) }
    assert.doesNotMatch(vehicleText(sighting, 1), /script/)
  })
})

describe('a shore', () => {
  it('goes on beyond 180 degrees, and along the pole when it goes around it', () => {
    assert.deepEqual(
      unrolled([
        [170, 60],
        [-170, 60],
        [-170, 70],
        [170, 60],
      ]).map(([lon]) => lon),
      [170, 190, 190, 170],
    )
    const around = unrolled([
      [-180, -70],
      [-60, -70],
      [60, -70],
      [180, -70],
    ])
    assert.deepEqual(around.slice(-2), [
      [180, -90],
      [-180, -90],
    ])
  })

  it('is there for every continent', async () => {
    const rings: readonly (readonly number[])[] = JSON.parse(await landJson())
    assert.ok(rings.length > 100, `${rings.length} rings`)
    for (const ring of rings) {
      for (let at = 2; at < ring.length; at += 2) {
        const [before = 0, here = 0] = [ring[at - 2], ring[at]]
        const isClosing = at >= ring.length - 4
        assert.ok(isClosing || Math.abs(here - before) <= 18_000)
      }
    }
  })
})

describe('the files of the page', () => {
  const ask = async (path: string, init?: RequestInit) =>
    answerPage(await readPage(creditOf(undefined)), new Request(`https://host${path}`, init))

  it('are answered by their exact paths alone', async () => {
    for (const path of ['/map', '/map/main.js', '/map/map.css', '/map/land.json']) {
      assert.equal((await ask(path)).status, 200, path)
    }
    const outside = ['/map/../package.json', '/map/%2e%2e/package.json', '/map/main.d.ts']
    for (const path of [...outside, '/map/main.ts', '/map/tsconfig.json', '/map/x']) {
      assert.equal((await ask(path)).status, 404, path)
    }
    assert.equal((await ask('/map', { method: 'POST' })).status, 405)
  })

  it('have one address: from /map/ their links would lead nowhere', async () => {
    const { status, headers } = await ask('/map/?x=1')
    assert.deepEqual([status, headers?.['location']], [308, '/map?x=1'])
  })

  it('may load nothing from elsewhere, and are not sent twice', async () => {
    const { headers = {}, body } = await ask('/map')
    assert.match(String(headers['content-security-policy']), /default-src 'none'/)
    assert.doesNotMatch(String(body), /https?:|style=|onclick/)
    const etag = String(headers['etag'])
    assert.equal((await ask('/map', { headers: { 'if-none-match': etag } })).status, 304)
  })

  it('credit the recorded buses where these are shown', () => {
    assert.match(creditOf('../shared/data/austin-buses-2017-04-18.csv.gz'), /Cascketta/)
    assert.doesNotMatch(creditOf('mine.csv'), /Cascketta/)
  })
})
