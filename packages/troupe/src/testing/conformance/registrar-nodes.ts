/**
 * testing/conformance/registrar-nodes: the cases of a registrar about who is there, and where.
 */
import assert from 'node:assert/strict'
import { type ErrorCode, type NodeRoute, TroupeError } from '#contract'
import type { Member, RegistrarFact } from './registrar-stage.js'

const CROWD = 12
const LATER_MS = 60_000

const names = (member: Member): readonly string[] =>
  member.registrar
    .nodes()
    .map(({ node }) => node)
    .sort()

/** Waits for a refusal with a code. */
export async function refused(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(TroupeError.is(thrown, code), `it rejects with ${code}, not ${String(thrown)}`)
}

export const NODE_FACTS: readonly RegistrarFact[] = Object.freeze([
  {
    title: 'a node alone knows nobody, and is told nothing',
    play: async (play) => {
      const a = await play.begin('alone')
      assert.deepEqual(a.registrar.applications(), [])
      assert.deepEqual(a.told(a), [])
      assert.equal(names(a).includes(a.node), false)
    },
  },
  {
    title: 'a node that has registered is found as it tells of itself',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      const [address] = b.home().addresses()
      const route = a.registrar.nodes().find(({ node }) => node === b.node) as NodeRoute
      for (const found of [route, await a.resolve(b.node)]) {
        assert.equal(found?.node, b.node)
        assert.equal(found?.creation, b.creation)
        assert.equal(found?.state, 'up')
        assert.equal(found?.version, '0.1.0-suite')
        assert.deepEqual({ ...found?.addresses[0] }, { ...address })
        assert.deepEqual({ ...found?.liveness }, { ...b.home().liveness() })
      }
    },
  },
  {
    title: 'a node that comes is told once, one that was there before is not told',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      await play.fence(b, a)
      await play.fence(a, b)
      assert.deepEqual(a.told(b), [`node-joined ${b.node}`])
      assert.deepEqual(b.told(a), [])
    },
  },
  {
    title: 'a node knows those that were there before when its start has settled',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      const c = await play.begin('c')
      assert.deepEqual(names(c), [a.node, b.node])
    },
  },
  {
    title: 'a crowd of nodes know each other, each told once',
    needs: ['joining'],
    play: async (play) => {
      const first = await play.begin('n0')
      const crowd = [first]
      for (let i = 1; i < CROWD; i += 1) crowd.push(await play.begin(`n${i}`))
      const all = crowd.map(({ node }) => node)
      for (const member of crowd) {
        const others = all.filter((node) => node !== member.node).sort()
        await member.sees(() => names(member).length === CROWD - 1)
        assert.deepEqual(names(member), others)
      }
      for (const other of crowd.slice(1)) {
        await play.fence(other, first)
        assert.deepEqual(first.told(other), [`node-joined ${other.node}`])
      }
    },
  },
  {
    title: 'the own node is neither listed, resolved nor told',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      await play.fence(a, b)
      await play.fence(b, a)
      assert.deepEqual(names(a), [b.node])
      assert.equal(await a.resolve(a.node), undefined)
      assert.deepEqual(a.told(a), [])
    },
  },
  {
    title: 'a node that nobody knows, and a name that is none, are resolved to nothing',
    play: async (play) => {
      const a = await play.begin('alone')
      for (const node of [play.name('nobody'), '', 'x', '@', `${'x'.repeat(300)}@h`, '__proto__']) {
        assert.equal(await a.resolve(node), undefined)
      }
    },
  },
  {
    title: 'a name that is in use is NODE_NAME_TAKEN, and its holder stays',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      const other = play.member('b', { creation: b.creation + LATER_MS })
      await refused('NODE_NAME_TAKEN', other.start())
      await play.fence(b, a)
      assert.equal((await a.resolve(b.node))?.creation, b.creation)
      assert.deepEqual(a.told(b), [`node-joined ${b.node}`])
    },
  },
  {
    title: 'one registrar serves one node: a second start is OPTION_INVALID',
    play: async (play) => {
      const a = await play.begin('alone')
      await refused('OPTION_INVALID', a.start())
      assert.notEqual(a.registrar.info().state, 'stopped')
    },
  },
  {
    title: 'a hidden node sees the others and is not seen',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      const hidden = await play.begin('h', { hidden: true })
      assert.deepEqual(names(hidden), [a.node, b.node])
      hidden.put('unseen')
      b.put('seen')
      await hidden.sees(() => hidden.registrar.applications('seen').length === 1)
      await play.fence(b, a)
      assert.equal(await a.resolve(hidden.node), undefined)
      assert.deepEqual(names(a), [b.node])
      assert.deepEqual(a.told(hidden), [])
      assert.deepEqual(a.registrar.applications('unseen'), [])
      await hidden.leave()
      await hidden.stop()
      await play.fence(b, a)
      assert.deepEqual(a.told(hidden), [])
    },
  },
  {
    title: 'a node that says that it goes is leaving, once, and still found',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      await b.leave()
      await b.leave()
      await play.fence(b, a)
      assert.deepEqual(a.told(b).slice(1), [`node-leaving ${b.node}`])
      assert.equal((await a.resolve(b.node))?.state, 'leaving')
      assert.equal(a.registrar.nodes()[0]?.state, 'leaving')
    },
  },
  {
    title: 'a node that stops has left, once, and is not found any more',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      const c = await play.begin('c')
      await b.leave()
      await b.stop()
      await b.stop()
      await a.hears(`node-left ${b.node} left`)
      await play.fence(c, a)
      assert.deepEqual(a.told(b), [
        `node-joined ${b.node}`,
        `node-leaving ${b.node}`,
        `node-left ${b.node} left`,
      ])
      assert.equal(await a.resolve(b.node), undefined)
      assert.deepEqual(names(a), [c.node])
    },
  },
  {
    title: 'a node that dies without a word is lost, with what ran on it',
    needs: ['joining', 'death'],
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop')
      await a.hears(`application-started shop ${b.node}`)
      await play.stage.kill?.(b.node)
      await a.hears(`node-left ${b.node} lost`)
      const told = a.told(b).filter((word) => !word.startsWith('node-suspect'))
      assert.deepEqual(told, [
        `node-joined ${b.node}`,
        `application-started shop ${b.node}`,
        `application-unloaded shop ${b.node}`,
        `node-left ${b.node} lost`,
      ])
      assert.equal(await a.resolve(b.node), undefined)
      assert.deepEqual(a.registrar.applications('shop'), [])
    },
  },
  {
    title: 'a later life of a node that died is told as another one',
    needs: ['joining', 'death'],
    play: async (play) => {
      const { a, b } = await play.pair()
      await play.stage.kill?.(b.node)
      await a.sees(() => a.told(b).length > 1)
      const later = await play.begin('b', { creation: b.creation + LATER_MS })
      await play.fence(later, a)
      const told = a.told(b).filter((word) => !word.startsWith('node-suspect'))
      assert.deepEqual(told, [
        `node-joined ${b.node}`,
        `node-left ${b.node} lost`,
        `node-joined ${b.node}`,
      ])
      assert.equal((await a.resolve(b.node))?.creation, later.creation)
    },
  },
  {
    title: 'a node that has stopped comes again in a later life',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      await b.stop()
      const later = await play.begin('b', { creation: b.creation + LATER_MS })
      await play.fence(later, a)
      assert.equal((await a.resolve(b.node))?.creation, later.creation)
      assert.equal(a.told(b).at(-1), `node-joined ${b.node}`)
    },
  },
  {
    title: 'a registrar that has stopped knows nothing and tells nothing',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop')
      await a.hears(`application-started shop ${b.node}`)
      await a.stop()
      await a.stop()
      const c = await play.begin('c')
      await play.fence(b, c)
      assert.deepEqual(a.registrar.nodes(), [])
      assert.deepEqual(a.registrar.applications(), [])
      assert.deepEqual(a.registrar.config(), {})
      assert.equal(await a.resolve(b.node), undefined)
      assert.equal(a.registrar.info().state, 'stopped')
    },
  },
  {
    title: 'what a registrar answers cannot be changed by whoever asked',
    needs: ['joining'],
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop', { tags: ['blue'] })
      await a.hears(`application-started shop ${b.node}`)
      const spoil = (change: () => void): void => {
        try {
          change()
        } catch {
          // It is frozen: even better.
        }
      }
      spoil(() => (a.registrar.nodes() as NodeRoute[]).pop())
      spoil(() => Object.assign(a.registrar.nodes()[0] ?? {}, { state: 'suspect' }))
      spoil(() => (a.registrar.applications('shop') as unknown[]).pop())
      spoil(
        () => void (a.registrar.applications('shop')[0]?.tags as string[] | undefined)?.push('x'),
      )
      assert.equal(a.registrar.nodes()[0]?.state, 'up')
      assert.deepEqual(a.registrar.applications('shop')[0]?.tags, ['blue'])
    },
  },
  {
    title: 'a registrar says what it is, and whom it knows',
    needs: ['joining'],
    play: async (play) => {
      const { a } = await play.pair()
      const { kind, state, server, serving, nodes, refused, supports } = a.registrar.info()
      assert.equal(kind, a.registrar.kind)
      assert.notEqual(kind, '')
      assert.equal(state, 'connected')
      assert.equal(typeof server, 'string')
      assert.equal(typeof serving, 'boolean')
      assert.equal(nodes, 1)
      assert.deepEqual(refused, {})
      assert.deepEqual(Object.keys(supports).sort(), ['applications', 'config', 'events'])
    },
  },
] satisfies RegistrarFact[])
