/**
 * A subscriber that leaves takes nothing from another one of its node whose answer is on its way.
 * Found by seed 100 of the simulated clusters.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { actor, eventName, type Node, type Pid, protocol } from 'troupe'
import { simulatedCluster } from 'troupe/testing'

const news = eventName<number>('news', 'n2@sim')
const Listener = protocol('listener', {})

it('the last subscriber of a node leaves while another one joins: that one hears all', async () => {
  const heard: unknown[] = []
  const listener = actor(Listener, {
    started: (_state, context) => void context.subscribe(news),
    on: {},
    handleEvent: (_state, event) => void heard.push(event.message),
  })
  const hosts = ['n1', 'n2']
  const events = [{ name: 'news', buffer: 1 }]
  const cluster = simulatedCluster({ seed: 1, hosts, events })
  await cluster.start()
  const [near, far] = cluster.members.map(({ node }) => node) as [Node, Node]
  const first: Pid = await near.spawn(listener)
  await cluster.clock.advance(100)
  await near.spawn(listener)
  near.kill(first)
  await cluster.clock.advance(100)

  far.publish(eventName('news'), 7)
  await cluster.clock.advance(100)
  assert.deepEqual(heard, [7])
  await cluster.stop()
})
