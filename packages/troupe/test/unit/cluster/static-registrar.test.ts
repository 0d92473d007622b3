/**
 * A registrar from a fixed list, and picks of what registrars answer.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type ApplicationRoute,
  type StaticRegistrarOptions,
  staticRegistrar,
  TroupeError,
  withoutTags,
  withState,
  withTags,
} from 'troupe'
import type { RegistrarHome } from '#contract'
import { met } from '#test/unit/network/meeting-kit'
import { applicationRoute } from './routes.js'

const HOME = { node: 'own@h', creation: 5 } as RegistrarHome
const LIST: StaticRegistrarOptions = {
  nodes: {
    'own@h': 'tcp://127.0.0.1:1',
    'a@h': 'tcp://10.0.0.1:11144',
    'b@h': ['tls://b.example:2', 'tcp://[::1]:3', 'unix:/run/b'],
  },
  applications: [
    { node: 'a@h', name: 'shop', weight: 7, tags: ['blue'], roles: { entry: 'desk' } },
    { node: 'b@h', name: 'shop' },
    { node: 'own@h', name: 'shop' },
  ],
  config: { limit: 'int:5', name: 'x' },
}

describe('a static registrar', () => {
  it('knows what it was told, but for the own node', async () => {
    const registrar = staticRegistrar(LIST)
    assert.deepEqual(registrar.nodes(), [])
    await registrar.start(HOME)
    assert.deepEqual(
      registrar.nodes().map(({ node, creation, state }) => `${node} ${creation} ${state}`),
      ['a@h 0 up', 'b@h 0 up'],
    )
    const b = await registrar.resolve('b@h')
    assert.deepEqual(
      b?.addresses.map(({ transport, host, port, path }) => `${transport} ${host} ${port} ${path}`),
      ['tls b.example 2 ', 'tcp ::1 3 ', 'unix  0 /run/b'],
    )
    const [first, second, ...more] = registrar.applications('shop')
    assert.deepEqual([first?.node, first?.weight, first?.state], ['a@h', 7, 'running'])
    assert.deepEqual([second?.node, second?.weight, second?.mode], ['b@h', 100, 'temporary'])
    assert.deepEqual(more, [])
    assert.deepEqual({ ...registrar.config() }, { limit: 5, name: 'x' })
    const { state, nodes, supports } = registrar.info()
    assert.deepEqual([state, nodes, supports.events], ['connected', 2, false])
    await registrar.stop()
    assert.deepEqual([registrar.nodes(), registrar.config()], [[], {}])
  })

  it('refuses a list that cannot be, where it is made', () => {
    const bad: readonly unknown[] = [
      null,
      { nodes: 7 },
      { nodes: { nohost: 'tcp://x:1' } },
      { nodes: { 'a@h': 'tcp:x:1' } },
      { nodes: { 'a@h': 7 } },
      { applications: 7 },
      { applications: [null] },
      { applications: [{ node: 'a@h', name: 'shop' }] },
      { nodes: { 'a@h': 'tcp://x:1' }, applications: [{ node: 'a@h', name: '' }] },
      { nodes: { 'a@h': 'tcp://x:1' }, applications: [{ node: 'a@h', name: 's', weight: -1 }] },
      { config: { limit: 'int:many' } },
      { config: { 'a/b': 1 } },
    ]
    for (const list of bad) {
      assert.throws(
        () => staticRegistrar(list as StaticRegistrarOptions),
        (thrown) => TroupeError.is(thrown, 'OPTION_INVALID'),
        JSON.stringify(list),
      )
    }
  })

  it('takes a node to those of its list', { timeout: 20_000 }, async (t) => {
    const a = await met(t, 'a@one')
    const registrar = staticRegistrar({ nodes: { 'a@one': a.at }, config: { limit: 3 } })
    const b = await met(t, 'b@two', { registrar })
    assert.equal((await b.node.network.connect('a@one')).state, 'up')
    assert.equal(b.node.cluster.registrar?.kind, 'static')
    assert.equal(b.node.cluster.configItem('limit'), 3)
    const { port } = (await b.node.cluster.resolve('a@one')).addresses[0] ?? {}
    b.node.network.addRoute({ match: 'c@one', host: '127.0.0.1', port: port ?? 1 })
    await assert.rejects(b.node.network.connect('c@one'), (thrown) =>
      TroupeError.is(thrown, 'NO_ROUTE'),
    )
  })
})

describe('picks of application routes', () => {
  const route = (node: string, given: Partial<ApplicationRoute>): ApplicationRoute => ({
    ...applicationRoute('shop', given),
    node,
    nodeState: 'up',
  })
  const ALL = Object.freeze([
    route('a@h', { tags: ['blue', 'eu'] }),
    route('b@h', { tags: ['blue'], state: 'loaded' }),
    route('c@h', { tags: ['green', 'eu'] }),
    route('d@h', {}),
  ])
  const names = (routes: readonly ApplicationRoute[]) => routes.map(({ node }) => node).join(' ')

  it('are by all tags, by none, and by state, one after the other', () => {
    assert.equal(names(withTags(ALL, 'blue')), 'a@h b@h')
    assert.equal(names(withTags(ALL, 'blue', 'eu')), 'a@h')
    assert.equal(names(withTags(ALL)), 'a@h b@h c@h d@h')
    assert.equal(names(withoutTags(ALL, 'green', 'blue')), 'd@h')
    assert.equal(names(withoutTags(ALL)), 'a@h b@h c@h d@h')
    assert.equal(names(withState(ALL, 'running')), 'a@h c@h d@h')
    assert.equal(names(withState(ALL, 'loaded', 'starting')), 'b@h')
    assert.equal(names(withState(withTags(ALL, 'blue'), 'running')), 'a@h')
    assert.equal(ALL.length, 4)
  })
})
