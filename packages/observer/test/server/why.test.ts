/**
 * server/why: why a process of a real node does not go on, as the API of an Observer on another
 * node tells it: six causes, each with the process it is about and how long it has been so.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Address,
  actor,
  message,
  type Node,
  type Pid,
  processName,
  protocol,
  request,
  supervisor,
} from 'troupe'
import { type Browser, twoNodes } from './kit.js'

const Stuck = protocol('stuck', {
  ask: request<void, number>(),
  /** Asks `to`. */
  begin: message<void>(),
  hang: message<void>(),
  /** Sends to `to` when there is room. */
  push: message<void>(),
  fail: message<void>(),
  /** Holds the loop for so long, in milliseconds. */
  compute: message<number>(),
  rest: message<void>(),
})

/** How long an answer takes, in milliseconds. */
const SLOW_MS = 60
const HELD_MS = 1_200

const stuckActor = actor(Stuck, {
  init: (to: Address = 'nobody') => ({ to }),
  on: {
    ask: async (_state, _none, context) => {
      await context.sleep(SLOW_MS)
      return 1
    },
    begin: async ({ to }, _none, context) => {
      await context.call(to, 'ask', undefined, { timeoutMs: 60_000 })
    },
    hang: () => new Promise<void>(() => {}),
    push: ({ to }, _none, context) => context.sendWhenRoom(to, 'hang'),
    fail: () => {
      throw new RangeError('no more shelves')
    },
    compute: (_state, ms) => {
      const untilMs = performance.now() + ms
      while (performance.now() < untilMs);
    },
    rest: () => {},
  },
})

interface Step {
  readonly cause: string
  readonly pid: string
  readonly forMs: number
}

describe('why a process is stuck', { timeout: 120_000 }, () => {
  const pidText = ({ node, id, creation }: Pid): string => `<${node}.${id}.${creation}>`

  /** The steps about a process as soon as its last one has this cause. */
  async function stepsAt(
    { browser }: { readonly browser: Browser },
    node: Node,
    which: string,
    cause: string,
  ): Promise<readonly Step[]> {
    for (;;) {
      const address = `/api/nodes/${encodeURIComponent(node.name)}/why?${which}`
      const [status, body] = await browser.json(address)
      assert.equal(status, 200, JSON.stringify(body))
      const { steps, verdict } = body as { steps: readonly Step[]; verdict: Step }
      if (verdict.cause === cause && verdict.forMs > 0) return steps
      await new Promise((settle) => setTimeout(settle, 50))
    }
  }

  const causes = (steps: readonly Step[]) => steps.map(({ cause, pid }) => [cause, pid])

  it('tells the handler that a call waits for', async (t) => {
    const stage = await twoNodes(t)
    const { b } = stage
    const callee = await b.spawn(stuckActor, { name: 'callee' })
    const caller = await b.spawn(stuckActor, { name: 'caller', args: [callee] })
    b.send(callee, 'hang')
    b.send(caller, 'begin')
    assert.deepEqual(causes(await stepsAt(stage, b, 'name=caller', 'handler-unsettled')), [
      ['waiting-for-call', pidText(caller)],
      ['handler-unsettled', pidText(callee)],
    ])
  })

  it('tells the slow callee that a mailbox grows behind', async (t) => {
    const stage = await twoNodes(t)
    const { b } = stage
    const slow = await b.spawn(stuckActor, { name: 'slow' })
    const behind = await b.spawn(stuckActor, { name: 'behind', args: [slow] })
    for (let at = 0; at < 300; at += 1) b.send(behind, 'begin')
    const steps = await stepsAt(stage, b, 'name=behind', 'slow-callee')
    assert.deepEqual(causes(steps), [
      ['waiting-for-call', pidText(behind)],
      ['slow-callee', pidText(slow)],
    ])
  })

  it('tells the mailbox of another node that gives no credit', async (t) => {
    const stage = await twoNodes(t)
    const { a, b } = stage
    const mailbox = { lengthMax: 1, policy: 'block' } as const
    const full = await b.spawn(stuckActor, { name: 'full', mailbox })
    const far = processName('full', Stuck, 'b@localhost')
    const sender = await a.spawn(stuckActor, { name: 'sender', args: [far] })
    b.send(full, 'hang')
    // It is taken out of the mailbox before this is answered.
    await b.call('system', 'why', { name: 'full' })
    b.send(full, 'hang')
    a.send(sender, 'push')
    const steps = await stepsAt(stage, a, 'name=sender', 'handler-unsettled')
    assert.deepEqual(causes(steps), [
      ['no-credit', pidText(sender)],
      ['handler-unsettled', pidText(full)],
    ])
  })

  it('tells who held the loop', async (t) => {
    const stage = await twoNodes(t)
    const { b } = stage
    const busy = await b.spawn(stuckActor, { name: 'busy' })
    await b.spawn(stuckActor, { name: 'quiet' })
    b.send(busy, 'compute', HELD_MS)
    const [step] = await stepsAt(stage, b, 'name=quiet', 'loop-blocked')
    assert.equal(step?.pid, pidText(busy))
    assert.ok((step?.forMs ?? 0) >= HELD_MS)
  })

  it('tells the child that waits in back-off', async (t) => {
    const stage = await twoNodes(t)
    const { b } = stage
    const top = supervisor({
      intensity: { restarts: 100, withinMs: 1_000 },
      backoff: { immediate: 0, firstMs: 10_000, jitter: 0 },
      children: [{ name: 'child', start: stuckActor }],
    })
    await b.spawn(top, { name: 'top' })
    const child = b.whereis('child') as Pid
    b.send('child', 'fail')
    assert.deepEqual(causes(await stepsAt(stage, b, 'name=child', 'restart-back-off')), [
      ['restart-back-off', pidText(child)],
    ])
  })

  it('tells a zombie by its name and by its pid', async (t) => {
    const stage = await twoNodes(t)
    const { b } = stage
    const dead = await b.spawn(stuckActor, { name: 'dead' })
    b.send(dead, 'hang')
    await b.call('system', 'why', { name: 'dead' })
    b.kill(dead)
    const byName = await stepsAt(stage, b, 'name=dead', 'zombie')
    assert.deepEqual(causes(byName), [['zombie', pidText(dead)]])
    const byPid = await stepsAt(stage, b, `pid=${encodeURIComponent(pidText(dead))}`, 'zombie')
    assert.deepEqual(causes(byPid), [['zombie', pidText(dead)]])
  })
})
