/** hub/follow-topic: what a node tells as it happens, also when it tells far too much. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FollowTicket } from 'troupe'
import { virtualClock } from 'troupe/testing'
import { FollowTopic } from '#observer/hub/follow-topic'
import type { Frame } from '#observer/hub/frame'
import type { Verbs } from '#observer/hub/verbs'
import type { Viewer } from '#observer/hub/viewer'
import { eventOf, type Told, verbsOf } from './kit.js'

type Tell = Parameters<Verbs['followed']>[2]

/** A follow that has begun, the node behind it, and what a viewer is told. */
async function followed() {
  let tell: Tell = () => {}
  const ticket: FollowTicket = { follow: 1, endsAfterMs: 60_000 }
  const verbs: Verbs = {
    ...verbsOf(virtualClock(), () => Promise.resolve(ticket)),
    followed: (_node, _follow, told) => {
      tell = told
      return () => {}
    },
  }
  const parts = { subject: '/f', node: 'b@localhost', payload: {}, showsPayloads: true }
  const topic = new FollowTopic({ ...parts, verbs })
  const told: Told[] = []
  const happened = (frame: Frame): void => {
    const event = eventOf(frame)
    if (event !== undefined) told.push(event)
  }
  const viewer = { happened, forget: () => {} }
  topic.add(viewer as unknown as Viewer)
  await new Promise(setImmediate)
  return { told, tell: (records: readonly unknown[]) => tell({ records, leftOut: 0 }) }
}

describe('a follow', () => {
  it('leaves out what is too large to be told, counts it, and tells the rest', async () => {
    const { told, tell } = await followed()
    const large = { values: Array.from({ length: 600_000 }, () => 0) }
    tell([{ number: 1 }, large, { number: 3 }])
    const counts = told.map((event) => [(event['records'] as unknown[]).length, event['leftOut']])
    assert.deepEqual(counts, [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 0],
    ])
  })

  it('tells a hundred large ones in pieces, and loses none', async () => {
    const { told, tell } = await followed()
    const records = Array.from({ length: 100 }, (_, number) => ({
      number,
      values: Array.from({ length: 20_000 }, () => 0),
    }))
    tell(records)
    const numbers = told.flatMap((event) => event['records'] as { number: number }[])
    assert.deepEqual(
      numbers.map(({ number }) => number),
      records.map(({ number }) => number),
    )
  })
})
