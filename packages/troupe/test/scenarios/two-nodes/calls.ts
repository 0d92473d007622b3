/**
 * two nodes: requests to another node: how they end, and who may answer them.
 */
import assert from 'node:assert/strict'
import {
  custom,
  isFailure,
  Pid,
  type ProcessContext,
  processName,
  type Replier,
  type TroupeError,
} from 'troupe'
import { type Cases, LOST_SOON } from './cases.js'
import { codeOf, Part, type Player, play, roundTrip, tooLittle } from './player.js'

const LONG = { timeoutMs: 600_000 }
const never = () => new Promise<never>(() => {})

/** The code and the reason a call ended with. */
const endOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'an answer',
    (error: TroupeError) => [error.code, error.detail.reason ?? error.detail.problem],
  )

export const CALL_ENDS: Cases = {
  'it rejects with the reason when the far callee ends, however it ends': async (nodes) => {
    const { a, b, settle } = nodes
    const ends: readonly (readonly [(far: Player) => unknown, unknown])[] = [
      [({ pid }) => a.exit(pid, custom('enough')), ['CALLEE_ENDED', 'enough']],
      [({ pid }) => a.kill(pid), ['CALLEE_ENDED', 'killed']],
      [({ pid }) => b.kill(pid), ['CALLEE_ENDED', 'killed']],
    ]
    for (const [end, expected] of ends) {
      // An exit waits for the handler that runs: this one has returned.
      const far = await play(nodes, b, { answering: (_what, context) => context.replyLater() })
      const waits = endOf(a.call(far.pid, 'query', 1, LONG))
      await roundTrip(nodes)
      end(far)
      assert.deepEqual(await settle(waits), expected)
    }
  },
  'it rejects with the reason when it still waited in the mailbox of the callee': async (nodes) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b)
    const gate = await far.hold()
    const waits = endOf(a.call(far.pid, 'query', 1, LONG))
    await roundTrip(nodes)
    b.exit(far.pid, 'shutdown')
    gate.open()
    assert.deepEqual(await settle(waits), ['CALLEE_ENDED', 'shutdown'])
  },
  'it rejects when nobody is behind the address': async (nodes) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b)
    const alias = await far.ask((context) => context.createAlias())
    await far.ask((context) => context.deleteAlias(alias))
    b.kill(far.pid)
    const old = Pid.of(b.name, far.pid.id, far.pid.creation - 1) as typeof far.pid
    const outcomes = [
      a.call(far.pid, 'query', 1, LONG),
      a.call(processName('nobody', Part, b.name), 'query', 1, LONG),
      a.call(alias as never, 'query', 1 as never, LONG as never),
      a.call(old, 'query', 1, LONG),
    ].map(codeOf)
    assert.deepEqual(await settle(Promise.all(outcomes)), [
      'PROCESS_UNKNOWN',
      'NAME_UNKNOWN',
      'ALIAS_UNKNOWN',
      'PROCESS_INCARNATION',
    ])
  },
  'it rejects after its timeout when the callee takes longer, and later answers are void': async (
    nodes,
  ) => {
    const { a, b, settle } = nodes
    let later: Replier | undefined
    const far = await play(nodes, b, {
      answering: (_what, context) => {
        later = context.replyLater()
        return later
      },
    })
    assert.equal(
      await settle(codeOf(a.call(far.pid, 'query', 1, { timeoutMs: 40 }))),
      'CALL_TIMEOUT',
    )
    later?.reply('too late')
    await roundTrip(nodes)
    assert.equal(a.network.peer(b.name)?.calls, 0)
  },
  'it rejects when the node of the callee is lost': {
    options: LOST_SOON,
    async run(nodes) {
      const { a, b, settle } = nodes
      const far = await play(nodes, b, { answering: never })
      const waits = codeOf(a.call(far.pid, 'query', 1, LONG))
      await roundTrip(nodes)
      nodes.cut()
      assert.equal(await settle(waits), 'NO_CONNECTION')
      b.kill(far.pid)
    },
  },
}

export const CALL_THROWS: Cases = {
  'a throw rejects the far caller and ends the callee': async (nodes) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b, {
      answering: () => {
        throw new RangeError('on purpose')
      },
    })
    const end = await settle(endOf(a.call(far.pid, 'query', 1)))
    assert.deepEqual(end, ['HANDLER_FAILED', 'RangeError: on purpose'])
    assert.equal(b.isAlive(far.pid), false)
    for (const node of [a, b]) assert.equal(node.running, true)
  },
  'a rejection after an await rejects the far caller as well': async (nodes) => {
    const far = await play(nodes, nodes.b, {
      answering: async (_what, context) => {
        await context.sleep(1)
        throw new RangeError('on purpose')
      },
    })
    const end = await nodes.settle(endOf(nodes.a.call(far.pid, 'query', 1)))
    assert.deepEqual(end, ['HANDLER_FAILED', 'RangeError: on purpose'])
  },
  'an expected failure arrives as a value, and the callee goes on': async (nodes) => {
    const far = await play(nodes, nodes.b, { answering: () => tooLittle })
    const answer = await nodes.settle(nodes.a.call(far.pid, 'query', 1))
    assert.ok(isFailure(answer) && answer.error === 'too-little')
    assert.ok(nodes.b.isAlive(far.pid))
  },
}

export const CALL_ANSWERS: Cases = {
  'undefined, null and every other value that has no text are answers of a far callee': async (
    nodes,
  ) => {
    const far = await play(nodes, nodes.b)
    for (const value of [undefined, null, Number.NaN, -0, 7n, new Map([[1, new Set('ab')]])]) {
      assert.deepEqual(await nodes.settle(nodes.a.call(far.pid, 'query', value)), value)
    }
  },
}

/** Hands whatever it is asked on to another process. */
const handingTo = (to: Pid) => (_what: unknown, context: ProcessContext) => context.forward(to)

export const CALL_DELEGATION: Cases = {
  'a reply that is deferred reaches the far caller': async (nodes) => {
    const { a, b, settle } = nodes
    let later: Replier | undefined
    const far = await play(nodes, b, {
      answering: (_what, context) => {
        later = context.replyLater()
        return later
      },
    })
    const waits = a.call(far.pid, 'query', 1, LONG)
    await roundTrip(nodes)
    assert.deepEqual(later?.from, undefined, 'the node itself has asked')
    assert.equal(later?.alive, true)
    assert.equal(later?.reply('at last'), true)
    assert.equal(later?.reply('twice'), false)
    assert.equal(await settle(waits), 'at last')
  },
  'a reply that is deferred for ever ends with its callee': async (nodes) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b, { answering: (_what, context) => context.replyLater() })
    const waits = endOf(a.call(far.pid, 'query', 1, LONG))
    await roundTrip(nodes)
    b.exit(far.pid, 'shutdown')
    assert.deepEqual(await settle(waits), ['CALLEE_ENDED', 'shutdown'])
  },
  'a delegate answers for the callee, wherever it is': async (nodes) => {
    const { a, b, settle } = nodes
    const c = await nodes.third()
    for (const node of [a, b, c]) {
      const delegate = await play(nodes, node, { answering: (what) => `${what} at ${node.name}` })
      const far = await play(nodes, b, { answering: handingTo(delegate.pid) })
      const near = await play(nodes, a)
      const answer = near.start((context) => context.call(far.pid, 'query', 'asked'))
      assert.equal(await settle(answer), `asked at ${node.name}`)
    }
  },
  'a delegate of another node that ends or is not there rejects the caller': async (nodes) => {
    const { a, b, settle } = nodes
    const delegate = await play(nodes, a, { answering: never })
    const far = await play(nodes, b, { answering: handingTo(delegate.pid) })
    const waits = endOf(a.call(far.pid, 'query', 1, LONG))
    await roundTrip(nodes)
    a.kill(delegate.pid)
    assert.deepEqual(await settle(waits), ['CALLEE_ENDED', 'killed'])
    assert.equal(await settle(codeOf(a.call(far.pid, 'query', 2, LONG))), 'PROCESS_UNKNOWN')
    assert.ok(b.isAlive(far.pid))
  },
  'an AbortSignal ends the wait for a far answer, and the caller goes on': async (nodes) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b, { answering: never })
    const near = await play(nodes, a)
    const controller = new AbortController()
    const waits = near.start((context) =>
      codeOf(context.call(far.pid, 'query', 1, { ...LONG, signal: controller.signal })),
    )
    await roundTrip(nodes)
    controller.abort()
    assert.equal(await settle(waits), 'CALL_ABORTED')
    assert.equal(await near.ask(() => 'here'), 'here')
    b.kill(far.pid)
  },
  'a deadline travels from node to node and back, and shrinks on its way': async (nodes) => {
    const { a, b, settle } = nodes
    const inner = await play(nodes, a, { answering: (_what, context) => context.deadlineMs })
    const middle = await play(nodes, b, {
      answering: (_what, context) => context.call(inner.pid, 'query', 1, LONG),
    })
    const left = await settle(a.call(middle.pid, 'query', 1, { timeoutMs: 4_000 }))
    assert.ok(typeof left === 'number' && left > 3_000 && left <= 4_000, `${left}`)
  },
  'a nested call to another node ends with the deadline of the outer one': async (nodes) => {
    const { a, b, settle } = nodes
    const inner = await play(nodes, a, { answering: never })
    const outcomes: unknown[] = []
    const middle = await play(nodes, b, {
      answering: async (what, context) => {
        if (what === 'are you there') return 'here'
        outcomes.push(await codeOf(context.call(inner.pid, 'query', 1, LONG)))
        return 'late'
      },
    })
    const outer = codeOf(a.call(middle.pid, 'query', 1, { timeoutMs: 60 }))
    assert.equal(await settle(outer), 'CALL_TIMEOUT')
    // The one in the middle is free again at once, and not after ten minutes.
    assert.equal(await settle(a.call(middle.pid, 'query', 'are you there')), 'here')
    assert.deepEqual(outcomes, ['CALL_TIMEOUT'])
    a.kill(inner.pid)
  },
}

export const IMPORTANT_CASES: Cases = {
  'delivered: it settles when the far mailbox has the message, not when it was handled': async (
    nodes,
  ) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b)
    const gate = await far.hold()
    assert.equal(await settle(a.sendImportant(far.pid, 'note', 1)), undefined)
    assert.deepEqual([far.seen, b.processInfo(far.pid)?.mailbox.main], [[], 1])
    gate.open()
    await nodes.until(() => far.seen.length === 1)
  },
  'no process: it tells that nobody is behind the address': async (nodes) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b)
    const alias = await far.ask((context) => context.createAlias())
    const important = (to: unknown) => settle(a.sendImportant(to as typeof far.pid, 'note', 1))
    assert.equal(await important(alias), undefined)
    const { id, creation } = far.pid
    assert.equal(await important(Pid.of(b.name, id, creation - 1)), 'PROCESS_INCARNATION')
    assert.equal(await important({ ...alias, creation: creation - 1 }), 'PROCESS_INCARNATION')
    b.kill(far.pid)
    await roundTrip(nodes)
    assert.equal(await important(far.pid), 'PROCESS_UNKNOWN')
    assert.equal(await important(alias), 'ALIAS_UNKNOWN')
    assert.equal(await important(processName('nobody', Part, b.name)), 'NAME_UNKNOWN')
  },
  'mailbox full: it tells so': async (nodes) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b, { mailbox: { lengthMax: 1 } })
    const gate = await far.hold()
    assert.equal(await settle(a.sendImportant(far.pid, 'note', 1)), undefined)
    assert.equal(await settle(a.sendImportant(far.pid, 'note', 2)), 'MAILBOX_FULL')
    gate.open()
  },
  'refused: it tells that the schema there does not take the payload': async (nodes) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b)
    assert.equal(await settle(a.sendImportant(far.pid, 'count', 1)), undefined)
    const wrong = 'not a number' as unknown as number
    assert.equal(await settle(a.sendImportant(far.pid, 'count', wrong)), 'MESSAGE_INVALID')
    assert.equal(b.account().dropped['message-refused'], 1)
  },
  'node lost: it tells so, and the message is counted once': {
    options: LOST_SOON,
    async run(nodes) {
      const { a, b, settle } = nodes
      const far = await play(nodes, b)
      await roundTrip(nodes)
      const before = a.account()
      nodes.cut()
      const waits = a.sendImportant(far.pid, 'note', 1)
      const { messagesOut = 0, acknowledged = 0 } = a.network.peer(b.name) ?? {}
      assert.equal(await settle(waits), 'NO_CONNECTION')
      const { dropped } = a.account()
      assert.equal(
        dropped['connection-lost'] - before.dropped['connection-lost'],
        messagesOut - acknowledged,
      )
      assert.equal(dropped['no-route'], before.dropped['no-route'])
    },
  },
  'no way: it tells so': async (nodes) => {
    const { a, settle } = nodes
    const nowhere = processName('x', Part, 'z@nowhere')
    for (let times = 0; times < 2; times += 1) {
      assert.equal(await settle(a.sendImportant(nowhere, 'note', 1)), 'NO_ROUTE')
    }
    const { 'no-route': noRoute, 'connection-lost': lost } = a.account().dropped
    assert.equal(noRoute + lost, 2)
  },
  'timeout: it tells that no confirmation has come': async (nodes) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b)
    await roundTrip(nodes)
    nodes.stall()
    const waits = a.sendImportant(far.pid, 'note', 1, { timeoutMs: 30 })
    assert.equal(await settle(waits), 'CONFIRM_TIMEOUT')
    nodes.heal()
    await nodes.until(() => far.seen.length === 1)
    assert.deepEqual(far.seen, [1])
  },
}
