/**
 * cluster/registrar/across: what was caught on its way and is sent back, or again, changes nothing.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Place } from '#cluster/registrar/across/place'
import { PORT, pair, routeOf, type Town, type TownHost } from './town.js'

const ONE: Place = { host: '10.0.0.1', port: PORT }
const TWO: Place = { host: '10.0.0.2', port: PORT }
const FIND = 1
const DIGEST = 2
const PAGE = 3

const sent = (host: TownHost, kind: number): readonly Uint8Array[] =>
  host.left.filter(({ bytes }) => bytes[5] === kind).map(({ bytes }) => bytes)

/** Lets time pass; whatever is asked of the other host comes back from there at once. */
async function mirrored(town: Town, host: TownHost, from: Place, ms: number): Promise<void> {
  let seen = host.left.length
  for (let passedMs = 0; passedMs < ms; passedMs += 1) {
    await town.clock.advance(1)
    for (; seen < host.left.length; seen += 1) {
      const bytes = host.left[seen]?.bytes
      if (bytes !== undefined && (bytes[5] as number) <= PAGE) host.hand(bytes, from)
    }
  }
}

describe('a question that somebody sends back under the address of who was asked', () => {
  it('takes nothing of a host away that has answered before', async () => {
    const { town, one } = pair()
    await town.until('known', () => one.table.views.size === 1)
    await mirrored(town, one, TWO, 10_000)
    assert.ok((one.refused['reflected'] ?? 0) > 10)
    assert.deepEqual(one.table.told, ['up 10.0.0.2:4499 b'])
    assert.deepEqual(one.codes, [])
  })

  it('does not hide that the host is silent', async () => {
    const { town, one } = pair()
    await town.until('known', () => one.table.views.size === 1)
    town.network.partition([ONE.host], [TWO.host])
    await mirrored(town, one, TWO, 5_000)
    assert.deepEqual(one.table.told, ['up 10.0.0.2:4499 b', 'suspect 10.0.0.2:4499 b'])
  })

  it('does not keep a host from being known that has not answered yet', async () => {
    const { town, one } = pair()
    await mirrored(town, one, TWO, 2_000)
    assert.deepEqual(one.table.told, ['up 10.0.0.2:4499 b'])
  })

  it('does not end the fetching of a table', async () => {
    const { town, one, two } = pair()
    await town.until('known', () => one.table.views.size === 1)
    const nodes = Array.from({ length: 40 }, (_, at) => ({
      route: routeOf(`n${at}@two`, TWO.host),
      applications: [],
    }))
    two.table.set(nodes)
    await mirrored(town, one, TWO, 1_000)
    assert.ok(sent(one, PAGE).length < 20, `${sent(one, PAGE).length} questions for pages`)
    assert.equal(one.table.views.get('10.0.0.2:4499')?.nodes.length, 40)
  })

  it('does not make a node unknown on a host of the list', async () => {
    const { town, one } = pair()
    await town.until('known', () => one.table.views.size === 1)
    const answer = one.across.resolve('b@two')
    await mirrored(town, one, TWO, 100)
    assert.equal(sent(one, FIND).length, 1)
    assert.equal((await town.clock.until(answer))?.node, 'b@two')
  })
})

describe('questions of a host that somebody sends again', () => {
  it('do not use up its share', async () => {
    const { town, one, two } = pair()
    await town.until('known', () => one.table.views.size === 1)
    const [caught] = sent(one, DIGEST)
    assert.ok(caught !== undefined)
    const found = one.across.resolve('b@two')
    for (let count = 0; count < 5_000; count += 1) two.hand(caught, ONE)
    assert.equal(two.refused['replayed'], 5_000)
    const startMs = town.clock.nowMs()
    assert.equal((await town.clock.until(found))?.node, 'b@two')
    assert.ok(town.clock.nowMs() - startMs < 20)
    assert.equal(two.refused['too-many'], undefined)
  })

  it('much later have a small share of their own', async () => {
    const { town, one, two } = pair()
    await town.until('known', () => one.table.views.size === 1)
    const [caught] = sent(one, DIGEST)
    assert.ok(caught !== undefined)
    await town.clock.advance(11_000)
    const before = two.left.length
    for (let count = 0; count < 5_000; count += 1) two.hand(caught, ONE)
    assert.equal(two.left.length - before, 100)
    assert.deepEqual([two.refused['stale'], two.refused['too-many']], [100, 4_900])
    const startMs = town.clock.nowMs()
    assert.equal((await town.clock.until(one.across.resolve('b@two')))?.node, 'b@two')
    assert.ok(town.clock.nowMs() - startMs < 20)
  })
})
