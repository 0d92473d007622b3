/**
 * What nodes hold of each other while things befall them, in virtual time.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Scene, type SceneOptions, scene } from './stage.js'

const play =
  (hosts: readonly string[], run: (scene: Scene) => Promise<void>, options: SceneOptions = {}) =>
  async (): Promise<void> => {
    const stage = await scene(hosts, options)
    try {
      await run(stage)
    } finally {
      await stage.stop()
    }
  }

const TWO = ['n1', 'n2']
const THREE = ['n1', 'n2', 'n3']
const LAZY: SceneOptions = { membership: {} }

describe('a node that joins', () => {
  it(
    'is discovering, connected and responding for all others of a mesh',
    play(THREE, async ({ node, states }) => {
      assert.deepEqual(states('n1', 'n3'), ['discovering', 'connected', 'responding'])
      for (const host of THREE) {
        const { expected, connected, responding } = node(host).cluster.coverage()
        assert.deepEqual([expected, connected, responding], [3, 3, 3])
      }
    }),
  )

  it(
    'is no more than discovering for lazy ones, until somebody has a word for it',
    play(
      TWO,
      async ({ cluster, node, state, pass }) => {
        assert.equal(state('n1', 'n2'), 'discovering')
        assert.deepEqual(node('n1').network.nodes(), [])
        await cluster.clock.until(node('n1').network.connect('n2@sim'))
        await pass(100)
        assert.equal(state('n1', 'n2'), 'responding')
        assert.equal(state('n2', 'n1'), 'responding')
      },
      LAZY,
    ),
  )

  it(
    'is a member by the option peers alone, where there is no registrar',
    play(
      TWO,
      async ({ states, node }) => {
        assert.deepEqual(states('n1', 'n2').slice(-2), ['connected', 'responding'])
        assert.equal(node('n1').cluster.coverage().responding, 2)
      },
      { hasHub: false },
    ),
  )
})

describe('a node that falls silent', () => {
  it(
    'is suspect and then gone, and is never called well in between',
    play(TWO, async ({ cluster, pass, states, notice }) => {
      const sinceMs = cluster.clock.nowMs()
      cluster.network.partition(['n1'], ['n2'])
      await pass(8_000)
      assert.deepEqual(states('n1', 'n2', sinceMs), ['suspect', 'gone'])
      const { notice: suspect } = notice('n1', 'n2', 'suspect', sinceMs)
      assert.match(suspect.kind === 'member-changed' ? suspect.reason : '', /silent for \d{4} ms/)
    }),
  )

  it(
    'comes back when the partition heals, in its old life',
    play(TWO, async ({ cluster, pass, node, states, state }) => {
      cluster.network.partition(['n1'], ['n2'])
      await pass(8_000)
      const sinceMs = cluster.clock.nowMs()
      cluster.network.heal()
      await pass(20_000)
      assert.equal(state('n1', 'n2'), 'responding')
      assert.equal(states('n1', 'n2', sinceMs).at(-1), 'responding')
      const { creation } = node('n2')
      assert.equal(node('n1').cluster.member('n2@sim')?.creation, creation)
    }),
  )

  it(
    'is back, and was never gone, when the silence was short',
    play(TWO, async ({ cluster, pass, states }) => {
      const sinceMs = cluster.clock.nowMs()
      cluster.network.host('n2').freeze()
      await pass(1_700)
      cluster.network.host('n2').thaw()
      await pass(2_000)
      const seen = states('n1', 'n2', sinceMs)
      assert.equal(seen[0], 'suspect')
      assert.equal(seen.at(-1), 'responding')
      assert.ok(!seen.includes('gone'))
    }),
  )
})

describe('a node whose loop is blocked for 10 seconds', () => {
  it(
    'is suspect, unresponsive, and responding again, and never gone',
    play(TWO, async ({ cluster, pass, node, states, notice }) => {
      const sinceMs = cluster.clock.nowMs()
      cluster.network.host('n2').block()
      await pass(10_000)
      assert.deepEqual(node('n1').cluster.coverage().unresponsive, ['n2@sim'])
      assert.ok((node('n1').cluster.member('n2@sim')?.loopDelayMs ?? 0) > 1_000)
      cluster.network.host('n2').unblock()
      await pass(2_000)
      assert.deepEqual(states('n1', 'n2', sinceMs), ['suspect', 'unresponsive', 'responding'])
      const { atMs } = notice('n1', 'n2', 'unresponsive', sinceMs)
      assert.ok(atMs - sinceMs < 2_500, 'it is known soon that it lives')
    }),
  )

  it(
    'holds nothing against the others, who were well all the time',
    play(TWO, async ({ cluster, pass, states }) => {
      const sinceMs = cluster.clock.nowMs()
      cluster.network.host('n2').block()
      await pass(10_000)
      cluster.network.host('n2').unblock()
      await pass(2_000)
      assert.ok(!states('n2', 'n1', sinceMs).includes('gone'))
      assert.equal(states('n2', 'n1', sinceMs).at(-1) ?? 'responding', 'responding')
    }),
  )

  it(
    'is gone once its loop was blocked for longer than loopBlockedMaxMs',
    play(
      TWO,
      async ({ cluster, pass, states }) => {
        const sinceMs = cluster.clock.nowMs()
        cluster.network.host('n2').block()
        await pass(10_000)
        assert.deepEqual(states('n1', 'n2', sinceMs), ['suspect', 'unresponsive', 'gone'])
      },
      { network: { loopBlockedMaxMs: 5_000 } },
    ),
  )
})

describe('a node that dies', () => {
  it(
    'is gone within 3 seconds, told once to each',
    play(THREE, async ({ cluster, pass, crash, notice }) => {
      const sinceMs = cluster.clock.nowMs()
      crash('n3')
      await pass(10_000)
      for (const host of TWO) {
        const { atMs } = notice(host, 'n3', 'gone', sinceMs)
        assert.ok(atMs - sinceMs < 3_000, `after ${atMs - sinceMs} ms`)
      }
    }),
  )

  it(
    'begins another life, which is met anew, after the end of the first one',
    play(TWO, async ({ cluster, pass, crash, node, states }) => {
      const first = node('n2').creation
      const sinceMs = cluster.clock.nowMs()
      crash('n2')
      await pass(200)
      cluster.restart('n2')
      await pass(5_000)
      const second = node('n2').creation
      assert.ok(second > first)
      const seen = states('n1', 'n2', sinceMs)
      assert.equal(seen.filter((state) => state === 'gone').length, 1)
      assert.deepEqual(seen.slice(-2), ['connected', 'responding'])
      assert.equal(node('n1').cluster.member('n2@sim')?.creation, second)
    }),
  )

  it(
    'that said that it leaves is gone, and nobody dials it again',
    play(TWO, async ({ cluster, pass, node, states, state }) => {
      const sinceMs = cluster.clock.nowMs()
      const stopping = node('n2').stop()
      await cluster.clock.until(stopping)
      await pass(30_000)
      assert.deepEqual(states('n1', 'n2', sinceMs), ['gone'])
      assert.equal(state('n1', 'n2'), 'gone')
    }),
  )
})

describe('a registrar that is away', () => {
  it(
    'takes nobody away, connected or not',
    play(
      THREE,
      async ({ cluster, hub, pass, told, node, state }) => {
        await cluster.clock.until(node('n1').network.connect('n2@sim'))
        await pass(1_000)
        const count = told.length
        for (const host of THREE) hub.cutOff(`${host}@sim`)
        await pass(25_000)
        assert.equal(told.length, count)
        assert.equal(state('n1', 'n2'), 'responding')
        assert.equal(state('n1', 'n3'), 'discovering')
        for (const host of THREE) hub.mend(`${host}@sim`)
        await pass(5_000)
        assert.ok(
          !told.slice(count).some(({ notice }) => 'state' in notice && notice.state === 'gone'),
        )
        assert.equal(state('n1', 'n2'), 'responding')
        assert.equal(state('n1', 'n3'), 'discovering')
      },
      LAZY,
    ),
  )

  it(
    'and calls a node lost takes away the one that nobody is connected with, and no other',
    play(
      THREE,
      async ({ cluster, hub, pass, node, states }) => {
        await cluster.clock.until(node('n1').network.connect('n2@sim'))
        await pass(1_000)
        const sinceMs = cluster.clock.nowMs()
        hub.lose('n2@sim')
        hub.lose('n3@sim')
        await pass(1_000)
        assert.deepEqual(states('n1', 'n2', sinceMs), [])
        assert.deepEqual(states('n1', 'n3', sinceMs), ['gone'])
      },
      LAZY,
    ),
  )
})

describe('two programs of one name', () => {
  it(
    'are told by the node that meets both, and the first stays what it was',
    play(
      THREE,
      async ({ cluster, pass, node, told, states }) => {
        await cluster.clock.until(node('n1').network.connect('n2@sim'))
        await pass(100)
        const sinceMs = cluster.clock.nowMs()
        const second = node('n3').network.connect('n1@sim')
        await assert.rejects(cluster.clock.until(second))
        await pass(3_000)
        assert.deepEqual(states('n1', 'n2', sinceMs), ['duplicate'])
        const { notice } = told.findLast(({ by }) => by === 'n1') ?? assert.fail()
        assert.ok(notice.kind === 'node-duplicate')
        assert.equal(notice.places.length, 2)
        assert.equal(node('n1').cluster.duplicates()[0]?.node, 'n2@sim')
        assert.equal(node('n1').cluster.member('n2@sim')?.state, 'responding')
      },
      { ...LAZY, hasHub: false, names: { n3: 'n2@sim' } },
    ),
  )

  it(
    'know it of themselves when they are sent away',
    play(
      THREE,
      async ({ cluster, pass, node }) => {
        await cluster.clock.until(node('n1').network.connect('n2@sim'))
        await pass(100)
        await assert.rejects(cluster.clock.until(node('n3').network.connect('n1@sim')))
        const [own] = node('n3').cluster.duplicates()
        assert.equal(own?.node, 'n2@sim')
        assert.match(own?.problem ?? '', /n1@sim is connected with another program/)
      },
      { ...LAZY, hasHub: false, names: { n3: 'n2@sim' } },
    ),
  )
})
