/**
 * Two nodes in two programs: one that is busy stays, one that is killed is gone soon.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  actor,
  type Down,
  eventName,
  NODE_EVENT,
  NodeName,
  processName,
  protocol,
  startNode,
} from 'troupe'
import { Busy, type Ready } from './busy-node-child.js'
import { heldUp } from './held-up.js'

const PROGRAM = fileURLToPath(new URL('./busy-node-child.js', import.meta.url))
const COOKIE = 'a cookie for tests and nothing else'
const PEER = 'busy@localhost'

const Watcher = protocol('watcher', {})

/** What a process on our node is told of the other one. */
class Told {
  readonly downs: Down[] = []
  readonly notices: string[] = []
  #wake = (): void => {}

  readonly watcher = actor(Watcher, {
    started: async (_state, context) => {
      await context.subscribe(eventName(NODE_EVENT))
      context.monitor(NodeName.of(PEER))
    },
    on: {},
    handleEvent: (_state, event) => {
      const { kind } = event.message as { readonly kind: string }
      if (kind.startsWith('node-')) this.notices.push(kind)
    },
    handleDown: (_state, down) => {
      this.downs.push(down)
      this.#wake()
    },
  })

  async down(): Promise<void> {
    while (this.downs.length === 0)
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
  }
}

async function started(t: TestContext) {
  const child = fork(PROGRAM, [PEER, COOKIE])
  t.after(() => child.kill('SIGKILL'))
  const [ready] = (await once(child, 'message')) as [Ready]
  const node = await startNode('watcher@localhost', {
    handleSignals: false,
    logSinks: [],
    network: {
      cookie: COOKIE,
      mode: 'hidden',
      registrar: 'none',
      peers: { [PEER]: `tcp://${ready.host}:${ready.port}` },
    },
  })
  t.after(() => node.stop())
  await node.network.connect(PEER)
  const told = new Told()
  await node.spawn(told.watcher)
  const busy = processName('busy', Busy, PEER)
  assert.equal(await node.call(busy, 'add', 1), 1)
  return { child, node, busy, told }
}

describe('a node in another program', { concurrency: true }, () => {
  it('that is blocked for 10 seconds stays connected, and loses nothing', async (t) => {
    const { node, busy, told } = await started(t)
    node.send(busy, 'block', 10_000)
    const sums = Array.from({ length: 100 }, () => node.call(busy, 'add', 1, { timeoutMs: 30_000 }))
    assert.deepEqual(
      await Promise.all(sums),
      Array.from({ length: 100 }, (_, i) => i + 2),
    )
    const peer = node.network.peer(PEER)
    t.diagnostic(`${told.notices.join(' ')}; behind by ${peer?.loopDelayMs} ms`)
    assert.ok(told.notices.includes('node-suspect'))
    assert.ok(!told.notices.includes('node-down'))
    assert.deepEqual(told.downs, [])
    assert.equal(peer?.lines, 1)
  })

  it('that is killed is down less than 3 seconds later', async (t) => {
    const { child, node, busy, told } = await started(t)
    const call = node.call(busy, 'add', 1, { timeoutMs: 60_000 }).then(
      () => 'answered',
      (error: { readonly code: string }) => error.code,
    )
    const held = heldUp()
    const killedMs = performance.now()
    child.kill('SIGKILL')
    await told.down()
    const downMs = performance.now() - killedMs
    t.diagnostic(`down after ${Math.round(downMs)} ms`)
    // Whoever was held up listens once more before it believes a silence.
    const heldUpMs = held.ms()
    assert.ok(downMs < 3_000 + 2 * heldUpMs, `${downMs} ms, held up for ${heldUpMs}`)
    assert.equal(told.downs.length, 1)
    assert.ok(['answered', 'NO_CONNECTION'].includes(await call))
  })

  it('that is stopped by the system is down as well, and its calls end', async (t) => {
    const { child, node, busy, told } = await started(t)
    child.kill('SIGSTOP')
    const call = node.call(busy, 'add', 1, { timeoutMs: 60_000 })
    await assert.rejects(call, { code: 'NO_CONNECTION' })
    await told.down()
    assert.equal(told.downs.length, 1)
    assert.deepEqual(node.network.nodes(), [])
  })
})
