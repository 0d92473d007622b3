/** network/peer: what belongs to the node itself is out of reach for others. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { KIND, ROUTE } from '#network/peer/kinds'
import { type Encoded, many } from '#test/regression/issue-4-kit'
import { FoulStage } from '#test/unit/network/peer/foul'

/** Behind an address: a message without a payload. */
const word: Encoded = (encoder) => {
  encoder.name('stop')
  encoder.value(undefined)
}

/** A message to a target, in each form it could be written in. */
const MESSAGES: Readonly<Record<string, Encoded>> = {
  'the node itself, by the id 0': (encoder) => [encoder.byte(ROUTE.pid), encoder.uint(0)],
  'the node itself, as a pid': (encoder) => {
    encoder.byte(ROUTE.address)
    encoder.value({ kind: 'pid', node: 'a@test', id: 0, creation: 1 })
  },
  'the name of its event': (encoder) => [encoder.byte(ROUTE.name), encoder.name('node')],
  'the name of its dead letters': (encoder) => [
    encoder.byte(ROUTE.name),
    encoder.name('dead-letter'),
  ],
  'a name that is empty': (encoder) => [encoder.byte(ROUTE.name), encoder.name('')],
  'its alias 0': (encoder) => [encoder.byte(ROUTE.alias), encoder.uint(0)],
}

const WORDS: Readonly<Record<string, readonly [number, (to: Encoded) => Encoded]>> = {
  'a message': [KIND.send, (to) => (encoder, id) => [to(encoder, id), word(encoder, id)]],
  'a request': [
    KIND.call,
    (to) => (encoder, id) => [
      encoder.uint(id),
      encoder.uint(0),
      to(encoder, id),
      word(encoder, id),
    ],
  ],
  'an important message': [
    KIND.confirm,
    (to) => (encoder, id) => [
      encoder.uint(id),
      encoder.byte(0),
      to(encoder, id),
      word(encoder, id),
    ],
  ],
  'a message that waits for room': [
    KIND.confirm,
    (to) => (encoder, id) => [
      encoder.uint(id),
      encoder.byte(1),
      to(encoder, id),
      word(encoder, id),
    ],
  ],
}

const watch =
  (target: unknown): Encoded =>
  (encoder, id) => [encoder.uint(id), encoder.uint(5), encoder.value(target)]
const node = 'a@test'
const exit =
  (cause: number): Encoded =>
  (encoder) => [
    encoder.byte(cause),
    ...[5, 0, 1].map((number) => encoder.uint(number)),
    encoder.value('shutdown'),
  ]

/** Signals, and how the other node is told. */
const SIGNALS: Readonly<Record<string, readonly [number, Encoded, RegExp]>> = {
  'an exit signal': [KIND.exit, exit(0), /^$/],
  'a kill': [KIND.exit, exit(1), /^$/],
  'a link': [KIND.link, (encoder) => [5, 0, 1].map((n) => encoder.uint(n)), /no-process/],
  'a monitor of the id 0': [
    KIND.watch,
    watch({ kind: 'pid', node, id: 0, creation: 1 }),
    /no-process/,
  ],
  'a monitor of the node': [KIND.watch, watch({ kind: 'node', node }), /no-process/],
  'a monitor of its event': [KIND.watch, watch({ kind: 'event', name: 'node', node }), /no-proc/],
  'a monitor of its dead letters': [
    KIND.watch,
    watch({ kind: 'event', name: 'dead-letter', node }),
    /no-process/,
  ],
  'a subscription to its event': [
    KIND.subscribe,
    (encoder, id) => [encoder.uint(id), encoder.name('node')],
    /NOT_ALLOWED/,
  ],
  'a subscription to its dead letters': [
    KIND.subscribe,
    (encoder, id) => [encoder.uint(id), encoder.name('dead-letter')],
    /NOT_ALLOWED/,
  ],
}

describe('another node has no way to the node itself:', () => {
  let stage: FoulStage
  before(async () => {
    stage = await FoulStage.open()
  })
  after(() => stage.close())

  const drops = (): number =>
    Object.values(stage.node.account().dropped).reduce((sum, count) => sum + count, 0)

  for (const [what, [kind, write]] of Object.entries(WORDS)) {
    for (const [target, to] of Object.entries(MESSAGES)) {
      it(`${what} to ${target} is refused and counted`, async () => {
        const before = drops()
        const foul = await stage.foul()
        assert.equal(await stage.send(foul, many(kind, write(to), 1)), undefined)
        assert.equal(drops(), before + 1)
        if (kind === KIND.send) return
        const told = Buffer.concat(foul.heard).toString('latin1')
        assert.match(told, /PROCESS_UNKNOWN|PROCESS_INCARNATION|NAME_UNKNOWN|ALIAS_UNKNOWN/)
        assert.ok(await stage.serves())
      })
    }
  }

  for (const [what, [kind, write, told]] of Object.entries(SIGNALS)) {
    it(`${what} is refused and counted`, async () => {
      const before = stage.node.network.refused()['NOT_ALLOWED'] ?? 0
      const foul = await stage.foul()
      const heard = Buffer.concat(foul.heard).length
      assert.equal(await stage.send(foul, many(kind, write, 1)), undefined)
      assert.equal(stage.node.network.refused()['NOT_ALLOWED'], before + 1)
      const answer = Buffer.concat(foul.heard).subarray(heard).toString('latin1')
      if (told.source !== '^$') assert.match(answer, told)
      assert.ok(await stage.serves())
    })
  }
})
