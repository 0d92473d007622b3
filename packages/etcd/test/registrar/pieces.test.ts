/**
 * etcd/test/registrar/pieces: the texts of routes, who may take a name, and who is given up when.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROUTE_LIMITS, seededRandom } from 'troupe/registrar'
import { virtualClock } from 'troupe/testing'
import { beganOf, type HolderLook, lifeOf, NO_HOLDER, thisHolder } from '#etcd/registrar/holder'
import { EtcdKeys } from '#etcd/registrar/keys'
import { OwnRoutes, QUEUE_MAX } from '#etcd/registrar/own-routes'
import { RawRoutes } from '#etcd/registrar/raw-routes'
import { Rival } from '#etcd/registrar/rival'
import {
  readApplication,
  readNode,
  TEXT_BYTES_MAX,
  writeApplication,
  writeNode,
} from '#etcd/registrar/route-text'
import { Suspects } from '#etcd/registrar/suspects'
import { applicationOf, BORN_MS } from './player.js'
import { PLACE } from './stage.js'

const ROUTE = {
  ...{ node: 'a@h', creation: BORN_MS, version: '0.1.0', state: 'up' as const },
  addresses: [{ transport: 'tcp', host: '10.0.0.1', port: 11_144, path: '' }],
  liveness: { host: '10.0.0.1', port: 11_145 },
}
const NODE = {
  ...{ route: ROUTE, life: 'abc', leaseTtlMs: 10_000, isAttaching: false },
  holder: { space: 'here', pid: 7, began: '9' },
}

describe('the text of a route', () => {
  it('is JSON that says its version and can be read back', () => {
    const text = writeNode(NODE)
    assert.equal(JSON.parse(text).version, 1)
    assert.match(text, /^\{"version":1,"node":"a@h","creation":\d+,/)
    const { value } = readNode(Buffer.from(text), 'a@h')
    assert.deepEqual(JSON.parse(JSON.stringify(value)), JSON.parse(JSON.stringify(NODE)))
    const route = applicationOf('shop', { tags: ['blue'], roles: { entry: 'shop-entry' } })
    const shop = Buffer.from(writeApplication(ROUTE, route))
    const read = readApplication(shop, { node: 'a@h', name: 'shop' })
    assert.deepEqual(JSON.parse(JSON.stringify(read.value?.route)), route)
  })

  it('may say more than is known here, in the same version', () => {
    const more = { ...JSON.parse(writeNode(NODE)), zone: 'eu', quota: { cpu: 4 } }
    more.route.weight = 7
    assert.equal(readNode(Buffer.from(JSON.stringify(more)), 'a@h').value?.life, 'abc')
  })

  it('is refused with a code and a problem when it is none', () => {
    const good = JSON.parse(writeNode(NODE))
    const cases: readonly (readonly [string, unknown])[] = [
      ['ROUTE_VERSION', { ...good, version: 2 }],
      ['ROUTE_INVALID', { ...good, version: '1' }],
      ['ROUTE_INVALID', { ...good, node: 'b@h' }],
      ['ROUTE_INVALID', { ...good, creation: -1 }],
      ['ROUTE_INVALID', { ...good, creation: '2025' }],
      ['ROUTE_INVALID', { ...good, life: 7 }],
      ['ROUTE_INVALID', { ...good, route: [] }],
      ['ROUTE_INVALID', { ...good, route: { addresses: 'here', version: '' } }],
      ['ROUTE_INVALID', [good]],
      ['ROUTE_INVALID', null],
      ['ROUTE_INVALID', 7],
    ]
    for (const [code, given] of cases) {
      const text = JSON.stringify(given)
      assert.equal(readNode(Buffer.from(text), 'a@h').code, code, text)
    }
    for (const bytes of [Buffer.from('{"version":1'), Buffer.from([0xff, 0xfe]), Buffer.alloc(0)]) {
      assert.equal(readNode(bytes, 'a@h').code, 'ROUTE_INVALID')
    }
    const large = Buffer.alloc(TEXT_BYTES_MAX + 1, 0x20)
    assert.equal(readNode(large, 'a@h').code, 'VALUE_TOO_LARGE')
    const deep = Buffer.from('['.repeat(200_000))
    assert.equal(readNode(deep, 'a@h').code, 'ROUTE_INVALID')
  })
})

describe('the routes as they stand in etcd', () => {
  it('do not grow beyond the limits, and make room when something goes', () => {
    const keys = new EtcdKeys(PLACE)
    const refused: string[] = []
    const limits = { ...ROUTE_LIMITS, nodesMax: 2, applicationsPerNodeMax: 2, applicationsMax: 3 }
    const raw = new RawRoutes('own@h', keys, (code) => void refused.push(code), limits)
    let revision = 1
    const put = (key: string, text: string): void => {
      revision += 1
      const revisions = { createRevision: revision, modRevision: revision, version: 1 }
      const bytes = { key: Buffer.from(key), value: Buffer.from(text), lease: undefined }
      raw.change({ kind: 'put', entry: { ...bytes, ...revisions } })
    }
    const node = (name: string): void => {
      put(keys.node(name), writeNode({ ...NODE, route: { ...ROUTE, node: name } }))
    }
    const application = (name: string, of: string): void => {
      const life = { node: of, creation: BORN_MS }
      put(keys.application(name, of), writeApplication(life, applicationOf(name)))
    }
    for (const name of ['a@h', 'b@h', 'c@h', 'a@h']) node(name)
    assert.deepEqual([...raw.nodes()], ['a@h', 'b@h'])
    for (const name of ['x', 'y', 'z', 'y']) application(name, 'a@h')
    for (const name of ['x', 'y']) application(name, 'b@h')
    assert.deepEqual([...raw.applicationNames('a@h')], ['x', 'y'])
    assert.deepEqual([...raw.applicationNames('b@h')], ['x'])
    assert.deepEqual(refused, ['ROUTES_FULL', 'ROUTES_FULL', 'ROUTES_FULL'])
    const gone = keys.application('x', 'a@h')
    raw.change({ kind: 'delete', key: Buffer.from(gone), modRevision: revision })
    application('y', 'b@h')
    assert.deepEqual([...raw.applicationNames('b@h')], ['x', 'y'])
  })
})

describe('another program with the same name', () => {
  const entry = {
    ...{ key: Buffer.from('k'), value: Buffer.from(writeNode(NODE)), lease: '7' },
    ...{ createRevision: 5, modRevision: 5, version: 1 },
  }
  const rival = () => new Rival({ entry, node: 'a@h', ttlMs: 1_000, nowMs: 0 })

  it('lives when its lease is lengthened, twice', () => {
    const one = rival()
    const verdicts = [9_000, 8_000, 10_000, 9_000, 10_000].map((leftMs, at) =>
      one.verdict({ nowMs: at * 1_000, leftMs, program: 'unknown' }),
    )
    assert.deepEqual(verdicts, ['wait', 'wait', 'wait', 'wait', 'taken'])
  })

  it('lives when it is there after its lease', () => {
    const one = rival()
    assert.equal(one.verdict({ nowMs: 11_000, leftMs: undefined, program: 'unknown' }), 'wait')
    assert.equal(one.verdict({ nowMs: 12_001, leftMs: undefined, program: 'unknown' }), 'taken')
  })

  it('is over at once when its program can be seen to be gone', () => {
    assert.equal(rival().verdict({ nowMs: 0, leftMs: 9_000, program: 'dead' }), 'over')
    assert.equal(rival().verdict({ nowMs: 0, leftMs: 9_000, program: 'alive' }), 'taken')
  })

  it('can be seen on the same machine only', () => {
    const look: HolderLook = {
      space: () => 'here',
      began: (pid) => (pid === 1 ? undefined : pid === 7 ? '9' : ''),
    }
    const of = (space: string, pid: number, began: string) => lifeOf({ space, pid, began }, look, 3)
    assert.equal(of('here', 7, '9'), 'alive')
    assert.equal(of('here', 7, '8'), 'dead')
    assert.equal(of('here', 8, '9'), 'dead')
    assert.equal(of('here', 1, '9'), 'unknown')
    assert.equal(of('elsewhere', 8, '9'), 'unknown')
    assert.equal(of('here', 3, ''), 'unknown')
    assert.equal(lifeOf(NO_HOLDER, look, 3), 'unknown')
    assert.equal(thisHolder({ ...look, space: () => undefined }, 7), NO_HOLDER)
    assert.deepEqual(thisHolder(look, 7), { space: 'here', pid: 7, began: '9' })
  })

  it('is not gone because the machine does not show the programs of other users', () => {
    const thrower = (code: string) => (): never => {
      throw Object.assign(new Error(code), { code })
    }
    const stat = thrower('ENOENT')
    assert.equal(beganOf(7, { stat, signal: thrower('EPERM') }), undefined)
    assert.equal(beganOf(7, { stat, signal: () => {} }), undefined)
    assert.equal(beganOf(7, { stat, signal: thrower('ESRCH') }), '')
    assert.equal(beganOf(7, { stat: thrower('EACCES'), signal: thrower('ESRCH') }), undefined)
    const line = `7 (a ) b) ${Array.from({ length: 30 }, (_, at) => at + 3).join(' ')}`
    assert.equal(beganOf(7, { stat: () => line, signal: () => {} }), '22')
  })
})

describe('a suspect', () => {
  const graceMs = 30_000
  const make = () => {
    const clock = virtualClock()
    const due: string[] = []
    const random = seededRandom(3)
    const suspects = new Suspects({
      clock,
      random,
      graceMs,
      due: ({ node }) => void due.push(node),
    })
    return { clock, due, suspects }
  }

  it('is given up after its grace, a fifth more or less', async () => {
    const { clock, due, suspects } = make()
    suspects.see(true)
    for (let i = 0; i < 50; i += 1) suspects.add({ node: `n${i}`, creation: 1 })
    await clock.advance(24_000 - 1)
    assert.equal(due.length, 0)
    await clock.advance(6_000)
    const some = due.length
    assert.ok(some > 5 && some < 45, `${some} of 50 after the middle`)
    await clock.advance(6_002)
    assert.equal(due.length, 50)
  })

  it('is not given up in the time in which etcd cannot be seen', async () => {
    const { clock, due, suspects } = make()
    suspects.see(true)
    suspects.add({ node: 'b', creation: 1 }, 10_000)
    await clock.advance(9_000)
    suspects.see(false)
    await clock.advance(86_400_000)
    assert.deepEqual(due, [])
    suspects.see(true)
    await clock.advance(4_999)
    assert.deepEqual(due, [], 'everybody has a moment to come back')
    await clock.advance(1)
    assert.deepEqual(due, ['b'])
  })

  it('that came while etcd could not be seen waits its whole grace afterwards', async () => {
    const { clock, due, suspects } = make()
    suspects.add({ node: 'b', creation: 1 }, 10_000)
    await clock.advance(60_000)
    suspects.see(true)
    await clock.advance(9_999)
    assert.deepEqual(due, [])
    await clock.advance(1)
    assert.deepEqual(due, ['b'])
  })

  it('that is found is not given up', async () => {
    const { clock, due, suspects } = make()
    suspects.see(true)
    suspects.add({ node: 'b', creation: 1 })
    suspects.remove('b')
    await clock.advance(60_000)
    assert.deepEqual(due, [])
    assert.equal(clock.pending(), 0)
  })
})

describe('what a node wants to be known of its applications', () => {
  const make = () => new OwnRoutes(({ name, weight }) => `${name} ${weight}`)
  const texts = (routes: OwnRoutes) => routes.next(100).map(({ name, text }) => text ?? `-${name}`)

  it('is told one by one in order', () => {
    const routes = make()
    routes.put(applicationOf('a', { weight: 1 }))
    routes.put(applicationOf('a', { weight: 2 }))
    routes.remove('a')
    const told: string[] = []
    for (let next = routes.next(100); next.length > 0; next = routes.next(100)) {
      told.push(...texts(routes))
      for (const change of next) routes.sent(change)
    }
    assert.deepEqual(told, ['a 1', 'a 2', '-a'])
  })

  it('is told as it is then when it could not be told in time', () => {
    const routes = make()
    routes.put(applicationOf('a', { weight: 1 }))
    routes.put(applicationOf('b'))
    routes.doubt()
    routes.put(applicationOf('a', { weight: 3 }))
    routes.remove('b')
    assert.deepEqual(texts(routes), ['a 3', '-b'])
  })

  it('does not grow with the changes that wait', () => {
    const routes = make()
    for (let i = 0; i < 3 * QUEUE_MAX; i += 1) routes.put(applicationOf('a', { weight: i }))
    assert.deepEqual(texts(routes), [`a ${3 * QUEUE_MAX - 1}`])
  })

  it('is compared with what etcd has: what is missing or other is told again', () => {
    const routes = make()
    routes.put(applicationOf('a'))
    routes.put(applicationOf('b'))
    for (let next = routes.next(1); next.length > 0; next = routes.next(1)) {
      for (const change of next) routes.sent(change)
    }
    assert.equal(routes.compare(new Map(Object.entries({ a: 'a 100', b: 'b 100' }))), false)
    assert.equal(routes.compare(new Map(Object.entries({ a: 'a 7', strange: 'x' }))), true)
    assert.deepEqual(texts(routes), ['a 100', 'b 100', '-strange'])
  })
})
