/**
 * The table that every registrar keeps: nodes, applications, and the events of each change.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROUTE_LIMITS, requireApplicationRoute } from '#cluster/registrar/route-check'
import { RouteTable } from '#cluster/registrar/route-table'
import type { NodeRoute } from '#contract'
import { TroupeError } from '#contract'
import { applicationRoute, nodeRoute, told } from './routes.js'

const OWN = { node: 'own@h', creation: 10 }
const A = { node: 'a@h', creation: 1 }

const tableWith = (...nodes: string[]): RouteTable => {
  const table = new RouteTable(OWN)
  for (const node of nodes) table.putNode(nodeRoute(node))
  return table
}
const names = (routes: readonly { readonly node: string }[]) => routes.map(({ node }) => node)

describe('the nodes of a route table', () => {
  it('join once, whatever else is told of them', () => {
    const table = new RouteTable(OWN)
    assert.deepEqual(told(table.putNode(nodeRoute('a@h'))), ['node-joined a@h 1'])
    assert.deepEqual(table.putNode(nodeRoute('a@h', { version: '0.2.0' })), [])
    assert.equal(table.resolve('a@h')?.version, '0.2.0')
    assert.deepEqual(names(table.nodes()), ['a@h'])
    assert.equal(table.resolve('b@h'), undefined)
  })

  it('tell each change of their state once', () => {
    const table = tableWith('a@h')
    assert.deepEqual(told(table.suspect(A)), ['node-suspect a@h 1'])
    assert.deepEqual(table.suspect(A), [])
    assert.equal(table.resolve('a@h')?.state, 'suspect')
    assert.deepEqual(told(table.putNode(nodeRoute('a@h'))), ['node-well a@h 1'])
    assert.deepEqual(told(table.leaving(A)), ['node-leaving a@h 1'])
    assert.deepEqual(table.suspect(A), [], 'who is leaving is not called lost')
    assert.deepEqual(told(table.well(A)), ['node-well a@h 1'])
    const leaving = nodeRoute('b@h', { state: 'leaving' })
    assert.deepEqual(told(table.putNode(leaving)), ['node-joined b@h 1', 'node-leaving b@h 1'])
  })

  it('leave with what ran on them', () => {
    const table = tableWith('a@h')
    table.putApplication(A, applicationRoute('shop'))
    assert.deepEqual(told(table.removeNode(A, 'lost')), [
      'application-unloaded shop a@h 100',
      'node-left a@h 1 lost',
    ])
    assert.deepEqual(table.removeNode(A, 'lost'), [])
    assert.deepEqual(table.applications(), [])
    assert.equal(table.size, 0)
  })

  it('give way to a later life, never to an earlier one', () => {
    const table = tableWith('a@h')
    table.putApplication(A, applicationRoute('shop'))
    assert.deepEqual(told(table.putNode(nodeRoute('a@h', { creation: 2 }))), [
      'application-unloaded shop a@h 100',
      'node-left a@h 1 lost',
      'node-joined a@h 2',
    ])
    assert.deepEqual(table.putNode(nodeRoute('a@h', { version: 'old' })), [])
    assert.deepEqual(table.putApplication(A, applicationRoute('shop')), [])
    assert.deepEqual(table.removeNode(A, 'lost'), [])
    assert.deepEqual(table.suspect(A), [])
    assert.equal(table.resolve('a@h')?.creation, 2)
    assert.deepEqual(table.refused, { NODE_INCARNATION_OLD: 2 })
  })

  it('keep the birth that is known when a route does not tell it', () => {
    const table = tableWith('a@h')
    table.putNode(nodeRoute('a@h', { creation: 0, version: 'x' }))
    assert.equal(table.resolve('a@h')?.creation, 1)
    table.putNode(nodeRoute('b@h', { creation: 0 }))
    assert.deepEqual(table.putNode(nodeRoute('b@h', { creation: 5 })), [])
    assert.equal(table.resolve('b@h')?.creation, 5)
  })

  it('are not the own one; a later life of it is a double, told once', () => {
    const table = new RouteTable(OWN)
    assert.deepEqual(table.putNode(nodeRoute('own@h', { creation: 10 })), [])
    assert.deepEqual(table.putNode(nodeRoute('own@h', { creation: 9 })), [])
    const double = nodeRoute('own@h', { creation: 11 })
    assert.deepEqual(told(table.putNode(double)), ['node-duplicate own@h'])
    assert.deepEqual(table.putNode(double), [])
    assert.deepEqual(table.putApplication(OWN, applicationRoute('shop')), [])
    assert.equal(table.size, 0)
    assert.deepEqual(table.refused, {})
  })
})

describe('the applications of a route table', () => {
  it('tell each state they come into, and changes of weight and tags', () => {
    const table = tableWith('a@h')
    const put = (given: Parameters<typeof applicationRoute>[1]) =>
      told(table.putApplication(A, applicationRoute('shop', given)))
    assert.deepEqual(put({ state: 'loaded' }), ['application-loaded shop a@h 100'])
    assert.deepEqual(put({ state: 'starting' }), ['application-starting shop a@h 100'])
    assert.deepEqual(put({}), ['application-started shop a@h 100'])
    assert.deepEqual(put({}), [])
    assert.deepEqual(put({ weight: 0 }), ['application-changed shop a@h 0'])
    assert.deepEqual(put({ tags: ['blue'] }), ['application-changed shop a@h 100'])
    assert.deepEqual(put({ tags: ['blue'], roles: { a: 'b' } }).length, 1)
    assert.deepEqual(put({ state: 'stopping' }), ['application-stopping shop a@h 100'])
    assert.deepEqual(put({ state: 'loaded' }), ['application-stopped shop a@h 100'])
    assert.deepEqual(told(table.removeApplication(A, 'shop')), [
      'application-unloaded shop a@h 100',
    ])
    assert.deepEqual(table.removeApplication(A, 'shop'), [])
  })

  it('come from nodes that are well first, then leaving, then suspect ones', () => {
    const table = tableWith('d@h', 'c@h', 'b@h', 'a@h')
    for (const node of names(table.nodes())) {
      table.putApplication({ node, creation: 1 }, applicationRoute('shop'))
    }
    assert.deepEqual(names(table.applications('shop')), ['a@h', 'b@h', 'c@h', 'd@h'])
    table.suspect(A)
    table.leaving({ node: 'b@h', creation: 1 })
    assert.deepEqual(names(table.applications('shop')), ['c@h', 'd@h', 'b@h', 'a@h'])
    assert.equal(table.applications('shop').at(-1)?.nodeState, 'suspect')
    assert.deepEqual(names(table.applications()), ['c@h', 'd@h', 'b@h', 'a@h'])
    table.well(A)
    assert.equal(table.applications('shop')[0]?.node, 'a@h')
  })

  it('are found by their whole name', () => {
    const table = tableWith('a@h')
    table.putApplication(A, applicationRoute('web'))
    table.putApplication(A, applicationRoute('web2'))
    assert.deepEqual(
      table.applications('web').map(({ name }) => name),
      ['web'],
    )
    assert.equal(table.applications().length, 2)
  })

  it('of a node that is not known, or of another life of it, are refused', () => {
    const table = tableWith('a@h')
    assert.deepEqual(table.putApplication({ node: 'x@h', creation: 1 }, applicationRoute('s')), [])
    assert.deepEqual(table.putApplication({ ...A, creation: 2 }, applicationRoute('s')), [])
    assert.deepEqual(table.refused, { NODE_UNKNOWN: 2 })
  })
})

describe('a snapshot in a route table', () => {
  it('tells the difference and nothing else', () => {
    const table = tableWith('a@h', 'b@h', 'c@h')
    table.putApplication(A, applicationRoute('shop'))
    table.putApplication(A, applicationRoute('old'))
    table.leaving({ node: 'c@h', creation: 1 })
    const nodes = [nodeRoute('a@h'), nodeRoute('d@h')]
    const applications = [
      { node: 'a@h', ...applicationRoute('shop', { weight: 7 }) },
      { node: 'd@h', ...applicationRoute('new') },
    ]
    assert.deepEqual(told(table.replace({ nodes, applications })), [
      'node-left b@h 1 lost',
      'node-left c@h 1 left',
      'node-joined d@h 1',
      'application-unloaded old a@h 100',
      'application-changed shop a@h 7',
      'application-started new d@h 100',
    ])
    assert.deepEqual(table.replace({ nodes, applications }), [])
  })

  it('is made of what another table has', () => {
    const table = tableWith('a@h')
    table.putApplication(A, applicationRoute('shop'))
    const [entry] = table.entries()
    assert.deepEqual(entry, {
      route: nodeRoute('a@h'),
      applications: [applicationRoute('shop')],
    })
  })

  it('takes the last life of a node, and keeps a later one that is known', () => {
    const table = new RouteTable(OWN)
    const lives = [3, 4, 2].map((creation) => nodeRoute('a@h', { creation }))
    const shop = { node: 'a@h', ...applicationRoute('shop') }
    assert.deepEqual(told(table.replace({ nodes: lives, applications: [shop] })), [
      'node-joined a@h 4',
      'application-started shop a@h 100',
    ])
    const stale = { nodes: [nodeRoute('a@h', { creation: 3 })], applications: [] }
    assert.deepEqual(table.replace(stale), [])
    assert.equal(table.resolve('a@h')?.creation, 4)
    assert.equal(table.applications('shop').length, 1)
  })

  it('of anything at all is refused piece by piece', () => {
    const table = tableWith()
    const bad = [null, 7, {}, { node: 'x' }] as unknown as NodeRoute[]
    table.replace({ nodes: bad, applications: bad as never })
    table.replace({ nodes: undefined as never, applications: 'x' as never })
    assert.deepEqual(table.refused, { ROUTE_INVALID: 8 })
    assert.equal(table.size, 0)
  })
})

describe('a route', () => {
  const refusedBy = (table: RouteTable) => Object.values(table.refused).reduce((a, b) => a + b, 0)

  it('beyond a limit is refused and counted', () => {
    const limits = { ...ROUTE_LIMITS, nodesMax: 2, applicationsPerNodeMax: 1, applicationsMax: 2 }
    const table = new RouteTable(OWN, limits)
    for (const node of ['a@h', 'b@h', 'c@h']) table.putNode(nodeRoute(node))
    assert.deepEqual(names(table.nodes()), ['a@h', 'b@h'])
    table.putApplication(A, applicationRoute('one'))
    table.putApplication(A, applicationRoute('two'))
    table.putApplication(A, applicationRoute('one', { weight: 1 }))
    assert.deepEqual(table.refused, { ROUTES_FULL: 2 })
    table.removeNode(A, 'left')
    assert.equal(table.putNode(nodeRoute('c@h')).length, 1, 'there is room again')
    const c = { node: 'c@h', creation: 1 }
    assert.equal(table.putApplication(c, applicationRoute('three')).length, 1)
  })

  it('of a node that cannot be kept is refused', () => {
    const table = new RouteTable(OWN)
    const long = 'x'.repeat(ROUTE_LIMITS.nameLengthMax)
    const address = { transport: 'tcp', host: 'h', port: 1, path: '' }
    const bad: Record<string, unknown>[] = [
      { node: 'nohost' },
      { node: `${long}@h` },
      { creation: -1 },
      { creation: 1.5 },
      { addresses: 'x' },
      { addresses: new Array(ROUTE_LIMITS.addressesMax + 1).fill(address) },
      { addresses: [{ ...address, port: 70_000 }] },
      { addresses: [{ ...address, path: 'x'.repeat(ROUTE_LIMITS.pathLengthMax + 1) }] },
      { liveness: { host: '', port: 1 } },
      { version: 5 },
      { state: 'gone' },
    ]
    for (const one of bad) table.putNode(nodeRoute('a@h', one))
    assert.equal(table.size, 0)
    assert.equal(refusedBy(table), bad.length)
    const hostile = new Proxy({}, { get: () => assert.fail('read') })
    table.putNode(hostile as NodeRoute)
    assert.equal(refusedBy(table), bad.length + 1)
  })

  it('of an application that cannot be kept is refused', () => {
    const table = tableWith('a@h')
    const long = 'x'.repeat(ROUTE_LIMITS.nameLengthMax + 1)
    const bad: Record<string, unknown>[] = [
      { name: '' },
      { name: long },
      { weight: -1 },
      { weight: 0.5 },
      { weight: '1' },
      { tags: [long] },
      { tags: new Array(ROUTE_LIMITS.tagsMax + 1).fill('t') },
      { roles: { [long]: 'x' } },
      { roles: null },
      { state: 'gone' },
      { mode: 'x' },
      { version: undefined },
    ]
    for (const one of bad) table.putApplication(A, applicationRoute('shop', one))
    assert.equal(table.applications().length, 0)
    assert.deepEqual(table.refused, { ROUTE_INVALID: bad.length })
    for (const one of bad) {
      const put = () => requireApplicationRoute(applicationRoute('shop', one))
      assert.throws(put, (error) => TroupeError.is(error, 'OPTION_INVALID'))
    }
  })

  it('is a copy with the fields it has to have, and cannot be changed', () => {
    const table = new RouteTable(OWN)
    const given = JSON.parse('{"__proto__":"p","x":"y"}') as Record<string, string>
    table.putNode({ ...nodeRoute('a@h'), more: 1 } as NodeRoute)
    table.putApplication(A, applicationRoute('shop', { roles: given }))
    const route = table.resolve('a@h') as NodeRoute
    assert.equal('more' in route, false)
    assert.ok(Object.isFrozen(route) && Object.isFrozen(route.addresses[0]))
    const [shop] = table.applications('shop')
    assert.equal(Object.getPrototypeOf(shop?.roles), Object.prototype)
    assert.deepEqual(Object.keys(shop?.roles ?? {}), ['__proto__', 'x'])
  })
})
