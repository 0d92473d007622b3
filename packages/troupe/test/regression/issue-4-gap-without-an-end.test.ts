/**
 * A subscriber that joins and loses its node within one turn hears of the end before the gap: the
 * monitor of the event was made when the subscriber went on, which was too late for the loss.
 * Found by seed 514 of the simulated clusters.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { actor, eventName, type Node, protocol } from 'troupe'
import { simulatedCluster } from 'troupe/testing'

const news = eventName<number>('news', 'n2@sim')
const Listener = protocol('listener', {})

it('a subscriber whose node is lost as it joins hears of the end, then of the gap', async () => {
  const heard: string[] = []
  const listener = actor(Listener, {
    started: (_state, context) => void context.subscribe(news, { resubscribe: true }),
    on: {},
    handleEvent: (_state, event) => void heard.push(`event ${event.message}`),
    handleDown: (_state, down) => void heard.push(`down ${down.reason}`),
    handleEventGap: () => void heard.push('gap'),
  })
  const events = [{ name: 'news', buffer: 1 }]
  const cluster = simulatedCluster({ seed: 1, hosts: ['n1', 'n2'], events })
  await cluster.start()
  const { clock, network } = cluster
  const [near, far] = cluster.members.map(({ node }) => node) as [Node, Node]
  await clock.until(near.network.connect('n2@sim'))
  await clock.advance(100)

  await clock.until(near.spawn(listener))
  network.host('n1').block()
  await clock.advance(50)
  far.network.disconnect('n1@sim')
  await clock.advance(50)
  network.host('n1').unblock()
  await clock.advance(3_000)
  far.publish(eventName('news'), 7)
  await clock.advance(100)
  assert.deepEqual(heard, ['down no-connection', 'gap', 'event 7'])
  await cluster.stop()
})
