/** hub/follow-topic: what a node tells as it happens, also when it tells far too much. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { FollowTopic } from '#observer/hub/follow-topic'
import { followable, witness } from './node-kit.js'

const NODE = 'b@localhost'
const PARTS = { subject: '/f', node: NODE, payload: {}, shown: (record: unknown) => record }

/** A follow that has begun, the node behind it, and what a viewer is told. */
async function followed(answer?: Parameters<typeof followable>[0]) {
  const node = followable(answer)
  const topic = new FollowTopic({ ...PARTS, verbs: node.verbs })
  const { told, viewer } = witness()
  topic.add(viewer)
  await node.clock.settle()
  return { ...node, topic, told, viewer }
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

  it('is renewed for hours, and holds one follow at a time', async () => {
    const { clock, counts, asked, told, tell } = await followed()
    await clock.advance(3 * 3_600_000)
    assert.deepEqual(counts(), { held: 1, ears: 1, watches: 1 })
    assert.equal(asked.filter((request) => request === 'follow').length, 1 + (3 * 3_600) / 48)
    const before = told.length
    tell([{ number: 1 }])
    assert.equal(told.length, before + 1)
  })

  it('whose renewals fail leaves nothing behind, however often they do', async () => {
    let refuses = false
    const { clock, counts, told, topic, viewer } = await followed(({ request }) => {
      if (!refuses || request !== 'follow') return undefined
      throw new TroupeError('INSPECTION_LIMITED', { problem: 'too many', retryMs: 1 } as never)
    })
    for (let round = 0; round < 50; round += 1) {
      refuses = true
      await clock.advance(60_000)
      assert.deepEqual(counts(), { held: 0, ears: 0, watches: 0 })
      refuses = false
      await clock.advance(10_000)
      assert.deepEqual(counts(), { held: 1, ears: 1, watches: 1 })
    }
    assert.equal(told.at(-1)?.kind, 'records')
    topic.remove(viewer)
    await clock.settle()
    assert.deepEqual(counts(), { held: 0, ears: 0, watches: 0 })
  })

  it('that is lost while it is renewed begins once', async () => {
    const { clock, counts, lose, asked, grant } = await followed()
    grant.takesMs = 2_000
    await clock.advance(48_500)
    lose()
    lose()
    await clock.advance(10_000)
    assert.deepEqual(counts(), { held: 1, ears: 1, watches: 1 })
    assert.deepEqual(asked, ['follow', 'follow', 'unfollow'])
  })

  it('that is lost again and again has one chain of renewals', async () => {
    const { clock, counts, lose, asked } = await followed()
    for (let round = 0; round < 20; round += 1) {
      lose()
      await clock.advance(48_000)
    }
    assert.deepEqual(counts(), { held: 1, ears: 1, watches: 1 })
    const before = asked.length
    await clock.advance(480_000)
    // A follow and an unfollow for each 48 seconds.
    assert.ok(asked.length - before <= 20, String(asked.length - before))
  })

  it('that nobody wants any more while it is asked for is ended', async () => {
    const node = followable()
    const topic = new FollowTopic({ ...PARTS, verbs: node.verbs })
    const { viewer } = witness()
    topic.add(viewer)
    topic.remove(viewer)
    await node.clock.settle()
    assert.deepEqual(node.counts(), { held: 0, ears: 0, watches: 0 })
    topic.add(viewer)
    await node.clock.settle()
    assert.deepEqual(node.counts(), { held: 1, ears: 1, watches: 1 })
  })

  it('whose answers come too late is held once at most, and ended when unwanted', async () => {
    const node = followable()
    node.grant.isLate = true
    const topic = new FollowTopic({ ...PARTS, verbs: node.verbs })
    const { viewer } = witness()
    topic.add(viewer)
    await node.clock.advance(120_000)
    assert.ok(node.asked.length > 5)
    assert.deepEqual(node.counts(), { held: 1, ears: 0, watches: 0 })
    topic.remove(viewer)
    await node.clock.settle()
    assert.equal(node.counts().held, 0)
    topic.add(viewer)
    topic.remove(viewer)
    await node.clock.settle()
    assert.equal(node.counts().held, 0, 'also when it came while it was asked for')
    node.grant.isLate = false
    topic.add(viewer)
    await node.clock.settle()
    assert.deepEqual(node.counts(), { held: 1, ears: 1, watches: 1 })
  })

  for (const [title, ticket] of [
    ['nothing', 0],
    ['a text', 'follow me'],
    ['a ticket without a number', { follow: '1', endsAfterMs: 5 }],
    ['a ticket that ended before it began', { follow: 1, endsAfterMs: -1 }],
  ] as const) {
    it(`of a node that answers ${title} is told as a problem, and tried again slowly`, async () => {
      const { clock, told, asked } = await followed(({ request }) =>
        request === 'follow' ? ticket : undefined,
      )
      const [first] = told as unknown as { problem: { code: string } }[]
      assert.equal(first?.problem.code, 'ANSWER_UNREADABLE')
      await clock.advance(60_000)
      assert.ok(asked.length < 15, String(asked.length))
    })
  }
})
