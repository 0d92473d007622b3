/**
 * testing/conformance/registrar-applications: the cases of a registrar about what runs where.
 */
import assert from 'node:assert/strict'
import { type OwnApplicationRoute, TroupeError } from '#contract'
import { applicationOf, type Member, type RegistrarFact } from './registrar-stage.js'

const WHOLE: Partial<OwnApplicationRoute> = Object.freeze({
  mode: 'transient',
  weight: 7,
  tags: ['blue', 'eu'],
  version: '2.1',
  roles: { entry: 'shop-entry', store: 'shop-store' },
})
/** Entries that nobody can keep. */
const BAD: readonly Readonly<Record<string, unknown>>[] = [
  { name: '' },
  { name: 7 },
  { weight: -1 },
  { weight: 1.5 },
  { weight: '100' },
  { state: 'gone' },
  { mode: 'eternal' },
  { tags: 'blue' },
  { tags: [7] },
  { roles: 'none' },
]

const where = (member: Member, name?: string): readonly string[] =>
  member.registrar.applications(name).map((route) => `${route.name} ${route.node}`)

export const APPLICATION_FACTS: readonly RegistrarFact[] = Object.freeze([
  {
    title: 'an application of another node is found with all that is told of it',
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop', WHOLE)
      await a.hears(`application-started shop ${b.node}`)
      const [route] = a.registrar.applications('shop')
      assert.deepEqual(
        { ...route, roles: { ...route?.roles } },
        { ...applicationOf('shop', WHOLE), node: b.node, nodeState: 'up' },
      )
    },
  },
  {
    title: 'the states of an application are told in order, each once',
    play: async (play) => {
      const { a, b } = await play.pair()
      for (const state of ['loaded', 'starting', 'running', 'stopping', 'loaded'] as const) {
        b.put('shop', { state })
        b.put('shop', { state })
      }
      b.remove('shop')
      b.remove('shop')
      await play.fence(b, a)
      const about = `shop ${b.node}`
      assert.deepEqual(a.told(b).slice(1), [
        `application-loaded ${about}`,
        `application-starting ${about}`,
        `application-started ${about}`,
        `application-stopping ${about}`,
        `application-stopped ${about}`,
        `application-unloaded ${about}`,
      ])
      assert.deepEqual(where(a, 'shop'), [])
    },
  },
  {
    title: 'a change of weight, tags or version is told with what holds then, and found',
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop')
      b.put('shop', { weight: 0 })
      b.put('shop', { weight: 0, tags: ['green'] })
      b.put('shop', { weight: 0, tags: ['green'], version: '3' })
      await play.fence(b, a)
      const told = a.events.flatMap((event) =>
        event.kind === 'application-changed' ? [[event.weight, ...event.tags]] : [],
      )
      assert.deepEqual(told, [[0], [0, 'green'], [0, 'green']])
      const [route] = a.registrar.applications('shop')
      assert.equal(route?.weight, 0)
      assert.deepEqual(route?.tags, ['green'])
      assert.equal(route?.version, '3')
    },
  },
  {
    title: 'what is told again and is the same is no news',
    play: async (play) => {
      const { a, b } = await play.pair()
      for (let i = 0; i < 3; i += 1) b.put('shop', WHOLE)
      await play.fence(b, a)
      assert.deepEqual(a.told(b).slice(1), [`application-started shop ${b.node}`])
    },
  },
  {
    title: 'an application of several nodes is found on all of them, by its whole name',
    play: async (play) => {
      const { a, b } = await play.pair()
      const c = await play.begin('c')
      for (const member of [b, c]) {
        member.put('web')
        member.put('web2')
      }
      await play.fence(b, a)
      await play.fence(c, a)
      assert.deepEqual([...where(a, 'web')].sort(), [`web ${b.node}`, `web ${c.node}`])
      assert.deepEqual(where(a, 'we'), [])
      const all = where(a).filter((one) => one.startsWith('web'))
      assert.equal(all.length, 4)
    },
  },
  {
    title: 'a node that comes knows the applications that were there, and is not told of them',
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop', WHOLE)
      await a.hears(`application-started shop ${b.node}`)
      const c = await play.begin('c')
      assert.deepEqual(where(c, 'shop'), [`shop ${b.node}`])
      await play.fence(b, c)
      assert.deepEqual(c.told(b), [])
    },
  },
  {
    title: 'applications of the own node are neither found nor told',
    play: async (play) => {
      const { a, b } = await play.pair()
      a.put('shop')
      await b.hears(`application-started shop ${a.node}`)
      await play.fence(b, a)
      assert.deepEqual(where(a, 'shop'), [])
      assert.deepEqual(a.told(a), [])
    },
  },
  {
    title: 'applications of a node that stops are unloaded before it has left',
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop')
      await a.hears(`application-started shop ${b.node}`)
      await b.stop()
      await a.hears(`node-left ${b.node} left`)
      assert.deepEqual(a.told(b).slice(-2), [
        `application-unloaded shop ${b.node}`,
        `node-left ${b.node} left`,
      ])
      assert.deepEqual(where(a, 'shop'), [])
    },
  },
  {
    title: 'routes on nodes that are well come before those on one that is leaving',
    play: async (play) => {
      const { a, b } = await play.pair()
      const c = await play.begin('c')
      for (const member of [b, c]) member.put('shop')
      await b.leave()
      await play.fence(b, a)
      await play.fence(c, a)
      assert.deepEqual(where(a, 'shop'), [`shop ${c.node}`, `shop ${b.node}`])
      assert.equal(a.registrar.applications('shop')[1]?.nodeState, 'leaving')
    },
  },
  {
    title: 'an application that cannot be kept is OPTION_INVALID and changes nothing',
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop', WHOLE)
      for (const bad of BAD) {
        assert.throws(
          () => b.put('shop', bad as Partial<OwnApplicationRoute>),
          (thrown) => TroupeError.is(thrown, 'OPTION_INVALID'),
          JSON.stringify(bad),
        )
      }
      await play.fence(b, a)
      assert.deepEqual(a.told(b).slice(1), [`application-started shop ${b.node}`])
      assert.equal(a.registrar.applications('shop')[0]?.weight, WHOLE.weight)
    },
  },
] satisfies RegistrarFact[])
