/**
 * scenarios/bad-input-many: too many of everything: links, monitors, timers, messages, calls.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TestNode, testNode } from 'troupe/testing'
import { actor, supervisor } from '#actor'
import {
  custom,
  type MailboxOptions,
  message,
  type Node,
  type ProcessContext,
  protocol,
  request,
  TroupeError,
} from '#contract'
import { assertWell, dropped } from '#test/scenarios/bad-input-kit'
import { endOf, makeGate, type ScriptedPid, scripted } from '#test/scenarios/scripted'
import { child, codeOf, makeStage } from '#test/scenarios/supervised'

const CROWD = 100_000
const MILLION = 1_000_000

async function crowd(node: Node, count: number): Promise<ScriptedPid[]> {
  const pids: ScriptedPid[] = []
  for (let i = 0; i < count; i += 1) pids.push(await node.spawn(scripted))
  return pids
}

describe('a hundred thousand processes', () => {
  for (const shape of ['chain', 'ring'] as const) {
    it(`linked in a ${shape} end together when one in the middle fails`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const pids = await crowd(node, CROWD)
      for (let i = shape === 'ring' ? 0 : 1; i < CROWD; i += 1) {
        const before = pids.at(i - 1) as ScriptedPid
        node.send(pids[i] as ScriptedPid, 'act', (context) => context.link(before))
      }
      await clock.settle()
      const last = endOf(node, pids.at(-1) as ScriptedPid)
      node.send(pids[CROWD / 2] as ScriptedPid, 'act', (context) => context.stop(custom('cut')))
      await clock.settle()
      assert.equal(node.processes().length, 0)
      assert.deepEqual(last.reason, custom('cut'))
      await assertWell(test)
    })
  }

  it('that monitor one are each told once that it has ended', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [watched] = await crowd(node, 1)
    let told = 0
    const Watch = protocol('watch', {})
    const watcher = actor(Watch, {
      started: (_state, context) => void context.monitor(watched as ScriptedPid),
      on: {},
      handleDown() {
        told += 1
      },
    })
    for (let i = 0; i < CROWD; i += 1) await node.spawn(watcher)
    assert.equal(node.processInfo(watched as ScriptedPid)?.watchers, CROWD)
    node.kill(watched as ScriptedPid)
    await clock.settle()
    assert.equal(told, CROWD)
    await assertWell(test)
  })
})

describe('a million timers', () => {
  it('half of them cancelled: the other half runs, each once, and none is left', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [pid] = await crowd(node, 1)
    let [fired, cancelled] = [0, 0]
    const fire = (): void => {
      fired += 1
    }
    node.send(pid as ScriptedPid, 'act', (context: ProcessContext) => {
      for (let i = 0; i < MILLION; i += 1) {
        const timer = context.after(1_000 + (i % 7), fire)
        if (i % 2 === 0 && timer.cancel()) cancelled += 1
      }
    })
    await clock.settle()
    assert.equal(node.processInfo(pid as ScriptedPid)?.timers, MILLION / 2)
    await clock.advance(999)
    assert.equal(fired, 0)
    await clock.advance(8)
    assert.deepEqual([fired, cancelled], [MILLION / 2, MILLION / 2])
    assert.equal(node.processInfo(pid as ScriptedPid)?.timers, 0)
    assert.equal(clock.pending(), 0)
    await assertWell(test)
  })
})

/** A process held in a handler, so that what is sent to it waits. */
async function held({ node, clock }: TestNode, mailbox?: MailboxOptions) {
  const seen: string[] = []
  const options = mailbox === undefined ? {} : { mailbox }
  const pid = await node.spawn(scripted, { ...options, args: [seen] })
  const gate = makeGate()
  node.send(pid, 'act', () => gate.closed)
  await clock.settle()
  return { pid, gate, seen }
}

describe('a bomb of a million messages', () => {
  it('waits where there is no limit, is handled in order, and nothing of it stays', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid, gate } = await held(test)
    let next = 0
    let inOrder = true
    for (let i = 0; i < MILLION; i += 1) {
      node.send(pid, 'act', () => {
        inOrder &&= next === i
        next += 1
      })
    }
    assert.equal(node.account().waiting, MILLION)
    gate.open()
    await clock.settle()
    assert.deepEqual([next, inOrder], [MILLION, true])
    const { waiting, handled, handling } = node.account()
    assert.deepEqual([waiting, handled, handling], [0, MILLION + 1, 0])
    assert.equal(node.processInfo(pid)?.mailbox.main, 0)
    await assertWell(test)
  })

  it('dies with its receiver, and every one is counted', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await held(test)
    for (let i = 0; i < MILLION; i += 1) node.send(pid, 'note', i)
    node.kill(pid)
    await clock.settle()
    assert.equal(node.account().waiting, 0)
    assert.equal(dropped(node, 'process-ended'), MILLION + 1)
    await assertWell(test)
  })
})

const BOMB = 50_000
const LIMIT = 10

interface BombCase {
  readonly mailbox: MailboxOptions
  readonly refused: number
  readonly cause: 'mailbox-full' | 'mailbox-oldest' | 'mailbox-replaced'
  /** What is left of the numbers 0 to 49,999. */
  readonly kept: readonly number[]
}

const firsts = Array.from({ length: LIMIT }, (_, i) => i)
const lasts = Array.from({ length: LIMIT }, (_, i) => BOMB - LIMIT + i)

const CASES: readonly BombCase[] = [
  { mailbox: { policy: 'fail' }, refused: BOMB - LIMIT, cause: 'mailbox-full', kept: firsts },
  { mailbox: { policy: 'block' }, refused: BOMB - LIMIT, cause: 'mailbox-full', kept: firsts },
  { mailbox: { policy: 'drop-newest' }, refused: 0, cause: 'mailbox-full', kept: firsts },
  { mailbox: { policy: 'drop-oldest' }, refused: 0, cause: 'mailbox-oldest', kept: lasts },
  {
    mailbox: { policy: 'latest-by-key', keyOf: (_name, value) => Number(value) % LIMIT },
    refused: 0,
    cause: 'mailbox-replaced',
    kept: lasts,
  },
]

describe('a bomb of 50,000 messages on a mailbox of 10', () => {
  for (const { mailbox, refused, cause, kept } of CASES) {
    it(`with the policy ${mailbox.policy} leaves 10, and counts the others`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid, gate, seen } = await held(test, { ...mailbox, lengthMax: LIMIT })
      let failures = 0
      for (let i = 0; i < BOMB; i += 1) {
        if (node.send(pid, 'note', i) === 'MAILBOX_FULL') failures += 1
      }
      assert.equal(node.account().waiting, LIMIT)
      assert.deepEqual([failures, dropped(node, cause)], [refused, BOMB - LIMIT])
      gate.open()
      await clock.settle()
      assert.deepEqual(seen.map(Number), kept)
      await assertWell(test)
    })
  }

  it('that all wait for room are handled in order', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid, gate, seen } = await held(test, { policy: 'block', lengthMax: LIMIT })
    const sends = Array.from({ length: BOMB }, (_, i) => node.sendWhenRoom(pid, 'note', i))
    gate.open()
    const failures = (await clock.until(Promise.all(sends))).filter((told) => told !== undefined)
    await clock.settle()
    assert.deepEqual([failures.length, seen.length], [0, BOMB])
    assert.ok(seen.every((told, i) => Number(told) === i))
    await assertWell(test)
  })
})

describe('ten thousand calls', () => {
  it('that time out at once are each told so, once', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid, gate } = await held(test)
    const codes = Array.from({ length: 10_000 }, (_, i) =>
      codeOf(node.call(pid, 'ask', () => i, { timeoutMs: 100 })),
    )
    const told = await clock.until(Promise.all(codes))
    assert.deepEqual([...new Set(told)], ['CALL_TIMEOUT'])
    assert.ok(clock.nowMs() >= 100 && clock.nowMs() < 200)
    gate.open()
    await clock.settle()
    assert.equal(node.info().unwantedReplies, 10_000)
    await assertWell(test)
  })
})

describe('spawns inside of init', () => {
  it('nest two hundred deep, each waiting for the next', async () => {
    await using test = await testNode()
    const Nest = protocol('nest', { depth: request<void, number>() })
    const nest: ReturnType<typeof actor<typeof Nest, number, [number]>> = actor(Nest, {
      init: (depth: number) => depth,
      async started(depth, context) {
        if (depth < 200) await context.spawn(nest, { args: [depth + 1], link: true })
      },
      on: { depth: (depth) => depth },
    })
    await test.node.spawn(nest, { args: [1] })
    assert.equal(test.node.processes().length, 200)
    await assertWell(test)
  })

  it('that fail at the deepest tell it all the way up, and leave nobody', async () => {
    await using test = await testNode()
    const Nest = protocol('nest', { act: message() })
    const nest: ReturnType<typeof actor<typeof Nest, number, [number]>> = actor(Nest, {
      init: (depth: number) => depth,
      async started(depth, context) {
        if (depth === 200) throw new RangeError('too deep')
        await context.spawn(nest, { args: [depth + 1], link: true })
      },
      on: { act() {} },
    })
    let error: unknown = await test.node.spawn(nest, { args: [1] }).catch((thrown) => thrown)
    let depth = 0
    for (; TroupeError.is(error, 'INIT_FAILED'); error = error.cause) depth += 1
    assert.equal(depth, 200)
    assert.equal(String(error), 'RangeError: too deep')
    assert.equal(test.node.processes().length, 0)
    assert.equal(test.node.info().spawnFailed, 200)
    await assertWell(test)
  })
})

describe('a supervisor whose child never starts', () => {
  it('ends after bounded time with a reason that names the child and the cause', async () => {
    await using test = await testNode()
    const stage = makeStage()
    stage.refusing.set('store', Number.POSITIVE_INFINITY)
    const starting = test.node.spawn(supervisor({ children: [child(stage, 'store')] }))
    const error = await test.clock.until(starting.then(() => undefined, String))
    assert.match(String(error), /store.*store has no database/)
    assert.ok(test.clock.nowMs() <= 60_000, `${test.clock.nowMs()} ms`)
    assert.equal(stage.seen.length, 6)
    assert.equal(test.node.processes().length, 0)
    await assertWell(test)
  })
})
