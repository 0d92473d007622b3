/**
 * What a node tells of its network and of each connection: every figure is right.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, type NetworkOptions, processName, protocol } from 'troupe'
import { codeOf, type SystemStage, systemStage } from './system-kit.js'

const Box = protocol('box', { put: message<unknown>() })
const boxActor = actor(Box, { on: { put: () => {} } })
const stuckActor = actor(Box, { on: { put: () => new Promise(() => {}) } })

const settings: NetworkOptions = {
  cookie: 'unused',
  compressAboveBytes: 1_000,
  remoteMailboxMax: 200,
}

/** Node b tells of a, which sends to its box. */
async function sendingStage(run: (stage: SystemStage) => Promise<void>): Promise<void> {
  await systemStage(
    async (stage) => {
      await stage.settle(stage.b.spawn(boxActor, { name: 'box' }))
      await stage.settle(stage.b.spawn(stuckActor, { name: 'stuck' }))
      await run(stage)
    },
    {},
    {},
    undefined,
    settings,
  )
}

const boxOf = ({ b }: SystemStage, name = 'box') => processName(name, Box, b.name)

describe('one connection', () => {
  it('tells what it carried, its limits and what both can do', () =>
    sendingStage(async (stage) => {
      const { a, b } = stage
      const before = await stage.ask('connection', { node: a.name })
      for (let i = 0; i < 50; i += 1) a.send(boxOf(stage), 'put', i)
      await stage.pass(100)
      const sheet = await stage.ask('connection', { node: a.name })
      assert.deepEqual([sheet.info.node, sheet.info.state], [a.name, 'up'])
      assert.ok(sheet.info.messagesIn - before.info.messagesIn >= 50)
      assert.ok(sheet.bytesOut > before.bytesOut)
      assert.equal(sheet.sendBuffer.limit, 67_108_864)
      assert.ok(sheet.flags.includes('compression') && sheet.flags.includes('fragmentation'))
      assert.equal(sheet.compression.aboveBytes, 1_000)
      assert.deepEqual(sheet.heldMailboxes, [])
      assert.ok(Math.abs(sheet.clockAheadMs ?? 99) <= 1)
      assert.equal(
        await codeOf(stage.askAnything(a, 'connection', { node: 'c@x' })),
        'NO_CONNECTION',
      )
      assert.equal(await codeOf(stage.askAnything(a, 'connection', {})), 'OPTION_INVALID')
      const { rows } = await stage.ask('connections', {})
      assert.deepEqual(
        rows.map(({ info }) => info.node),
        [a.name],
      )
      assert.equal(b.name, 'b@stage')
    }))

  it('counts large messages and their pieces, both ways', () =>
    sendingStage(async (stage) => {
      const { a, settle } = stage
      // What cannot be made smaller: random enough for deflate.
      const bytes = Buffer.alloc(200_000)
      for (let at = 0, seed = 1; at < bytes.length; at += 1) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
        bytes[at] = seed >>> 16
      }
      a.send(boxOf(stage), 'put', bytes)
      a.send(boxOf(stage), 'put', bytes)
      await stage.pass(2_000)
      const { fragments } = await stage.ask('connection', { node: a.name })
      assert.deepEqual(
        [fragments.messagesReceived, fragments.receiving, fragments.sending, fragments.sent],
        [2, 0, 0, 0],
      )
      assert.ok(fragments.received >= 8 && fragments.received <= 10, `${fragments.received}`)
      const there = await settle(
        a.call(processName('system'), 'connection', { node: stage.b.name }) as Promise<
          Awaited<ReturnType<typeof stage.ask<'connection'>>>
        >,
      )
      assert.equal(there.fragments.messagesSent, 2)
      assert.equal(there.fragments.sent, fragments.received)
    }))

  it('counts what travelled compressed, then and before', () =>
    sendingStage(async (stage) => {
      const { a } = stage
      // What is sent before the two have met travels as it is.
      await stage.settle(a.network.connect(stage.b.name))
      for (let i = 0; i < 3; i += 1) a.send(boxOf(stage), 'put', 'y'.repeat(10_000))
      await stage.pass(100)
      const { compression } = await stage.ask('connection', { node: a.name })
      assert.equal(compression.received, 3)
      assert.ok(compression.receivedOriginalBytes >= 30_000)
      assert.ok(compression.receivedBytes < 1_000)
      assert.equal(compression.sent, 0)
    }))

  it('counts the names and shapes that are written as numbers', () =>
    sendingStage(async (stage) => {
      const { a } = stage
      const before = (await stage.ask('connection', { node: a.name })).dictionaries
      for (let i = 0; i < 5; i += 1) a.send(boxOf(stage), 'put', { strange: i, keys: i })
      await stage.pass(100)
      const { dictionaries } = await stage.ask('connection', { node: a.name })
      assert.ok(dictionaries.namesReceived.used > before.namesReceived.used)
      // The keys of the question are a shape, too.
      assert.equal(dictionaries.shapesReceived.used, before.shapesReceived.used + 2)
      assert.equal(dictionaries.shapesReceived.limit, 4_096)
    }))

  it('names mailboxes that take nothing more, at both ends', () =>
    sendingStage(async (stage) => {
      const { a, settle } = stage
      for (let i = 0; i < 400; i += 1) a.send(boxOf(stage, 'stuck'), 'put', i)
      await stage.pass(3_000)
      const { heldMailboxes } = await stage.ask('connection', { node: a.name })
      assert.equal(heldMailboxes.length, 1)
      const [held] = heldMailboxes
      assert.equal(held?.direction, 'ours')
      assert.ok(held?.to.includes('stuck') === true, held?.to)
      assert.ok((held?.waiting ?? 0) > 200)
      assert.ok((held?.heldMs ?? 0) >= 2_900)
      const there = (await settle(
        a.call(processName('system'), 'connection', { node: stage.b.name }),
      )) as Awaited<ReturnType<typeof stage.ask<'connection'>>>
      assert.deepEqual(
        there.heldMailboxes.map(({ direction, waiting }) => [direction, waiting]),
        [['theirs', undefined]],
      )
    }))
})

describe('the network of a node', () => {
  it('tells where it takes lines, its ways, flags and limits', () =>
    sendingStage(async (stage) => {
      stage.b.network.addRoute({ match: '*@other', address: 'simulated://x:1' })
      const { acceptors, routes, flags, limits } = await stage.ask('network', {})
      assert.deepEqual(
        acceptors.map(({ tls, lines, handshakeErrors }) => [tls, lines, handshakeErrors]),
        [[false, 1, 0]],
      )
      assert.deepEqual(
        routes.map(({ match }) => match),
        ['*@other'],
      )
      assert.ok(flags.includes('resume'))
      assert.equal(limits?.remoteMailboxMax, 200)
    }))
})
