/** hub/cluster-follow: what happens at all nodes, as one stream, also in a storm. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { ClusterFollowTopic } from '#observer/hub/cluster-follow-topic'
import { NodeFollow } from '#observer/hub/node-follow'
import { Topic } from '#observer/hub/topic'
import type { Told } from './kit.js'
import { followable, witness } from './node-kit.js'

const isRecords = ({ kind }: Told): boolean => kind === 'records'
const recordsOf = (told: readonly Told[]): readonly unknown[] =>
  told.filter(isRecords).flatMap((event) => event['records'] as unknown[])
const leftOutOf = (told: readonly Told[]): number =>
  told.filter(isRecords).reduce((sum, event) => sum + Number(event['leftOut']), 0)

function following(
  there: { nodes: readonly string[] },
  payload: Readonly<Record<string, unknown>> = { of: 'logs' },
  answer?: Parameters<typeof followable>[0],
) {
  const far = followable(answer)
  const topic = new ClusterFollowTopic({
    ...{ subject: '/cluster/follow?of=logs', payload, verbs: far.verbs },
    nodes: () => Promise.resolve(there.nodes),
    shown: (record, node) => ({ ...(record as object), node }),
  })
  return { ...far, topic }
}

describe('what happens at all nodes', () => {
  it('is followed once for fifty viewers, and told with its node', async () => {
    const { topic, clock, tell, counts } = following({ nodes: ['a@x', 'b@x'] })
    const witnesses = Array.from({ length: 50 }, witness)
    for (const { viewer } of witnesses) topic.add(viewer)
    await clock.advance(1_000)
    assert.equal(counts().held, 2)
    tell([{ number: 1 }], 0, 'a@x')
    tell([{ number: 9 }], 3, 'b@x')
    await clock.advance(300)
    for (const { told } of witnesses) {
      assert.deepEqual(recordsOf(told), [
        { number: 1, node: 'a@x' },
        { number: 9, node: 'b@x' },
      ])
      assert.equal(leftOutOf(told), 3)
    }
    for (const { viewer } of witnesses) topic.remove(viewer)
    await clock.settle()
    assert.deepEqual(counts(), { held: 0, ears: 0, watches: 0 })
  })

  it('is told in a storm as quickly as was asked for, and the rest is counted', async () => {
    const nodes = Array.from({ length: 10 }, (_, at) => `n${at}@x`)
    const { topic, clock, tell } = following({ nodes }, { of: 'logs', perSecondMax: 50 })
    const { told, viewer } = witness()
    topic.add(viewer)
    await clock.advance(1_000)
    const before = told.length
    for (let tick = 0; tick < 50; tick += 1) {
      for (const node of nodes) tell([{ number: 1 }, { number: 2 }], 0, node)
      await clock.advance(100)
    }
    await clock.advance(1_000)
    assert.equal(recordsOf(told).length + leftOutOf(told), 1_000)
    assert.ok(recordsOf(told).length <= 6 * 50, String(recordsOf(told).length))
    // Frames do not grow with the number of nodes.
    assert.ok(told.length - before <= 31, String(told.length - before))
  })

  it('comes from nodes that come, and those that go are let go of', async () => {
    const there = { nodes: ['a@x', 'b@x'] as readonly string[] }
    const { topic, clock, counts, tell } = following(there)
    const { told, viewer } = witness()
    topic.add(viewer)
    await clock.advance(1_000)
    there.nodes = ['b@x', 'c@x']
    await clock.advance(6_000)
    assert.deepEqual(counts(), { held: 2, ears: 2, watches: 2 })
    tell([{ number: 1 }], 0, 'a@x')
    tell([{ number: 2 }], 0, 'c@x')
    await clock.advance(1_000)
    assert.deepEqual(recordsOf(told), [{ number: 2, node: 'c@x' }])
  })

  it('names the nodes that cannot be followed, until they can', async () => {
    let refuses = true
    const { topic, clock } = following({ nodes: ['a@x', 'b@x'] }, { of: 'logs' }, (question) => {
      if (!refuses || question.node !== 'b@x' || question.request !== 'follow') return undefined
      throw new TroupeError('NOT_ALLOWED', { operation: 'follow', problem: 'not by you' })
    })
    const { told, viewer } = witness()
    topic.add(viewer)
    await clock.advance(1_000)
    const missing = () => (told.filter(isRecords).at(-1)?.['missing'] as { node: string }[]) ?? []
    assert.deepEqual(
      missing().map(({ node }) => node),
      ['b@x'],
    )
    refuses = false
    await clock.advance(20_000)
    assert.deepEqual(missing(), [])
  })

  it('is of so many nodes at most, and the others are named', async () => {
    const nodes = Array.from({ length: 203 }, (_, at) => `n${at}@x`)
    const { topic, clock, counts } = following({ nodes })
    const { told, viewer } = witness()
    topic.add(viewer)
    await clock.advance(1_000)
    assert.equal(counts().held, 200)
    const { missing } = told.at(-1) as unknown as { missing: readonly unknown[] }
    assert.equal(missing.length, 3)
  })
})

describe('a subject whose node tells when it changes', () => {
  function watched(answer?: Parameters<typeof followable>[0]) {
    const far = followable(answer)
    let at = 0
    const topic = new Topic({
      ...{ subject: '/r', node: 'b@localhost', verbs: far.verbs, cost: 1, leastMs: 0 },
      look: async () => {
        at += 1
        return String(at)
      },
      news: (fresh) =>
        new NodeFollow({
          ...{ node: 'b@localhost', payload: { of: 'registrar' }, verbs: far.verbs },
          ...{ begun: fresh, told: fresh, failed: fresh },
        }),
    })
    return { ...far, topic }
  }

  it('is looked at then, and else seldom', async () => {
    const { topic, clock, tell, counts } = watched()
    const { viewer } = witness()
    topic.add(viewer, 1_000)
    await clock.advance(5_000)
    const before = topic.looks
    await clock.advance(60_000)
    assert.ok(topic.looks - before <= 5, String(topic.looks - before))
    const quiet = topic.looks
    tell([{ kind: 'node-came' }])
    await clock.advance(1_000)
    assert.equal(topic.looks, quiet + 1)
    topic.remove(viewer)
    await clock.settle()
    assert.deepEqual(counts(), { held: 0, ears: 0, watches: 0 })
  })

  it('is looked at as often as anything else while it cannot be followed', async () => {
    const { topic, clock } = watched(({ request }) => {
      if (request !== 'follow') return undefined
      throw new TroupeError('EVENT_UNKNOWN', { event: 'registrar' } as never)
    })
    const { viewer } = witness()
    topic.add(viewer, 1_000)
    await clock.advance(20_000)
    assert.ok(topic.looks >= 19, String(topic.looks))
  })
})
