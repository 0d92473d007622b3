/** regression: another node cannot fill the memory of this one, whatever it does not heed. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { actor, eventName, message, protocol, request } from 'troupe'
import { KIND, ROUTE } from '#network/peer/kinds'
import { type Encoded, many, named } from '#test/regression/issue-4-kit'
import { simulatedStage } from '#test/scenarios/two-nodes/stage'
import { FoulStage } from '#test/unit/network/peer/foul'

const MAX = 100
/** What may lie before a process at the most. */
const CROWDED = 2 * MAX + 1_000 + 1

const Stuck = protocol('stuck', {
  wait: message(),
  one: message<number>(),
  ask: request<number, number>(),
})
const handlers = {
  wait: () => new Promise<void>(() => {}),
  one: () => {},
  ask: () => 1,
}
const stuck = actor(Stuck, { options: { trapExit: true }, on: handlers })
const bounded = actor(Stuck, { options: { mailbox: { lengthMax: 5 } }, on: handlers })

const Later = protocol('later', { ask: request<void, number>() })
const send: Encoded = (encoder) => {
  encoder.byte(ROUTE.name)
  named(encoder, 'stuck', 'one')
}
const call: Encoded = (encoder, id) => {
  encoder.uint(id)
  encoder.uint(0)
  encoder.byte(ROUTE.name)
  named(encoder, 'stuck', 'ask')
}
const confirm =
  (how: number, to: string): Encoded =>
  (encoder, id) => {
    encoder.uint(id)
    encoder.byte(how)
    encoder.byte(ROUTE.name)
    named(encoder, to, 'one')
  }
/** Every sixty-fourth message, which is looked at, goes to somebody else. */
const evading: Encoded = (encoder, id) => {
  encoder.byte(ROUTE.name)
  named(encoder, id % 64 < 2 ? 'echo' : 'stuck', 'one')
}

describe('a mailbox whose process waits', () => {
  let stage: FoulStage
  before(async () => {
    stage = await FoulStage.open({ remoteMailboxMax: MAX })
    const { clock, node } = stage
    for (const [name, definition] of [
      ['stuck', stuck],
      ['bounded', bounded],
    ] as const) {
      const pid = await clock.until(node.spawn(definition, { name }))
      node.send(pid, 'wait')
    }
    await clock.advance(1)
  })
  after(() => stage.close())

  const waiting = (): number => {
    const pid = stage.node.whereis('stuck') ?? assert.fail('it is there')
    const { urgent, system, main } = stage.node.processInfo(pid)?.mailbox ?? assert.fail()
    return urgent + system + main
  }

  const FLOODS: Readonly<Record<string, readonly [number, Encoded]>> = {
    messages: [KIND.send, send],
    'messages that evade the look': [KIND.send, evading],
    requests: [KIND.call, call],
    'important messages': [KIND.confirm, confirm(0, 'stuck')],
    'messages that wait for room': [KIND.confirm, confirm(1, 'stuck')],
  }

  for (const [what, [kind, write]] of Object.entries(FLOODS)) {
    it(`takes no more than twice remoteMailboxMax and 1,000 of ${what}`, async () => {
      const before = stage.node.account().dropped['mailbox-full']
      const foul = await stage.foul()
      assert.equal(await stage.send(foul, many(kind, write, 3_000)), undefined)
      assert.equal(waiting(), CROWDED)
      const refused = stage.node.account().dropped['mailbox-full'] - before
      assert.ok(refused >= 500, `${refused} are counted`)
      if (kind === KIND.send) return
      assert.ok(Buffer.concat(foul.heard).includes('MAILBOX_FULL'), 'it is answered')
    })
  }

  it('takes no exit signals above that either', async () => {
    const { id } = stage.node.whereis('stuck') ?? assert.fail('it is there')
    const foul = await stage.foul()
    const exit: Encoded = (encoder) => {
      encoder.byte(0)
      encoder.uint(1)
      encoder.uint(id)
      encoder.uint(stage.node.creation)
      encoder.value('shutdown')
    }
    await stage.send(foul, many(KIND.exit, exit, 3_000))
    assert.equal(waiting(), CROWDED)
  })

  it('has no more than twice remoteMailboxMax and 1,000 that wait for room', async () => {
    const before = stage.node.account().dropped['mailbox-full']
    const foul = await stage.foul()
    await stage.send(foul, many(KIND.confirm, confirm(1, 'bounded'), 3_000))
    const refused = stage.node.account().dropped['mailbox-full'] - before
    assert.equal(refused, 3_000 - CROWDED)
    assert.ok(await stage.serves())
  })
})

describe('a process that waits', () => {
  it('gets no more publications of another node than it may have messages', async () => {
    const stage = await simulatedStage.start({ remoteMailboxMax: MAX })
    const { a, b, settle, pass } = stage
    const listening = actor(Stuck, {
      started: async (_state, context) => void (await context.subscribe(eventName('news', b.name))),
      on: handlers,
    })
    const token = b.registerEvent('news')
    const pid = await settle(a.spawn(listening))
    await pass(50)
    a.send(pid, 'wait')
    for (let i = 0; i < 3_000; i += 1) b.publish(token, i)
    await pass(500)
    assert.equal(a.processInfo(pid)?.mailbox.main, CROWDED)
    assert.equal(a.account().dropped['mailbox-full'], 3_000 - CROWDED)
    await stage.close()
  })

  it('is asked 131,072 times at once by one other node, and no more', async () => {
    const stage = await FoulStage.open({ remoteMailboxMax: 1_000_000 })
    const stuckPid = await stage.clock.until(stage.node.spawn(stuck, { name: 'stuck' }))
    stage.node.send(stuckPid, 'wait')
    const foul = await stage.foul()
    const asked = many(KIND.call, call, 131_082)
    assert.equal(await stage.send(foul, asked), undefined)
    assert.equal(stage.node.network.refused()['MAILBOX_FULL'], 10)
    assert.ok(await stage.serves())
    await stage.close()
  })
})

describe('a lost node', () => {
  it('takes what it has asked with it; an answer that comes later is a dead letter', async () => {
    const stage = await FoulStage.open()
    const { clock, node } = stage
    let answer = (): unknown => undefined
    const keeping = actor(Later, {
      on: {
        ask: (_state, _nothing, context) => {
          const replier = context.replyLater<number>()
          answer = () => replier.reply(1)
          return replier as never
        },
      },
    })
    await clock.until(node.spawn(keeping, { name: 'later' }))
    const foul = await stage.foul()
    const ask: Encoded = (encoder, id) => {
      encoder.uint(id)
      encoder.uint(0)
      encoder.byte(ROUTE.name)
      named(encoder, 'later', 'ask')
    }
    await stage.send(foul, many(KIND.call, ask, 1))
    node.network.disconnect(foul.name)
    await clock.advance(2_000)
    const { unwantedReplies, account } = node.info()
    answer()
    assert.equal(node.info().unwantedReplies, unwantedReplies + 1)
    const { dropped, sent } = node.info().account
    assert.equal(dropped['connection-lost'], account.dropped['connection-lost'] + 1)
    assert.equal(sent, account.sent + 1)
    await stage.close()
  })
})
