/**
 * cluster/registrar/across: hosts of a list know each other's nodes, whatever the way does.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MISSED_POLLS_MAX } from '#cluster/registrar/across/neighbour'
import { applicationOf, pair, routeOf, Town, type TownHost } from './town.js'

const TWO = '10.0.0.2:4499'
const POLL_MS = 750
const knows = (host: TownHost, server: string, nodes: string): boolean =>
  host.table.told.at(-1) === `up ${server} ${nodes}`.trimEnd()

describe('hosts that list each other', () => {
  it('know each other within 100 ms', async () => {
    const { town, one, two } = pair()
    const ms = await town.until('one knows two', () => knows(one, TWO, 'b'))
    assert.ok(ms < 100, `${ms} ms`)
    assert.ok(knows(two, '10.0.0.1:4499', 'a'))
    assert.deepEqual(one.table.views.get(TWO)?.nodes[0]?.route, routeOf('b@two', '10.0.0.2'))
  })

  it('hear of a change at once, without waiting for a poll', async () => {
    const { town, one, two } = pair()
    await town.until('one knows two', () => knows(one, TWO, 'b'))
    const applications = [applicationOf('shop', 40)]
    two.table.set([{ route: routeOf('b@two', '10.0.0.2'), applications }])
    two.across.changed()
    const told = () => one.table.views.get(TWO)?.nodes[0]?.applications[0]
    const ms = await town.until('one knows the shop', () => told() !== undefined)
    assert.ok(ms < 100, `${ms} ms`)
    assert.deepEqual(told(), applications[0])
  })

  it('hear of a change by a poll when its notice is lost', async () => {
    const { town, one, two } = pair()
    await town.until('one knows two', () => knows(one, TWO, 'b'))
    two.table.set([{ route: routeOf('c@two', '10.0.0.2'), applications: [] }])
    const ms = await town.until('one knows c', () => knows(one, TWO, 'c'))
    assert.ok(ms <= POLL_MS * 1.2, `${ms} ms`)
  })

  it('put nothing while nothing changes', async () => {
    const { town, one } = pair()
    await town.clock.advance(60_000)
    assert.deepEqual(one.table.told, [`up ${TWO} b`])
  })

  it('tell who went, and why', async () => {
    const { town, one, two } = pair()
    await town.until('one knows two', () => knows(one, TWO, 'b'))
    const gone = [{ node: 'b@two', creation: 1_700_000_000_000, cause: 'left' as const }]
    two.table.set([], gone)
    two.across.changed()
    await town.until('b has gone', () => knows(one, TWO, ''))
    assert.deepEqual(one.table.views.get(TWO)?.gone, gone)
  })

  it('exchange a table of 500 nodes in pages of at most 1,200 bytes', async () => {
    const { town, one, two } = pair()
    const nodes = Array.from({ length: 500 }, (_, at) => ({
      route: routeOf(`node-${at}-${town.random.below(2 ** 31)}@two`, '10.0.0.2'),
      applications: [applicationOf(`shop-${town.random.below(2 ** 31)}`)],
    }))
    two.table.set(nodes)
    two.across.changed()
    await town.until('one knows 500', () => one.table.views.get(TWO)?.nodes.length === 500)
    assert.deepEqual(one.table.views.get(TWO)?.nodes, nodes)
    assert.ok(two.left.every(({ bytes }) => bytes.length <= 1_200))
    assert.ok(two.left.filter(({ bytes }) => bytes.length === 1_200).length > 5)
  })

  it('find each other when one starts later, at once', async () => {
    const town = new Town()
    const one = town.open('10.0.0.1', ['a@one'], { hosts: ['10.0.0.2'] })
    await town.clock.advance(60_000)
    town.open('10.0.0.2', ['b@two'], { hosts: ['10.0.0.1'] })
    const ms = await town.until('one knows two', () => knows(one, TWO, 'b'))
    assert.ok(ms < 100, `${ms} ms`)
    assert.deepEqual(one.codes, ['host-silent'])
  })

  it('find each other though their clocks are hours apart', async () => {
    const town = new Town()
    town.network.host('10.0.0.2').skewWall(5 * 3_600_000)
    const one = town.open('10.0.0.1', ['a@one'], { hosts: ['10.0.0.2'] })
    const two = town.open('10.0.0.2', ['b@two'], { hosts: ['10.0.0.1'] })
    const ms = await town.until('they know each other', () => {
      return knows(one, TWO, 'b') && knows(two, '10.0.0.1:4499', 'a')
    })
    assert.ok(ms < 200, `${ms} ms`)
  })

  it('know nothing of a host with another cookie', async () => {
    const town = new Town()
    const one = town.open('10.0.0.1', ['a@one'], { hosts: ['10.0.0.2'] })
    town.open('10.0.0.2', ['b@two'], { hosts: ['10.0.0.1'] }, new Uint8Array(32))
    await town.clock.advance(20_000)
    assert.deepEqual(one.table.told, [])
    assert.ok((one.refused['unproven'] ?? 0) > 10)
    assert.deepEqual(one.codes, ['host-silent'])
  })

  it('lose nothing of a host whose server does not know it all yet', async () => {
    const { town, one, two } = pair()
    await town.until('one knows two', () => knows(one, TWO, 'b'))
    two.table.isWhole = false
    two.table.set([])
    await town.clock.advance(10_000)
    two.table.set([{ route: routeOf('c@two', '10.0.0.2'), applications: [] }])
    await town.until('one knows both', () => knows(one, TWO, 'c,b'))
    two.table.isWhole = true
    await town.until('one knows c alone', () => knows(one, TWO, 'c'))
    assert.ok(one.table.told.every((line) => line === `up ${TWO} c` || line.includes('b')))
  })
})

describe('a host that is not heard', () => {
  it('is suspect after three missed polls, loses nothing, and is well again', async () => {
    const { town, one } = pair()
    await town.until('one knows two', () => knows(one, TWO, 'b'))
    town.network.partition(['10.0.0.1'], ['10.0.0.2'])
    const ms = await town.until('suspect', () => one.table.told.at(-1) === `suspect ${TWO} b`)
    assert.ok(ms > (MISSED_POLLS_MAX - 1) * POLL_MS * 0.85, `${ms} ms`)
    assert.ok(ms < (MISSED_POLLS_MAX + 1) * POLL_MS * 1.15, `${ms} ms`)
    await town.clock.advance(600_000)
    assert.deepEqual(one.table.told, [`up ${TWO} b`, `suspect ${TWO} b`])
    town.network.heal()
    const healedMs = await town.until('well', () => knows(one, TWO, 'b'))
    assert.ok(healedMs < POLL_MS * 1.2, `${healedMs} ms`)
  })

  it('is lost after the grace when others are heard', async () => {
    const { town, one, three } = trio()
    await town.until('all known', () => one.table.views.size === 2)
    town.network.partition(['10.0.0.1', '10.0.0.3'], ['10.0.0.2'])
    await town.until('suspect', () => one.table.told.at(-1) === `suspect ${TWO} b`)
    const ms = await town.until('lost', () => one.table.told.at(-1) === `forget ${TWO}`)
    assert.ok(ms > 29_000 && ms < 32_000, `${ms} ms`)
    await town.until('lost to three, too', () => three.table.views.size === 1, 3_000)
  })

  it('is not lost while it is us who hear nobody', async () => {
    const { town, one, two } = trio()
    await town.until('all known', () => one.table.views.size === 2)
    town.network.partition(['10.0.0.1'], ['10.0.0.2', '10.0.0.3'])
    await town.clock.advance(100_000)
    assert.deepEqual(
      [...one.table.views.values()].map(({ state }) => state),
      ['suspect', 'suspect'],
    )
    assert.ok(two.table.told.includes('forget 10.0.0.1:4499'))
    town.network.heal()
    await town.clock.advance(1_000)
    assert.deepEqual(
      [...one.table.views.values()].map(({ state }) => state),
      ['up', 'up'],
    )
  })

  it('is suspect and never lost while its own questions are heard', async () => {
    const { town, one, two } = trio()
    await town.until('all known', () => one.table.views.size === 2)
    // What one asks of two is lost, and what two asks of one arrives; so do the answers of one.
    const drop = one.left.length
    town.network.block('10.0.0.1', '10.0.0.2')
    await town.clock.advance(100_000)
    assert.ok(one.left.length > drop)
    assert.equal(one.table.views.get(TWO)?.state, 'suspect')
    assert.ok(!one.table.told.includes(`forget ${TWO}`))
    // Two hears neither questions nor answers of one: there the grace ends.
    assert.ok(two.table.told.includes('forget 10.0.0.1:4499'))
  })

  it('was the last one of its host to stop: its nodes have left at once', async () => {
    const { town, one, two } = pair()
    await town.until('one knows two', () => knows(one, TWO, 'b'))
    two.across.farewell(true, { node: 'b@two', creation: 1_700_000_000_000 })
    two.across.stop()
    await town.until('b has left', () => knows(one, TWO, ''))
    assert.deepEqual(
      one.table.views.get(TWO)?.gone.map(({ node, cause }) => `${node} ${cause}`),
      ['b@two left'],
    )
  })

  it('has another server once the old one left: that one has left, and was not lost', async () => {
    const town = new Town()
    const one = town.open('10.0.0.1', ['a@one'], { hosts: ['10.0.0.2'] })
    const two = town.open('10.0.0.2', ['b@two', 'c@two'], { hosts: ['10.0.0.1'] })
    await town.until('one knows two', () => knows(one, TWO, 'b,c'))
    two.across.farewell(false, { node: 'b@two', creation: 1_700_000_000_000 })
    two.across.stop()
    await town.until('b has left', () => knows(one, TWO, 'c'))
    assert.deepEqual(one.table.views.get(TWO)?.gone[0]?.cause, 'left')
    town.open('10.0.0.2', ['c@two'], { hosts: ['10.0.0.1'] })
    await town.clock.advance(5_000)
    assert.deepEqual(new Set(one.table.told.slice(1)), new Set([`up ${TWO} c`]))
  })

  it('is served by another node with the same table: nothing is told', async () => {
    const { town, one, two } = pair()
    await town.until('one knows two', () => knows(one, TWO, 'b'))
    two.across.stop()
    await town.clock.advance(900)
    const successor = town.open('10.0.0.2', ['b@two'], { hosts: ['10.0.0.1'] })
    await town.until('it knows one', () => knows(successor, '10.0.0.1:4499', 'a'))
    await town.clock.advance(20_000)
    assert.deepEqual(one.table.told, [`up ${TWO} b`])
  })

  it('does not become suspect because our own program stood still', async () => {
    const { town, one } = pair()
    await town.until('one knows two', () => knows(one, TWO, 'b'))
    town.network.host('10.0.0.1').freeze()
    await town.clock.advance(60_000)
    town.network.host('10.0.0.1').thaw()
    await town.clock.advance(5_000)
    assert.deepEqual(one.table.told, [`up ${TWO} b`])
  })
})

describe('a bad way', () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`loses, doubles, delays and reorders, and nobody is suspect (${seed})`, async () => {
      const { town, one, two } = pair(seed)
      town.network.set({
        ...{ lossChance: 0.2, duplicateChance: 0.2, reorderChance: 0.3 },
        latencyMs: [5, 60],
      })
      const nodes = Array.from({ length: 60 }, (_, at) => ({
        route: routeOf(`n${at}-${town.random.below(2 ** 31)}@two`, '10.0.0.2'),
        applications: [],
      }))
      await town.until('one knows two', () => one.table.views.has(TWO))
      two.table.set(nodes)
      await town.until('one knows 60', () => one.table.views.get(TWO)?.nodes.length === 60, 5_000)
      await town.clock.advance(60_000)
      assert.deepEqual(
        one.table.told.filter((line) => line.startsWith('suspect')),
        [],
      )
      assert.deepEqual(one.table.views.get(TWO)?.nodes, nodes)
      assert.ok((one.refused['answered-twice'] ?? 0) > 0)
    })
  }
})

function trio() {
  const town = new Town()
  const open = (at: number, name: string): TownHost => {
    const others = [1, 2, 3].filter((other) => other !== at)
    const hosts = others.map((other) => `10.0.0.${other}`)
    return town.open(`10.0.0.${at}`, [`${name}@host${at}`], { hosts })
  }
  return { town, one: open(1, 'a'), two: open(2, 'b'), three: open(3, 'c') }
}
