/**
 * testing/conformance/registrar-away: the cases of a registrar that loses sight of what it serves.
 *
 * Each end of the cut: the node that is not seen any more, and the others that go on.
 */
import assert from 'node:assert/strict'
import type { Member, RegistrarFact, RegistrarPlay } from './registrar-stage.js'

const cutOff = async (play: RegistrarPlay, member: Member): Promise<void> => {
  await play.stage.cutOff?.(member.node)
  await member.hears('registrar-disconnected')
}

const mend = async (play: RegistrarPlay, member: Member): Promise<void> => {
  await play.stage.mend?.(member.node)
  await member.hears('registrar-connected')
}

export const AWAY_FACTS: readonly RegistrarFact[] = Object.freeze([
  {
    title: 'a registrar that is cut off says so once, and goes on answering what it knew',
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop')
      await a.hears(`application-started shop ${b.node}`)
      await cutOff(play, a)
      assert.equal(a.registrar.info().state, 'disconnected')
      assert.equal((await a.resolve(b.node))?.state, 'up')
      assert.equal(a.registrar.nodes().length, 1)
      assert.equal(a.registrar.applications('shop').length, 1)
      await b.sees(() => b.told(a).length > 0)
      const times = a.told().filter((word) => word === 'registrar-disconnected').length
      assert.equal(times, 1)
    },
  },
  {
    title: 'a registrar that is back says so, and tells the difference and nothing else',
    play: async (play) => {
      const { a, b } = await play.pair()
      const c = await play.begin('c')
      b.put('stays')
      b.put('goes')
      await play.fence(b, a)
      await play.fence(c, a)
      await cutOff(play, a)
      const before = a.told().length
      b.remove('goes')
      b.put('comes')
      b.put('stays', { weight: 5 })
      await c.stop()
      const d = await play.begin('d')
      await play.fence(b, d)
      await mend(play, a)
      await a.hears(`application-started comes ${b.node}`)
      await play.fence(b, a)
      const [first, ...told] = a.told().slice(before)
      assert.equal(first, 'registrar-connected')
      // Whether c said so cannot be known by all: some keep what happened, some only what is.
      const ends = [`node-left ${c.node} left`, `node-left ${c.node} lost`]
      const words = told.map((word) => (ends.includes(word) ? `node-left ${c.node}` : word))
      assert.deepEqual(words.sort(), [
        `application-changed stays ${b.node}`,
        `application-started comes ${b.node}`,
        `application-unloaded goes ${b.node}`,
        `node-joined ${d.node}`,
        `node-left ${c.node}`,
      ])
      assert.equal(a.registrar.info().state, 'connected')
    },
  },
  {
    title: 'what changed of the own applications meanwhile is known to the others afterwards',
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('stays')
      b.put('goes')
      await play.fence(b, a)
      await cutOff(play, b)
      b.put('comes', { tags: ['new'] })
      b.put('stays', { weight: 5 })
      b.remove('goes')
      await mend(play, b)
      await a.hears(`application-started comes ${b.node}`)
      await play.fence(b, a)
      assert.deepEqual(a.registrar.applications('comes')[0]?.tags, ['new'])
      assert.equal(a.registrar.applications('stays')[0]?.weight, 5)
      assert.deepEqual(a.registrar.applications('goes'), [])
    },
  },
  {
    title: 'a node that is lost from sight is suspect, still found, and comes last',
    play: async (play) => {
      const { a, b } = await play.pair()
      const c = await play.begin('c')
      for (const member of [b, c]) member.put('shop')
      await play.fence(b, a)
      await play.fence(c, a)
      await cutOff(play, b)
      await a.hears(`node-suspect ${b.node}`)
      assert.equal((await a.resolve(b.node))?.state, 'suspect')
      const routes = a.registrar.applications('shop')
      assert.deepEqual(
        routes.map(({ node, nodeState }) => `${node} ${nodeState}`),
        [`${c.node} up`, `${b.node} suspect`],
      )
    },
  },
  {
    title: 'a node that is seen again is well, with nothing told twice',
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop')
      await play.fence(b, a)
      await cutOff(play, b)
      await a.hears(`node-suspect ${b.node}`)
      await mend(play, b)
      await a.hears(`node-well ${b.node}`)
      await play.fence(b, a)
      assert.deepEqual(a.told(b), [
        `node-joined ${b.node}`,
        `application-started shop ${b.node}`,
        `node-suspect ${b.node}`,
        `node-well ${b.node}`,
      ])
    },
  },
  {
    title: 'a node that is not seen for too long is lost, and joins anew when it is back',
    play: async (play) => {
      const { a, b } = await play.pair()
      b.put('shop')
      await play.fence(b, a)
      await cutOff(play, b)
      await a.hears(`node-left ${b.node} lost`)
      assert.equal(await a.resolve(b.node), undefined)
      await mend(play, b)
      await play.fence(b, a)
      assert.deepEqual(a.told(b), [
        `node-joined ${b.node}`,
        `application-started shop ${b.node}`,
        `node-suspect ${b.node}`,
        `application-unloaded shop ${b.node}`,
        `node-left ${b.node} lost`,
        `node-joined ${b.node}`,
        `application-started shop ${b.node}`,
      ])
    },
  },
  {
    title: 'a node that begins while its registrar is away is known when that is there',
    play: async (play) => {
      const a = await play.begin('a')
      const b = play.member('b')
      await play.stage.cutOff?.(b.node)
      await b.start()
      assert.equal(b.registrar.info().state, 'disconnected')
      b.put('shop')
      await mend(play, b)
      await a.hears(`application-started shop ${b.node}`)
      assert.equal((await b.resolve(a.node))?.node, a.node)
    },
  },
] satisfies RegistrarFact[])
