/** node.peer: what one node asks of another, in virtual time. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, eventName, message, NODE_EVENT, processName, protocol, request } from 'troupe'
import { clustered, clusterOf, remoteStage } from './clustered.js'

const Where = protocol('where', {
  note: message<void>(),
  ask: request<void, string>(),
  noted: request<void, readonly string[]>(),
})
const where = actor(Where, {
  init: () => ({ noted: [] as string[] }),
  on: {
    note: (state, _nothing, context) =>
      void state.noted.push(`${context.fromNode} ${context.from}`),
    ask: (_state, _nothing, context) => `${context.fromNode} ${context.from}`,
    noted: (state) => state.noted,
  },
})
const whereOnB = processName('where', Where, 'b@stage')

describe('the node a message came from', () => {
  it('is named for what another node itself sends and asks, where there is no process', () =>
    remoteStage(async ({ a, b, settle }) => {
      const pid = await settle(b.spawn(where, { name: 'where' }))
      a.send(whereOnB, 'note')
      assert.equal(await settle(a.call(whereOnB, 'ask')), 'a@stage undefined')
      assert.equal(await settle(b.call(pid, 'ask')), 'b@stage undefined')
      assert.deepEqual(await settle(b.call(pid, 'noted')), ['a@stage undefined'])
    }))

  it('is that of a process of another node', () =>
    remoteStage(async ({ a, b, settle }) => {
      await settle(b.spawn(where, { name: 'where' }))
      const Asker = protocol('asker', { ask: request<void, string>() })
      const asker = actor(Asker, {
        on: { ask: (_state, _nothing, context) => context.call(whereOnB, 'ask') },
      })
      const pid = await settle(a.spawn(asker))
      assert.equal(await settle(a.call(pid, 'ask')), `a@stage ${pid}`)
    }))
})

describe('a peer', () => {
  it('is pinged: its life, how far it is, how late its loop is', () =>
    remoteStage(
      async ({ a, b, settle }) => {
        const peer = a.peer('b@stage')
        assert.deepEqual([peer.roundTripMs, peer.clockOffsetMs], [-1, 0])
        const answer = await settle(peer.ping())
        assert.equal(answer.node, 'b@stage')
        assert.equal(answer.creation, b.creation)
        assert.equal(answer.loopDelayMs, 7)
        assert.ok(answer.roundTripMs >= 0)
        assert.equal(peer.roundTripMs, answer.roundTripMs)
        assert.ok(Math.abs(answer.clockOffsetMs) <= answer.roundTripMs / 2)
      },
      clustered({}, 7),
    ))

  it('that is nowhere cannot be pinged', () =>
    remoteStage(async ({ a, settle }) => {
      await assert.rejects(settle(a.peer('x@stage').ping()), { code: 'NO_ROUTE' })
    }))

  it('that does not answer lets a ping run out of its time', () =>
    remoteStage(async ({ a, settle, stall }) => {
      await settle(a.peer('b@stage').ping())
      stall()
      const late = a.peer('b@stage').ping({ timeoutMs: 50 })
      await assert.rejects(settle(late), { code: 'CALL_TIMEOUT' })
    }))

  it('without the application system answers no questions', () =>
    remoteStage(
      async ({ a, settle }) => {
        await assert.rejects(settle(a.peer('b@stage').ping()), { code: 'NOT_ALLOWED' })
      },
      (own) => (own === 'b' ? {} : { cluster: clusterOf() }),
    ))

  it('tells of itself and of its applications', () =>
    remoteStage(async ({ a, b, settle }) => {
      const peer = a.peer('b@stage')
      const info = await settle(peer.info())
      assert.deepEqual([info.name, info.creation], ['b@stage', b.creation])
      const all = await settle(peer.applications())
      assert.deepEqual(
        all.map(({ name, state }) => [name, state]),
        [['system', 'running']],
      )
      assert.equal((await settle(peer.applicationInfo('system')))?.state, 'running')
      assert.equal(await settle(peer.applicationInfo('shop')), undefined)
    }))

  it('is connected and disconnected by hand', () =>
    remoteStage(async ({ a, settle }) => {
      const peer = a.peer('b@stage')
      assert.equal(peer.connected, false)
      await settle(peer.connect())
      assert.deepEqual([peer.connected, peer.connection?.node], [true, 'b@stage'])
      assert.equal(peer.disconnect(), true)
      assert.equal(peer.connected, false)
    }))
})

describe('the application system', () => {
  it('is not told of on the event of the node, as every node has it', () =>
    remoteStage(async ({ a, settle }) => {
      const heard: unknown[] = []
      const hearer = actor(protocol('hearer', {}), {
        started: (_state, context) => context.subscribe(eventName(NODE_EVENT)),
        on: {},
        handleEvent: (_state, event) => void heard.push(event.message),
      })
      await settle(a.spawn(hearer))
      const idle = actor(protocol('idle', {}), { on: {} })
      a.loadApplication({ name: 'shop', members: [{ start: idle }] })
      await settle(a.startApplication('shop'))
      await settle(a.stop())
      assert.deepEqual(
        heard.map((notice) => (notice as { readonly name?: unknown }).name),
        ['shop', 'shop'],
      )
    }))

  it('has a name that no program can take', () =>
    remoteStage(async ({ a }) => {
      const own = { name: 'system', members: [] }
      assert.throws(() => a.loadApplication(own), { code: 'NAME_INVALID' })
    }))
})

describe('a node that shows itself to some only', () => {
  for (const [inspect, outcome] of [
    ['none', 'NOT_ALLOWED'],
    [['c@stage'], 'NOT_ALLOWED'],
    [['*@stage'], 'answered'],
    ['all', 'answered'],
  ] as const) {
    it(`answers a peer with the option ${inspect}: ${outcome}, and pings always`, () =>
      remoteStage(
        async ({ a, settle }) => {
          const peer = a.peer('b@stage')
          const questions = [
            () => peer.info(),
            () => peer.applications(),
            () => peer.applicationInfo('shop'),
          ]
          for (const ask of questions) {
            const told = ask().then(
              () => 'answered',
              (error) => error.code,
            )
            assert.equal(await settle(told), outcome)
          }
          assert.equal((await settle(peer.ping())).node, 'b@stage')
        },
        clustered({ system: { inspect } }),
      ))
  }
})
