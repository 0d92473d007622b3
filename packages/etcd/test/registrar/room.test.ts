/**
 * etcd/test/registrar/room: a store with more routes than are kept, and one that cannot be watched.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROUTE_LIMITS, seededRandom } from 'troupe/registrar'
import { virtualClock } from 'troupe/testing'
import type { EtcdClient, KeyValue, WatchEnd } from '#etcd/client/etcd-client'
import { Feed } from '#etcd/registrar/feed'
import { EtcdKeys } from '#etcd/registrar/keys'
import { RouteMirror } from '#etcd/registrar/route-mirror'
import { writeApplication } from '#etcd/registrar/route-text'
import { applicationOf, BORN_MS, World } from './player.js'
import { PLACE } from './stage.js'

/** A mirror with little room, and the store that it shows. */
class Store {
  asked = 0
  readonly mirror: RouteMirror
  readonly #world = new World()
  readonly #keys = new EtcdKeys(PLACE)
  readonly #entries = new Map<string, KeyValue>()
  #revision = 0

  constructor(nodesMax: number, applicationsMax: number) {
    const limits = { ...ROUTE_LIMITS, nodesMax, applicationsMax }
    const verbs = { refuse() {}, missed() {}, found() {}, ownChanged() {} }
    const hasRoom = (): void => {
      this.asked += 1
    }
    const own = { node: 'own@h', creation: 1 }
    this.mirror = new RouteMirror(own, this.#keys, { ...verbs, hasRoom }, limits)
  }

  node(node: string): void {
    this.#put(this.#keys.node(node), this.#world.nodeText(node))
  }

  leaving(node: string): void {
    const text = JSON.stringify({ version: 1, node, creation: BORN_MS })
    this.#put(this.#keys.leaving(node), text)
  }

  application(name: string, node: string): void {
    const text = writeApplication({ node, creation: BORN_MS }, applicationOf(name))
    this.#put(this.#keys.application(name, node), text)
  }

  remove(node: string): void {
    const key = this.#keys.node(node)
    this.#revision += 1
    this.#entries.delete(key)
    const change = { kind: 'delete', key: Buffer.from(key), modRevision: this.#revision } as const
    this.mirror.take([change], this.#revision)
  }

  /** As etcd gives a range: by key. */
  read(): void {
    const entries = [...this.#entries].sort(([one], [other]) => (one < other ? -1 : 1))
    this.mirror.replace(
      entries.map(([, entry]) => entry),
      this.#revision,
    )
  }

  names(): readonly string[] {
    return this.mirror.nodes().map(({ node }) => node)
  }

  #put(key: string, text: string): void {
    this.#revision += 1
    const at = this.#revision
    const entry = {
      ...{ key: Buffer.from(key), value: Buffer.from(text), lease: undefined },
      ...{ createRevision: at, modRevision: at, version: 1 },
    }
    this.#entries.set(key, entry)
    this.mirror.take([{ kind: 'put', entry }], at)
  }
}

describe('a store with more routes than are kept', () => {
  it('is to be read again when there is room for a node that was left out', () => {
    const store = new Store(2, 10)
    for (const node of ['x1@h', 'x2@h', 'real@h']) store.node(node)
    assert.deepEqual(store.names(), ['x1@h', 'x2@h'])
    assert.equal(store.asked, 0)
    store.leaving('x1@h')
    store.remove('x1@h')
    assert.equal(store.asked, 1)
    store.read()
    assert.deepEqual(store.names(), ['x2@h', 'real@h'])
    store.leaving('x2@h')
    store.remove('x2@h')
    assert.equal(store.asked, 1, 'nothing is left out any more')
  })

  it('is to be read again when a suspect makes room', () => {
    const store = new Store(1, 10)
    store.node('x@h')
    store.remove('x@h')
    store.node('real@h')
    assert.deepEqual(store.names(), ['x@h'])
    store.mirror.giveUp({ node: 'x@h', creation: BORN_MS })
    assert.equal(store.asked, 1)
    store.read()
    assert.deepEqual(store.names(), ['real@h'])
  })

  it('gives the applications of nodes that are there their room first', () => {
    const store = new Store(5, 3)
    for (const name of ['a', 'b', 'c', 'd']) store.application(name, 'nobody@h')
    store.node('real@h')
    store.application('shop', 'real@h')
    store.read()
    const known = store.mirror.applications().map(({ name }) => name)
    assert.deepEqual(known, ['shop'])
  })

  it('is read again by a registrar, and what was left out is there', async () => {
    const world = new World()
    const { a } = await world.pair()
    world.etcd.put(world.keys.node('x@suite'), world.nodeText('x@suite'))
    const put = (name: string): void => {
      const text = writeApplication({ node: 'x@suite', creation: BORN_MS }, applicationOf(name))
      world.etcd.put(world.keys.application(name, 'x@suite'), text)
    }
    for (let i = 0; i < ROUTE_LIMITS.applicationsPerNodeMax; i += 1) put(`junk${i}`)
    put('shop')
    await world.pass(1_000)
    assert.equal(a.registrar.applications('shop').length, 0)
    world.etcd.delete({ key: world.keys.application('junk7', 'x@suite') })
    await world.pass(1_000)
    assert.equal(a.registrar.applications('shop').length, 1)
    assert.equal(a.registrar.applications('junk7').length, 0)
  })
})

describe('a range whose watch ends at once', () => {
  const readsOf = async (end: WatchEnd, ms: number): Promise<number> => {
    const clock = virtualClock()
    let reads = 0
    const client = {
      rangeAll: async () => {
        reads += 1
        await new Promise<void>((settle) => void clock.after(1, settle))
        return { keys: [], revision: 5 }
      },
      watch: ({ ended }: Parameters<EtcdClient['watch']>[0]) => {
        clock.soon(() => ended(end))
        return { close() {} }
      },
    } as unknown as EtcdClient
    const taker = { all() {}, change() {}, line() {}, refused() {}, rewound() {} }
    const given = { client, clock, random: seededRandom(1), range: { prefix: 'x/' } }
    const feed = new Feed(given, taker)
    feed.start()
    await clock.advance(ms)
    feed.close()
    assert.equal(clock.pending() <= 1, true)
    return reads
  }

  it('is read again at once, and then more and more slowly', async () => {
    for (const end of [
      { kind: 'compacted', revision: 9 },
      { kind: 'rewound', revision: 3 },
    ] as const) {
      assert.equal(await readsOf(end as unknown as WatchEnd, 10), 2)
      const reads = await readsOf(end as unknown as WatchEnd, 60_000)
      assert.ok(reads >= 8 && reads <= 20, `${end.kind}: read ${reads} times in a minute`)
    }
  })
})
