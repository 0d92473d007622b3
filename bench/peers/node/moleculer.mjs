/**
 * bench/peers/node: the rows in Moleculer 0.14: one broker, services, emit and call.
 *
 * Services are made at the start of a program, not by the thousand, and events are handled within
 * `emit`: there is no mailbox, no actor to spawn or restart. Those rows are absent.
 */
import moleculer from 'moleculer'
import { expectEqual, gate, main } from './harness.mjs'

const broker = new moleculer.ServiceBroker({ logger: false })
await broker.start()

let handled = { left: 0, sum: 0, done: undefined }
broker.createService({
  name: 'counter',
  events: {
    'counter.increment': {
      // The parameter must be called ctx: Moleculer reads the source to tell the signature.
      handler(ctx) {
        handled.sum += ctx.params.by
        handled.left -= 1
        if (handled.left === 0) handled.done()
      },
    },
  },
  actions: {
    add: {
      handler(ctx) {
        return ctx.params.by
      },
    },
  },
})
await broker.waitForServices('counter')

const SENDS_PER_TURN = 1_000

function send() {
  return async (count) => {
    const { opened, open } = gate()
    handled = { left: count, sum: 0, done: open }
    for (let sent = 0; sent < count; ) {
      const turn = Math.min(count, sent + SENDS_PER_TURN)
      for (; sent < turn; sent += 1) broker.emit('counter.increment', { by: 1 })
      await undefined
    }
    await opened
    expectEqual('handled', handled.sum, count)
  }
}

function calls(row) {
  const callers = Number(row.split('-')[1] ?? 1)
  const caller = async (each) => {
    let sum = 0
    for (let n = 0; n < each; n += 1) sum += await broker.call('counter.add', { by: 1 })
    expectEqual('answers', sum, each)
  }
  return async (count) => {
    const each = Math.floor(count / callers)
    await Promise.all(Array.from({ length: callers }, () => caller(each)))
  }
}

await main({ send, call: calls, 'call-100': calls })
