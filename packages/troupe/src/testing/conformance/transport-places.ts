/**
 * testing/conformance/transport-places: the cases of a transport about listening and dialling.
 */
import assert from 'node:assert/strict'
import { type ErrorCode, TroupeError } from '#contract'
import type { TransportFact } from './transport-flow.js'
import { DIAL, type Play } from './transport-stage.js'

const LINES = 5
const TIMEOUT_MS = 1_000

/** Waits for a refusal with a code, whose words name the transport. */
async function refused(play: Play, code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  const thrown = await play.stage.until(
    promise.then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
  assert.ok(TroupeError.is(thrown), `it rejects with ${code}`)
  assert.equal(thrown.code, code)
  assert.ok(thrown.message.includes(play.stage.near.name), 'the message names the transport')
}

export const PLACE_FACTS: readonly TransportFact[] = Object.freeze([
  {
    title: 'both ends of a line say what carries it and who is there',
    play: async (play) => {
      const { near, far } = await play.pair()
      for (const { line } of [near, far]) {
        assert.equal(line.transport, play.stage.near.name)
        assert.notEqual(line.remote, '')
        assert.notEqual(line.local, '')
        assert.equal(line.waitingBytes, 0)
      }
    },
  },
  {
    title: 'both ends have the same channel binding, or none, and no other line has it',
    play: async (play) => {
      const listening = await play.listen()
      const { near, far } = await play.pair(listening)
      const other = await play.pair(listening)
      assert.deepEqual(near.line.channelBinding, far.line.channelBinding)
      if (near.line.channelBinding === undefined) return
      assert.notDeepEqual(near.line.channelBinding, other.near.line.channelBinding)
    },
  },
  {
    title: 'a listener says where it can be dialled, by the name of its transport',
    play: async (play) => {
      const { listener } = await play.listen()
      const { transport, port, path } = listener.address
      assert.equal(transport, play.stage.far.name)
      assert.ok(port > 0 || path !== '')
    },
  },
  {
    title: 'a dial where nobody listens is PORT_FAILED',
    play: (play) => refused(play, 'PORT_FAILED', play.stage.near.dial(play.stage.empty, DIAL)),
  },
  {
    title: 'a dial that was given up before it began is PORT_FAILED',
    play: async (play) => {
      const { listener, accepted } = await play.listen()
      const signal = AbortSignal.abort()
      const dial = play.stage.near.dial(listener.address, { ...DIAL, signal })
      await refused(play, 'PORT_FAILED', dial)
      await play.fence(await play.pair())
      assert.equal(accepted.length, 0)
    },
  },
  {
    title: 'a dial that is given up on the way is PORT_FAILED, and leaves no line behind',
    play: async (play) => {
      const listening = await play.listen()
      const controller = new AbortController()
      const { signal } = controller
      const dial = play.stage.near.dial(listening.listener.address, { ...DIAL, signal })
      controller.abort()
      await refused(play, 'PORT_FAILED', dial)
      await play.fence(await play.pair())
      // It may have been taken already; then it ends.
      for (const line of listening.accepted) {
        await play.stage.until(
          new Promise<void>((closed) =>
            line.start({ data() {}, drained() {}, closed: () => closed() }),
          ),
        )
      }
    },
  },
  {
    title: 'a signal that is given after the dial does nothing to the line',
    play: async (play) => {
      const { listener, next } = await play.listen()
      const controller = new AbortController()
      const line = await play.dial(listener.address, { ...DIAL, signal: controller.signal })
      controller.abort()
      const far = await next()
      const got = new Promise<void>((resolve) => {
        far.start({ data: () => resolve(), drained() {}, closed() {} })
      })
      line.start({ data() {}, drained() {}, closed() {} })
      line.write(Buffer.from('still here'))
      await play.stage.until(got)
    },
  },
  {
    title: 'a dial that nobody answers is DIAL_TIMEOUT',
    needs: 'silence',
    play: async (play) => {
      const { near, silent } = play.stage
      assert.ok(silent !== undefined, 'the stage has such a place')
      const dial = near.dial(silent, { timeoutMs: TIMEOUT_MS })
      // Looked at below; until then it may reject without anybody waiting.
      dial.catch(() => {})
      await play.stage.pass(TIMEOUT_MS)
      await refused(play, 'DIAL_TIMEOUT', dial)
    },
  },
  {
    title: 'a dial that came through in time does not time out later',
    play: async (play) => {
      const { listener, next } = await play.listen()
      const line = await play.dial(listener.address, { timeoutMs: TIMEOUT_MS })
      await next()
      let ends = 0
      line.start({
        data() {},
        drained() {},
        closed() {
          ends += 1
        },
      })
      await play.stage.pass(10 * TIMEOUT_MS)
      assert.equal(ends, 0)
    },
  },
  {
    title: 'closing a listener leaves its lines alive',
    play: async (play) => {
      const listening = await play.listen()
      const pair = await play.pair(listening)
      await play.stage.until(listening.listener.close())
      await play.fence(pair)
      assert.equal(pair.near.times('closed') + pair.far.times('closed'), 0)
    },
  },
  {
    title: 'a listener that was closed takes no more lines, and its place is free',
    play: async (play) => {
      const { listener, accepted } = await play.listen()
      await play.stage.until(listener.close())
      await play.stage.until(listener.close())
      await refused(play, 'PORT_FAILED', play.stage.near.dial(listener.address, DIAL))
      assert.equal(accepted.length, 0)
      const { port, path } = listener.address
      const again = await play.listen({ port, path })
      await play.pair(again)
    },
  },
  {
    title: 'a place that is taken is PORT_IN_USE, and its holder goes on',
    play: async (play) => {
      const listening = await play.listen()
      const pair = await play.pair(listening)
      const { port, path } = listening.listener.address
      await refused(play, 'PORT_IN_USE', play.tryToListen({ port, path, portRange: 1 }))
      await play.fence(pair)
      await play.dial(listening.listener.address)
    },
  },
  {
    title: 'the next port of the range is taken when one is in use, until all are',
    needs: 'ports',
    play: async (play) => {
      const first = await play.listen()
      const { port } = first.listener.address
      const taken = [port]
      const range = { port, portRange: 3 }
      for (;;) {
        const next = await play.listen(range).catch((error: unknown) => error)
        if (TroupeError.is(next, 'PORT_IN_USE')) break
        assert.ok(!(next instanceof Error), String(next))
        taken.push((next as typeof first).listener.address.port)
        await play.pair(next as typeof first)
      }
      assert.ok(taken.every((one) => one >= port && one < port + 3))
      assert.equal(new Set(taken).size, taken.length)
      // Others on this machine may hold one of them.
      assert.ok(taken.length >= 2, 'a second port of the range was taken')
    },
  },
  {
    title: 'a port that is none is PORT_FAILED',
    needs: 'ports',
    play: (play) => refused(play, 'PORT_FAILED', play.tryToListen({ port: 70_000 })),
  },
  {
    title: 'several listeners of one transport take their own lines',
    needs: 'ports',
    play: async (play) => {
      const one = await play.listen()
      const other = await play.listen()
      for (let count = 0; count < LINES; count += 1) {
        await play.fence(await play.pair(one))
        await play.fence(await play.pair(other))
      }
      assert.equal(one.accepted.length + other.accepted.length, 0)
    },
  },
])
