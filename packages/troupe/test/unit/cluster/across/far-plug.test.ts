/**
 * cluster/registrar/across/far-plug: the server of a host hears what is different elsewhere, once.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeFarPlug } from '#cluster/registrar/across/far-plug'
import { type AcrossOptions, completeAcross } from '#cluster/registrar/across/options'
import type { FarPlug, ServerFace } from '#cluster/registrar/embedded/far-plug'
import type { Change } from '#cluster/registrar/embedded/words'
import type { NodeEntry } from '#cluster/registrar/route-table'
import { TroupeError } from '#contract'
import { KEY, PORT, routeOf, Town } from './town.js'

const CREATION = 1_700_000_000_000

/** A server of a host that writes down what it is told. */
class Hall {
  readonly told: string[] = []
  readonly texts: string[] = []
  readonly plug: FarPlug
  near: NodeEntry[]
  far: readonly NodeEntry[] = []
  isSettled = true
  /** Openings of the port that fail. */
  closed = 0
  #taker: (changes: readonly Change[]) => void = () => {}
  readonly #face: ServerFace

  constructor(town: Town, address: string, nodes: readonly string[], options: AcrossOptions) {
    const host = town.network.host(address)
    this.near = nodes.map((node) => ({ route: routeOf(node, address), applications: [] }))
    this.plug = makeFarPlug(completeAcross(options), {
      open: async () => {
        this.closed -= 1
        if (this.closed >= 0) {
          throw new TroupeError('PORT_IN_USE', { transport: 'udp', address: '0.0.0.0:4499' })
        }
        return host.datagrams({ port: PORT, onSide: true })
      },
      lookup: async () => [],
    })
    this.#face = {
      node: nodes[0] ?? '',
      clock: host.sideClock,
      random: town.random,
      randomBytes: (length) => Uint8Array.from({ length }, () => town.random.below(256)),
      farKey: KEY,
      settled: () => this.isSettled,
      entries: () => this.near,
      near: (node) => this.near.find(({ route }) => route.node === node),
      far: () => this.far,
      changed: (taker) => {
        this.#taker = taker
      },
      putFar: ({ route: { node, state } }) => this.told.push(`${node} ${state}`),
      dropFar: (node, cause) => this.told.push(`${node} ${cause}`),
      refused: () => {},
      told: (_code, text) => this.texts.push(text),
    }
  }

  start(): this {
    this.plug.start(this.#face)
    return this
  }

  /** A node of this host goes. */
  remove(node: string, cause: 'left' | 'lost'): void {
    this.near = this.near.filter(({ route }) => route.node !== node)
    this.#taker([{ kind: 'gone', node, creation: CREATION, cause }])
  }
}

const hall = (town: Town, at: number, nodes: readonly string[], others: readonly number[]): Hall =>
  new Hall(town, `10.0.0.${at}`, nodes, { hosts: others.map((other) => `10.0.0.${other}`) })

async function twoHalls() {
  const town = new Town()
  const one = hall(town, 1, ['a@one'], [2]).start()
  const two = hall(town, 2, ['b@two', 'c@two'], [1]).start()
  await town.until('known', () => one.told.length === 2)
  return { town, one, two }
}

describe('the server of a host', () => {
  it('is told the nodes of other hosts, what becomes of them, and nothing twice', async () => {
    const { town, one, two } = await twoHalls()
    two.remove('b@two', 'left')
    await town.until('left', () => one.told.length === 3)
    two.remove('c@two', 'lost')
    await town.until('lost', () => one.told.length === 4)
    await town.clock.advance(10_000)
    assert.deepEqual(one.told, ['b@two up', 'c@two up', 'b@two left', 'c@two lost'])
  })

  it('is told that the nodes of a silent host are suspect, and well again', async () => {
    const { town, one } = await twoHalls()
    town.network.partition(['10.0.0.1'], ['10.0.0.2'])
    await town.until('suspect', () => one.told.length === 4)
    town.network.heal()
    await town.until('well', () => one.told.length === 6)
    assert.deepEqual(one.told.slice(2), [
      ...['b@two suspect', 'c@two suspect'],
      ...['b@two up', 'c@two up'],
    ])
  })

  it('says that it leaves: its own node has left, the others stay', async () => {
    const { town, one, two } = await twoHalls()
    two.remove('b@two', 'left')
    two.plug.stop()
    await town.until('left', () => one.told.length === 3)
    assert.deepEqual(one.told.slice(2), ['b@two left'])
  })

  it('says that nobody is left on its host', async () => {
    const { town, one, two } = await twoHalls()
    two.remove('c@two', 'left')
    two.remove('b@two', 'left')
    two.plug.stop()
    await town.until('left', () => one.told.length === 4)
    assert.deepEqual(new Set(one.told.slice(2)), new Set(['c@two left', 'b@two left']))
  })

  it('says nothing when another one took its place', async () => {
    const { town, one, two } = await twoHalls()
    two.plug.stop()
    await town.clock.advance(1_000)
    assert.equal(one.told.length, 2)
  })

  it('keeps what the server before it knew until the host has spoken', async () => {
    const town = new Town()
    const one = hall(town, 1, ['a@one'], [2])
    one.far = ['b@two', 'd@two'].map((node) => ({
      route: routeOf(node, '10.0.0.2'),
      applications: [],
    }))
    one.start()
    await town.clock.advance(2_000)
    assert.deepEqual(one.told, [])
    hall(town, 2, ['b@two', 'c@two'], [1]).start()
    await town.until('spoken', () => one.told.length === 2)
    assert.deepEqual(one.told, ['c@two up', 'd@two lost'])
  })

  it('doubts what only the server before knew, and then gives it up', async () => {
    const town = new Town()
    const one = hall(town, 1, ['a@one'], [2, 3])
    one.far = [{ route: routeOf('b@two', '10.0.0.2'), applications: [] }]
    one.start()
    await town.until('doubted', () => one.told.length === 1, 5_000)
    await town.clock.advance(200_000)
    assert.deepEqual(one.told, ['b@two suspect'])
    hall(town, 3, ['c@three'], [1]).start()
    await town.until('lost', () => one.told.length === 3, 31_000)
    assert.deepEqual(one.told, ['b@two suspect', 'c@three up', 'b@two lost'])
  })

  it('drops what the server before it knew when no hosts are listed', async () => {
    const town = new Town()
    const one = hall(town, 1, ['a@one'], [])
    one.far = [{ route: routeOf('b@two', '10.0.0.2'), applications: [] }]
    one.start()
    assert.deepEqual(one.told, ['b@two lost'])
  })

  it('tells other hosts what it knows before it is settled, and takes nothing away', async () => {
    const town = new Town()
    const one = hall(town, 1, ['a@one'], [2]).start()
    const two = hall(town, 2, ['b@two'], [1])
    two.isSettled = false
    two.start()
    await town.until('known', () => one.told.length === 1, 1_000)
    two.near = []
    await town.clock.advance(20_000)
    assert.deepEqual(one.told, ['b@two up'])
    two.isSettled = true
    await town.until('lost', () => one.told.length === 2, 1_000)
    assert.deepEqual(one.told, ['b@two up', 'b@two lost'])
  })

  it('has one node of a name that two hosts tell: the later life', async () => {
    const town = new Town()
    const one = hall(town, 1, ['a@one'], [2, 3]).start()
    const two = hall(town, 2, ['b@two'], [])
    const three = hall(town, 3, [], [])
    const route = routeOf('b@two', '10.0.0.3', { creation: CREATION + 1 })
    three.near = [{ route, applications: [] }]
    two.start()
    await town.until('known', () => one.told.length === 1)
    three.start()
    await town.until('known anew', () => one.told.length === 2)
    await town.clock.advance(10_000)
    two.plug.stop()
    await town.clock.advance(10_000)
    assert.deepEqual(one.told, ['b@two up', 'b@two up'])
  })

  it('has one node of a name that two hosts tell: no life in the far future', async () => {
    for (const isFirst of [true, false]) {
      const town = new Town()
      const one = hall(town, 1, ['a@one'], [2, 3]).start()
      const two = hall(town, 2, ['b@two'], [])
      const three = hall(town, 3, [], [])
      const creation = town.clock.wallMs() + 2 * 86_400_000
      three.near = [
        { route: routeOf('b@two', '10.0.0.3', { creation, state: 'leaving' }), applications: [] },
      ]
      const order = isFirst ? [three, two] : [two, three]
      for (const other of order) {
        other.start()
        await town.clock.advance(3_000)
      }
      const after = isFirst ? ['b@two leaving', 'b@two lost', 'b@two up'] : ['b@two up']
      assert.deepEqual(one.told, after, isFirst ? 'told first' : 'told second')
    }
  })

  it('finds a node of a host that is not listed', async () => {
    const { town, one } = await twoHalls()
    hall(town, 3, ['x@10.0.0.3'], []).start()
    const found = await town.clock.until(one.plug.resolve('x@10.0.0.3'))
    assert.equal(found?.route.node, 'x@10.0.0.3')
  })

  it('serves its own host while the port is taken, says so, and tries again', async () => {
    const town = new Town()
    const two = hall(town, 2, ['b@two'], [])
    two.closed = 5
    two.start()
    const one = hall(town, 1, ['a@one'], [2]).start()
    assert.equal(await town.clock.until(two.plug.resolve('a@10.0.0.1')), undefined)
    await town.clock.advance(2_000)
    assert.match(two.texts[0] ?? '', /UDP port 0\.0\.0\.0:4499 does not open/)
    await town.until('known', () => one.told.length === 1)
    assert.ok(town.clock.nowMs() > 2_000)
  })
})
