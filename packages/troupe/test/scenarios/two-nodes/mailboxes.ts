/**
 * two nodes: a bounded mailbox and senders on another node: what each policy does, and who is told.
 */
import assert from 'node:assert/strict'
import type { DropCause, MailboxOptions } from 'troupe'
import { assertCloses } from '#test/scenarios/closing'
import type { Cases } from './cases.js'
import { codeOf, deadLetters, type Player, play, roundTrip } from './player.js'
import type { TwoNodes } from './stage.js'

/** A player of b in a handler, behind which two messages have room. */
async function narrow(nodes: TwoNodes, mailbox: MailboxOptions) {
  const far = await play(nodes, nodes.b, { mailbox: { lengthMax: 2, ...mailbox } })
  const gate = await far.hold()
  return { far, gate }
}

/** What is to become of four messages from afar, and of what is asked or confirmed after them. */
interface Expected {
  readonly seen: readonly unknown[]
  readonly cause: DropCause
  readonly count: number
  /** What `sendImportant` answers when the mailbox is full. */
  readonly important: string | undefined
}

/** Sends four notes, one important and one request to a mailbox for two. */
async function fourTimes(nodes: TwoNodes, mailbox: MailboxOptions, expected: Expected) {
  const { a, b, settle, until } = nodes
  const letters = await deadLetters(nodes, b)
  const { far, gate } = await narrow(nodes, mailbox)
  const near = await play(nodes, a)
  for (const note of [1, 2, 3, 4]) {
    const failure = await near.ask((context) => context.send(far.pid, 'note', note))
    assert.equal(failure, undefined, 'nobody here knows how full it is there')
  }
  assert.equal(await settle(a.sendImportant(far.pid, 'note', 5)), expected.important)
  gate.open()
  await until(() => far.seen.length >= expected.seen.length)
  await roundTrip(nodes)
  assert.deepEqual(far.seen, expected.seen)
  assert.equal(b.account().dropped[expected.cause], expected.count)
  assert.deepEqual(
    letters.map(({ cause, to, message }) => [cause, (to as typeof far.pid).id, message]),
    new Array(expected.count).fill([expected.cause, far.pid.id, 'note']),
  )
  assert.equal(a.account().dropped[expected.cause], 0)
  for (const node of [a, b]) assertCloses(node)
}

/** A request that waits in a full mailbox or finds it full. */
async function asked(nodes: TwoNodes, policy: MailboxOptions['policy'], isFirst: boolean) {
  const { a, settle } = nodes
  const { far, gate } = await narrow(nodes, { policy: policy ?? 'fail' })
  const ask = () => codeOf(a.call(far.pid, 'query', 'value', { timeoutMs: 600_000 }))
  const early = isFirst ? ask() : undefined
  for (const note of [1, 2]) a.send(far.pid, 'note', note)
  assert.equal(await settle(early ?? ask()), 'MAILBOX_FULL')
  gate.open()
}

/** Sends until one is refused; gives how many were accepted and how many refused. */
async function flood(nodes: TwoNodes, far: Player, count: number) {
  const { a, b, settle } = nodes
  const echo = await play(nodes, b)
  const sum = { accepted: 0, refused: 0 }
  for (let at = 0; at < count; at += 1) {
    const failure = a.send(far.pid, 'note', at)
    if (failure === undefined) sum.accepted += 1
    else {
      assert.equal(failure, 'MAILBOX_FULL')
      sum.refused += 1
    }
    if (at % 64 === 0) await settle(a.call(echo.pid, 'query', at))
  }
  return sum
}

export const MAILBOX_CASES: Cases = {
  'policy fail drops what comes from afar and has no room, and tells whoever waits for a word':
    async (nodes) => {
      const full = { seen: [1, 2], cause: 'mailbox-full', count: 3, important: 'MAILBOX_FULL' }
      await fourTimes(nodes, { policy: 'fail' }, full as Expected)
      await asked(nodes, 'fail', false)
    },
  'policy drop-newest drops what comes from afar and has no room, and tells only who asks': async (
    nodes,
  ) => {
    const full = { seen: [1, 2], cause: 'mailbox-full', count: 3, important: undefined } as const
    await fourTimes(nodes, { policy: 'drop-newest' }, full)
    await asked(nodes, 'drop-newest', false)
  },
  'policy drop-oldest drops what has waited longest, and tells a far caller whose request it was':
    async (nodes) => {
      const oldest = { seen: [4, 5], cause: 'mailbox-oldest', count: 3, important: undefined }
      await fourTimes(nodes, { policy: 'drop-oldest' }, oldest as Expected)
      await asked(nodes, 'drop-oldest', true)
    },
  'policy latest-by-key replaces what waits with the same key': async (nodes) => {
    const keyOf = (_message: string, payload: unknown): unknown => Number(payload) % 2
    const replaced = { seen: [5, 4], cause: 'mailbox-replaced', count: 3, important: undefined }
    await fourTimes(nodes, { policy: 'latest-by-key', keyOf }, replaced as Expected)
  },
  'policy block refuses a send from afar, and lets sendWhenRoom wait for its turn': async (
    nodes,
  ) => {
    const { a, b, settle, until } = nodes
    const { far, gate } = await narrow(nodes, { policy: 'block' })
    const near = await play(nodes, a)
    let admitted = 0
    const waits = near.start(async (context) => {
      for (const note of [1, 2, 3, 4]) {
        assert.equal(await context.sendWhenRoom(far.pid, 'note', note), undefined)
        admitted += 1
      }
    })
    await until(() => admitted === 2)
    await roundTrip(nodes)
    assert.equal(admitted, 2)
    assert.equal(await settle(a.sendImportant(far.pid, 'note', 'no room')), 'MAILBOX_FULL')
    gate.open()
    await settle(waits)
    await until(() => far.seen.length === 4)
    assert.deepEqual(far.seen, [1, 2, 3, 4])
    assert.equal(b.account().dropped['mailbox-full'], 1)
    for (const node of [a, b]) assertCloses(node)
  },
  'whoever waits for room is told when the receiver ends, or its node is lost': {
    options: { resumeWindowMs: 60 },
    async run(nodes) {
      const { a, b, settle } = nodes
      const [first, second] = [
        await narrow(nodes, { policy: 'block' }),
        await narrow(nodes, { policy: 'block' }),
      ]
      const waits = []
      for (const { far } of [first, second]) {
        for (const note of [1, 2]) a.send(far.pid, 'note', note)
        waits.push(a.sendWhenRoom(far.pid, 'note', 3))
      }
      await roundTrip(nodes)
      b.kill(first.far.pid)
      assert.equal(await settle(waits[0] as Promise<unknown>), 'PROCESS_UNKNOWN')
      nodes.cut()
      assert.equal(await settle(waits[1] as Promise<unknown>), 'NO_CONNECTION')
      for (const { gate } of [first, second]) gate.open()
    },
  },
  'a slow receiver slows sendWhenRoom from several nodes at once, and loses nothing': async (
    nodes,
  ) => {
    const { a, b } = nodes
    const far = await play(nodes, b, { mailbox: { lengthMax: 3, policy: 'block' } })
    const senders = [await play(nodes, a), await play(nodes, await nodes.third())]
    const longest = { waiting: 0 }
    const sent = Promise.all(
      senders.map(({ start }, who) =>
        start(async (context) => {
          for (let at = 0; at < 100; at += 1) {
            await context.sendWhenRoom(far.pid, 'note', `${who} ${at}`)
            const { main } = b.processInfo(far.pid)?.mailbox ?? { main: 0 }
            longest.waiting = Math.max(longest.waiting, main)
          }
        }),
      ),
    )
    await nodes.settle(sent)
    await nodes.until(() => far.seen.length === 200)
    for (const who of [0, 1]) {
      const own = far.seen.filter((line) => String(line).startsWith(`${who} `))
      assert.deepEqual(
        own,
        Array.from({ length: 100 }, (_, at) => `${who} ${at}`),
      )
    }
    assert.ok(longest.waiting <= 3, `${longest.waiting} waited`)
    assert.equal(b.account().dropped['mailbox-full'], 0)
  },
  'a mailbox without a limit does not fill the memory: its senders are held, then released': {
    options: { remoteMailboxMax: 100 },
    async run(nodes) {
      const { a, b, until } = nodes
      const far = await play(nodes, b)
      const gate = await far.hold()
      const { accepted, refused } = await flood(nodes, far, 1_000)
      assert.ok(accepted >= 100 && accepted <= 300, `${accepted} accepted`)
      const waiting = b.processInfo(far.pid)?.mailbox.main
      assert.equal(waiting, accepted)
      assert.equal(a.account().dropped['mailbox-full'], refused)
      assert.equal(a.network.peer('b@stage')?.heldByPeer, 1)
      gate.open()
      await until(() => a.network.peer('b@stage')?.heldByPeer === 0)
      assert.equal(a.send(far.pid, 'note', 'again'), undefined)
      await until(() => far.seen.length === accepted + 1)
      for (const node of [a, b]) assertCloses(node)
    },
  },
  'the totals of both sides are the same messages: sent there, here taken or dropped': async (
    nodes,
  ) => {
    const { a, b, until } = nodes
    const { far, gate } = await narrow(nodes, { policy: 'drop-oldest' })
    await roundTrip(nodes)
    const before = { out: a.network.peer('b@stage')?.messagesOut ?? 0, sent: b.account().sent }
    for (let at = 0; at < 50; at += 1) a.send(far.pid, 'note', at)
    await until(() => b.account().sent === before.sent + 50)
    assert.equal((a.network.peer('b@stage')?.messagesOut ?? 0) - before.out, 50)
    assert.equal(b.account().dropped['mailbox-oldest'], 48)
    gate.open()
    await until(() => far.seen.length === 2)
    assert.deepEqual(far.seen, [48, 49])
    for (const node of [a, b]) assertCloses(node)
  },
}
