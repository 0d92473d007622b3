/** regression: a node that leaves in order takes nothing with it that it had accepted. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  type DeadLetter,
  eventName,
  message,
  type NetworkOptions,
  NODE_EVENT,
  type Node,
  type PeerNotice,
  processName,
  protocol,
} from 'troupe'
import { simulatedStage, type TwoNodes } from '#test/scenarios/two-nodes/stage'
import { FoulStage } from '#test/unit/network/peer/foul'

const Sink = protocol('sink', { one: message<number>(), large: message<Uint8Array>() })
const sink = (taken: number[]) =>
  actor(Sink, {
    on: {
      one: (_state, number) => void taken.push(number),
      large: (_state, bytes) => void taken.push(bytes.length),
    },
  })
const far = processName('sink', Sink, 'b@stage')

const Reader = protocol('reader', {})
const reader = (letters: DeadLetter[]) =>
  actor(Reader, {
    started: async (_state, context) => void (await context.subscribe(eventName('dead-letter'))),
    on: {},
    handleEvent: (_state, { message }) => void letters.push(message as DeadLetter),
  })

async function staged(
  run: (stage: TwoNodes, taken: number[]) => Promise<void>,
  options: NetworkOptions = { windowBytes: 65_536 },
): Promise<void> {
  const stage = await simulatedStage.start(options)
  const taken: number[] = []
  try {
    await stage.settle(stage.b.spawn(sink(taken), { name: 'sink' }))
    await run(stage, taken)
  } finally {
    await stage.close()
  }
}

/** Far more than one window. */
const MANY = 50_000
const sendMany = (node: Node, from = 0): void => {
  for (let i = 0; i < MANY; i += 1) assert.equal(node.send(far, 'one', from + i), undefined)
}
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

describe('a node that is stopped', () => {
  it('has sent what waited for credit', () =>
    staged(async ({ a, settle }, taken) => {
      await settle(a.network.connect('b@stage'))
      sendMany(a)
      await settle(a.stop())
      assert.deepEqual(taken, numbers(MANY))
      assert.equal(a.account().dropped['connection-lost'], 0)
    }))

  it('has told what it took, so that nobody counts as lost what has come', () =>
    staged(async ({ a, b, settle, until }, taken) => {
      await settle(a.network.connect('b@stage'))
      a.send(far, 'one', 1)
      await until(() => taken.length === 1)
      // Both at once, and before an acknowledgement would be due.
      await settle(Promise.all([b.network.stop(), a.network.stop()]))
      assert.equal(a.account().dropped['connection-lost'], 0)
      assert.equal(b.account().dropped['connection-lost'], 0)
    }))

  it('has sent the pieces of what is large', () =>
    staged(async ({ a, settle }, taken) => {
      await settle(a.network.connect('b@stage'))
      for (let i = 0; i < 5; i += 1) a.send(far, 'large', new Uint8Array(1_000_000))
      a.send(far, 'one', 1)
      await settle(a.stop())
      assert.deepEqual(taken, [1e6, 1e6, 1e6, 1e6, 1e6, 1])
    }, {}))

  it('reaches who it was still dialling', () =>
    staged(async ({ a, settle }, taken) => {
      a.send(far, 'one', 7)
      await settle(a.stop())
      assert.deepEqual(taken, [7])
    }))

  it('is waited for while its line is being mended', () =>
    staged(async ({ a, settle, breakLine, until }, taken) => {
      await settle(a.network.connect('b@stage'))
      breakLine()
      await until(() => a.network.peer('b@stage')?.state === 'broken')
      a.send(far, 'one', 8)
      await settle(a.stop())
      assert.deepEqual(taken, [8])
    }))

  it('does not wait for one that is stopped in the same moment', () =>
    staged(async ({ a, b, settle, until }) => {
      await settle(a.network.connect('b@stage'))
      sendMany(a)
      for (let i = 0; i < 10; i += 1) b.send(processName('nobody', Sink, 'a@stage'), 'one', i)
      let stopped = 0
      for (const node of [a, b])
        void node.stop().then(() => {
          stopped += 1
        })
      const before = a.info().uptimeMs
      await until(() => stopped === 2)
      assert.ok(a.info().uptimeMs - before < 500, `${a.info().uptimeMs - before} ms`)
    }))
})

describe('a node that is left', () => {
  it('takes what was sent before, and what is sent afterwards behind it', () =>
    staged(async ({ a, settle, until }, taken) => {
      await settle(a.network.connect('b@stage'))
      sendMany(a)
      assert.equal(a.network.disconnect('b@stage'), true)
      assert.deepEqual(a.network.nodes(), [])
      sendMany(a, MANY)
      await until(() => taken.length === 2 * MANY)
      assert.deepEqual(taken, numbers(2 * MANY))
    }))

  it('is sent nothing more once the network stops', () =>
    staged(async ({ a, settle }) => {
      await settle(a.network.connect('b@stage'))
      sendMany(a)
      const stopped = a.network.stop()
      assert.equal(a.send(far, 'one', 1), 'NO_ROUTE')
      assert.equal(a.network.mode, 'disabled')
      await settle(stopped)
    }))

  it('and takes nothing holds the stop up for flushMs; what is left is counted', async () => {
    const stage = await FoulStage.open({ flushMs: 300 })
    const letters: DeadLetter[] = []
    const { node, clock } = stage
    await clock.until(node.spawn(reader(letters)))
    const foul = await stage.foul()
    for (let i = 0; i < 100; i += 1) node.send(processName('x', Sink, foul.name), 'one', i)
    await clock.advance(1)
    const before = clock.nowMs()
    await clock.until(node.network.stop())
    const tookMs = clock.nowMs() - before
    assert.ok(tookMs >= 300 && tookMs < 400, `${tookMs} ms`)
    const lost = node.account().dropped['connection-lost']
    assert.ok(lost >= 100, `${lost} are counted`)
    await clock.advance(1)
    const told = letters.filter(({ cause }) => cause === 'connection-lost')
    assert.equal(
      told.reduce((sum, { count }) => sum + count, 0),
      lost,
    )
    await stage.close()
  })

  it('is heard no more, and counts what it sends meanwhile', () =>
    staged(async ({ a, b, settle, until, pass }) => {
      await settle(a.network.connect('b@stage'))
      sendMany(a)
      const heard = a.account().sent
      a.network.disconnect('b@stage')
      for (let i = 0; i < 10; i += 1) b.send(processName('nobody', Sink, 'a@stage'), 'one', i)
      await until(() => b.network.nodes().length === 0)
      await pass(50)
      assert.ok(b.account().dropped['connection-lost'] >= 10)
      assert.equal(a.account().sent, heard)
    }))
})

describe('a node that is lost', () => {
  it('takes large messages with it that were announced, each counted', () =>
    staged(async ({ a, settle, cut, until, pass }) => {
      await settle(a.network.connect('b@stage'))
      for (let i = 0; i < 50; i += 1) a.send(far, 'large', new Uint8Array(1_000_000))
      await pass(25)
      cut()
      await until(() => a.network.nodes().length === 0 && a.network.peers().length === 0)
      const lost = a.account().dropped['connection-lost']
      assert.ok(lost >= 45, `${lost} are counted`)
    }, {}))
})

describe('whoever watches nodes', () => {
  const watcher = (heard: string[]) =>
    actor(Reader, {
      started: async (_state, context) => void (await context.subscribe(eventName(NODE_EVENT))),
      on: {},
      handleEvent: (_state, { message }) => {
        const { kind, node } = message as PeerNotice
        heard.push(`${kind} ${node}`)
      },
    })

  for (const isBusy of [false, true]) {
    const how = isBusy ? 'while much is on its way' : 'when nothing is on its way'
    it(`is told of all that go when the network stops, ${how}`, () =>
      staged(async ({ a, settle, pass }) => {
        const heard: string[] = []
        await settle(a.spawn(watcher(heard)))
        await settle(a.network.connect('b@stage'))
        await pass(100)
        if (isBusy) sendMany(a)
        await settle(a.network.stop())
        await pass(1)
        assert.deepEqual(heard, ['node-up b@stage', 'node-down b@stage'])
      }))
  }

  it('hears of a node that stops, once', () =>
    staged(async ({ a, b, settle, pass }) => {
      const heard: string[] = []
      await settle(a.spawn(watcher(heard)))
      await settle(a.network.connect('b@stage'))
      b.send(processName('nobody', Sink, 'a@stage'), 'one', 1)
      await settle(b.stop())
      await pass(100)
      assert.deepEqual(heard, ['node-up b@stage', 'node-down b@stage'])
    }))
})
