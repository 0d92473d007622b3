/** hub/payloads: what is in messages is told to those who may see it, and to nobody else. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { surfacesOf } from '#observer/contract/options'
import { withoutPayloads } from '#observer/hub/payloads'
import { subjectOf } from '#observer/hub/subject'
import { Teller } from '#observer/hub/teller'
import { viewOf } from '#observer/hub/view'
import { followable, witness } from './node-kit.js'

const SECRET = 'a card number'
const [SURFACE] = surfacesOf({ capabilities: ['inspect', 'payloads'] })

/** What a viewer with these capabilities is told of a publication. */
async function toldTo(capabilities: readonly ('inspect' | 'payloads')[], text: string) {
  const { clock, verbs, tell } = followable()
  const nodes = () => Promise.resolve(['b@localhost'])
  const sheet = () => Promise.reject(new TypeError('not here'))
  const teller = new Teller({ verbs, sheet, nodes, audit: () => [] })
  const view = viewOf(SURFACE as NonNullable<typeof SURFACE>, capabilities)
  const topic = subjectOf(text, view, { teller, verbs, nodes }).make()
  const { told, viewer } = witness()
  topic.add(viewer, 1_000)
  await clock.advance(1_000)
  tell([{ number: 1, event: 'paid', payload: SECRET }])
  await clock.advance(1_000)
  return JSON.stringify(told)
}

describe('the payload of a publication', () => {
  for (const subject of [
    '/nodes/b@localhost/follow?of=event&event=paid',
    '/cluster/follow?of=node',
  ]) {
    it(`is told by ${subject} to those who may see it alone`, async () => {
      const [may, mayNot] = [
        await toldTo(['inspect', 'payloads'], subject),
        await toldTo(['inspect'], subject),
      ]
      assert.ok(may.includes(SECRET))
      assert.ok(!mayNot.includes(SECRET))
      assert.ok(mayNot.includes('"event":"paid"'))
    })
  }
})

describe('answers without payloads', () => {
  it('hold the messages of a mailbox without what is in them, and no environment', () => {
    const waiting = [{ message: 'pay', payload: SECRET }, null, 7]
    const told = withoutPayloads({ name: 'till', waiting, env: { key: SECRET } })
    assert.deepEqual(told, { name: 'till', waiting: [{ message: 'pay' }, null, 7] })
  })

  it('hold the number of those that wait, and nothing else in its place', () => {
    assert.deepEqual(withoutPayloads({ waiting: 3 }), { waiting: 3 })
    assert.deepEqual(withoutPayloads({ waiting: { payload: SECRET } }), { waiting: [] })
    for (const answer of [null, 7, 'x']) assert.equal(withoutPayloads(answer), answer)
  })
})
