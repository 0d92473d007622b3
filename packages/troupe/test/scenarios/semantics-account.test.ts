/**
 * Design section 4, sentence 5: nothing is lost silently, and the totals close.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { testNode } from 'troupe/testing'
import { actor } from '#actor'
import {
  DEAD_LETTER_EVENT,
  type DeadLetter,
  type DropCause,
  eventName,
  type MailboxOptions,
  type Node,
  type Pid,
  protocol,
  TroupeError,
} from '#contract'
import { assertCloses } from '#test/scenarios/closing'
import { makeGate, play, type ScriptedPid } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

/** Collects dead letters from now on. */
async function deadLetters(node: Node): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = []
  const Ear = protocol('ear', {})
  const ear = actor(Ear, {
    started: (_state, context) => context.subscribe(eventName<DeadLetter>(DEAD_LETTER_EVENT)),
    on: {},
    handleEvent: (_state, event) => void letters.push(event.message as DeadLetter),
  })
  await node.spawn(ear)
  return letters
}

/** What one case drops: the cause, how often, and what makes it happen. */
interface DropCase {
  readonly title: string
  readonly cause: DropCause
  readonly count: number
  /** Messages that were being handled when their process was killed. */
  readonly handling?: number
  run(node: Node, settle: () => Promise<void>): Promise<void>
}

/** A player held in a handler, so that what is sent to it waits. */
async function held(node: Node, settle: () => Promise<void>, mailbox?: MailboxOptions) {
  const player = await play(node, mailbox === undefined ? {} : { mailbox })
  const gate = makeGate()
  node.send(player.pid, 'act', () => gate.closed)
  await settle()
  return { ...player, gate }
}

const DROPS: readonly DropCase[] = [
  {
    title: 'a message to a process that has ended',
    cause: 'process-unknown',
    count: 2,
    async run(node, settle) {
      const { pid } = await play(node)
      node.kill(pid)
      await settle()
      node.send(pid, 'note', 1)
      node.send(pid, 'note', 2)
    },
  },
  {
    title: 'a message to a name nobody holds',
    cause: 'process-unknown',
    count: 1,
    async run(node) {
      node.send('nobody', 'note', 1)
    },
  },
  {
    title: 'what waited in the mailbox of a process that ends',
    cause: 'process-ended',
    count: 4,
    async run(node, settle) {
      const { pid, gate } = await held(node, settle)
      for (const i of [1, 2, 3]) node.send(pid, 'note', i)
      node.kill(pid)
      gate.open()
      await settle()
    },
  },
  {
    title: 'a message to a full mailbox',
    cause: 'mailbox-full',
    count: 2,
    async run(node, settle) {
      const { pid, gate } = await held(node, settle, { lengthMax: 1 })
      for (const i of [1, 2, 3]) node.send(pid, 'note', i)
      gate.open()
      await settle()
    },
  },
  {
    title: 'a message to a mailbox that drops the newest',
    cause: 'mailbox-full',
    count: 1,
    async run(node, settle) {
      const { pid, gate } = await held(node, settle, { lengthMax: 2, policy: 'drop-newest' })
      for (const i of [1, 2, 3]) assert.equal(node.send(pid, 'note', i), undefined)
      gate.open()
      await settle()
    },
  },
  {
    title: 'the oldest message of a mailbox that drops the oldest',
    cause: 'mailbox-oldest',
    count: 1,
    async run(node, settle) {
      const { pid, gate } = await held(node, settle, { lengthMax: 2, policy: 'drop-oldest' })
      for (const i of [1, 2, 3]) assert.equal(node.send(pid, 'note', i), undefined)
      gate.open()
      await settle()
    },
  },
  {
    title: 'a message that a later one of its key replaces',
    cause: 'mailbox-replaced',
    count: 2,
    async run(node, settle) {
      const keyOf = (): string => 'only'
      const mailbox = { lengthMax: 2, policy: 'latest-by-key', keyOf } as const
      const { pid, gate } = await held(node, settle, mailbox)
      for (const i of [1, 2, 3]) assert.equal(node.send(pid, 'note', i), undefined)
      gate.open()
      await settle()
    },
  },
  {
    title: 'a message that no handler names',
    cause: 'message-unknown',
    count: 1,
    async run(node, settle) {
      const { pid } = await play(node)
      node.send(pid as Pid, 'unheard-of', 1)
      await settle()
    },
  },
  {
    title: 'a message whose handler throws',
    cause: 'handler-failed',
    count: 1,
    async run(node, settle) {
      const { pid } = await play(node)
      node.send(pid, 'act', () => {
        throw new Error('on purpose')
      })
      await settle()
    },
  },
  {
    title: 'a message that a router or pool refuses',
    cause: 'pool-saturated',
    count: 1,
    async run(node, settle) {
      const { pid } = await play(node)
      const error = new TroupeError('POOL_SATURATED', { workers: 1, to: 'the pool' })
      node.send(pid, 'act', (context) => context.refuse('pool-saturated', error))
      await settle()
    },
  },
  {
    title: 'a message that an actor refuses by its schema',
    cause: 'message-refused',
    count: 1,
    async run(node, settle) {
      const { pid } = await play(node)
      const error = new TroupeError('MESSAGE_INVALID', { message: 'note', problem: 'no number' })
      node.send(pid, 'act', (context) => context.refuse('message-refused', error))
      await settle()
    },
  },
  {
    title: 'what a killed process still sends',
    cause: 'process-revoked',
    count: 1,
    handling: 1,
    async run(node, settle) {
      const gate = makeGate()
      const [sender, receiver] = [await play(node), await play(node)]
      node.send(sender.pid, 'act', async (context) => {
        await gate.closed
        context.send(receiver.pid, 'note', 'void')
      })
      await settle()
      node.kill(sender.pid)
      gate.open()
      await settle()
      assert.deepEqual(receiver.seen, [])
    },
  },
  {
    title: 'a message to a node that nothing leads to',
    cause: 'no-route',
    count: 1,
    async run(node) {
      node.send({ kind: 'name', name: 'x', node: 'far@away' }, 'note', 1)
    },
  },
]

describe(SENTENCES.account, () => {
  for (const { title, cause, count, handling = 0, run } of DROPS) {
    it(`${title} is counted as ${cause} and published as a dead letter`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const letters = await deadLetters(node)
      const before = node.account().dropped
      await run(node, () => clock.settle())
      await clock.settle()
      const after = node.account().dropped
      const grown = Object.entries(after).filter(([name, sum]) => sum !== before[name as DropCause])
      assert.deepEqual(
        grown.map(([name, sum]) => [name, sum - before[name as DropCause]]),
        handling === 0
          ? [[cause, count]]
          : [
              ['process-ended', handling],
              [cause, count],
            ],
      )
      assert.deepEqual(
        letters.map((letter) => [letter.kind, letter.cause]),
        [
          ...new Array(handling).fill(['dead-letter', 'process-ended']),
          ...new Array(count).fill(['dead-letter', cause]),
        ],
      )
      assertCloses(node)
    })
  }

  it('an answer that nobody waits for any more is counted', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node)
    const gate = makeGate()
    const call = node.call(player.pid, 'ask', () => gate.closed, { timeoutMs: 10 })
    const rejected = assert.rejects(call, { code: 'CALL_TIMEOUT' })
    await clock.advance(10)
    await rejected
    gate.open()
    await clock.settle()
    assert.equal(node.info().unwantedReplies, 1)
    assertCloses(node)
  })

  it('a dead letter names sender, receiver and message', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const letters = await deadLetters(node)
    const [sender, receiver] = [await play(node), await play(node)]
    node.kill(receiver.pid)
    await clock.settle()
    node.send(sender.pid, 'act', (context) => context.send(receiver.pid, 'note', 1))
    await clock.settle()
    const [letter] = letters
    assert.ok(letter !== undefined)
    assert.deepEqual(
      [letter.from, letter.to, letter.message, letter.count],
      [sender.pid, receiver.pid, 'note', 1],
    )
  })
})

describe(SENTENCES.died, () => {
  it('a long mailbox that dies with its owner gives few letters with counts', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const letters = await deadLetters(node)
    const { pid } = await held(node, () => clock.settle())
    for (let i = 0; i < 10_000; i += 1) node.send(pid, 'note', i)
    node.kill(pid)
    await clock.settle()
    assert.ok(letters.length < 1_000, `${letters.length} letters`)
    const told = letters.reduce((sum, letter) => sum + letter.count, 0)
    assert.equal(told, node.account().dropped['process-ended'])
    assertCloses(node)
  })

  it('a message whose handler asks is being handled, and waits no more', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    const before = node.account()
    const inside = await node.call(pid, 'ask', () => node.account())
    const expected = { ...before, sent: before.sent + 1, handling: before.handling + 1 }
    assert.deepEqual(inside, expected)
    assert.deepEqual(node.account(), { ...expected, handled: before.handled + 1, handling: 0 })
  })

  it('the totals close after any mixture of sends, calls, throws, kills and limits', async () => {
    const step = fc.record({
      do: fc.constantFrom('note', 'throw', 'kill', 'exit', 'hold', 'ask', 'unknown', 'name'),
      at: fc.integer({ min: 0, max: 3 }),
      settle: fc.boolean(),
    })
    const policy = fc.constantFrom('fail', 'drop-newest', 'drop-oldest', 'block')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), policy, async (steps, kind) => {
        await using test = await testNode()
        const { node, clock } = test
        const mailbox = { lengthMax: 3, policy: kind } as const
        const pids = await Promise.all(
          [0, 1, 2, 3].map(async () => (await play(node, { mailbox })).pid),
        )
        const gate = makeGate()
        for (const { do: action, at, settle } of steps) {
          act(node, pids[at] as ScriptedPid, action, gate.closed)
          if (settle) {
            await clock.settle()
            assertCloses(node)
          }
        }
        gate.open()
        await clock.advance(10_000)
        assertCloses(node)
        assert.deepEqual([node.account().waiting, node.account().handling], [0, 0])
      }),
      { numRuns: 100 },
    )
  })
})

function act(node: Node, pid: ScriptedPid, action: string, closed: Promise<void>): void {
  const swallow = (): void => {}
  if (action === 'note') node.send(pid, 'note', 1)
  if (action === 'throw') {
    node.send(pid, 'act', () => {
      throw new Error('on purpose')
    })
  }
  if (action === 'kill') node.kill(pid)
  if (action === 'exit') node.exit(pid, 'shutdown')
  if (action === 'hold') node.send(pid, 'act', () => closed)
  if (action === 'ask') node.call(pid, 'ask', () => closed).then(swallow, swallow)
  if (action === 'unknown') node.send(pid as Pid, 'unheard-of', 1)
  if (action === 'name') node.call('nobody', 'ask', 1).then(swallow, swallow)
}
