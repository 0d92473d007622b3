/**
 * Nodes of one host find each other by the embedded registrar alone, whatever befalls them.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  type ApplicationRoute,
  actor,
  application,
  embeddedRegistrar,
  type NodeRoute,
  processName,
  protocol,
  request,
} from 'troupe'
import { simulatedCluster } from 'troupe/testing'

const Echo = protocol('echo', { say: request<string, string>() })
const echo = actor(Echo, { init: () => ({}), on: { say: (_state, word) => `${word}!` } })
const HOSTS = ['n1', 'n2', 'n3', 'n4']

async function cluster(t: TestContext, seed: number) {
  const made = simulatedCluster({
    seed,
    hosts: HOSTS,
    registrar: () => embeddedRegistrar(),
    started: async ({ node }) => {
      await node.spawn(echo, { name: 'echo' })
    },
  })
  await made.start()
  t.after(() => made.stop())
  return made
}

describe('nodes with nothing but the embedded registrar', () => {
  it('reach each other by name, and go on when the one that serves crashes', async (t) => {
    const made = await cluster(t, 3)
    const serving = made.members.find(({ node }) => node.cluster.registrar?.serving)
    const others = made.members.filter((member) => member !== serving)
    const [one, other] = others
    assert.ok(serving !== undefined && one !== undefined && other !== undefined)
    const far = processName('echo', Echo, other.node.name)
    assert.equal(await made.clock.until(one.node.call(far, 'say', 'hello')), 'hello!')
    made.crash(serving.host.name, { how: 'reset' })
    // While nobody serves, too, every node is found by every other.
    for (const { node } of others) {
      for (const { name } of others.map((member) => member.node)) {
        if (name === node.name) continue
        assert.equal((await made.clock.until(node.cluster.resolve(name))).node, name)
        const to = processName('echo', Echo, name)
        assert.equal(await made.clock.until(node.call(to, 'say', 'still')), 'still!')
      }
    }
    await made.clock.advance(3_000)
    made.restart(serving.host.name)
    await made.clock.advance(500)
    const back = processName('echo', Echo, serving.node.name)
    assert.equal(await made.clock.until(one.node.call(back, 'say', 'again')), 'again!')
  })

  it('stay registered and go on serving while their loop is blocked', async (t) => {
    const made = await cluster(t, 4)
    const serving = made.members.find(({ node }) => node.cluster.registrar?.serving)
    assert.ok(serving !== undefined)
    serving.host.block()
    await made.clock.advance(5_000)
    for (const { node } of made.members.filter((member) => member !== serving)) {
      assert.equal(node.cluster.registrar?.server, serving.node.name)
      const route: NodeRoute = await made.clock.until(node.cluster.resolve(serving.node.name))
      assert.equal(route.state, 'up')
    }
    serving.host.unblock()
  })

  it('know what applications run where', async (t) => {
    const made = await cluster(t, 5)
    const [one, other] = made.members
    assert.ok(one !== undefined && other !== undefined)
    const shop = application({
      name: 'shop',
      weight: 7,
      tags: ['blue'],
      members: [{ name: 'shelf', start: echo }],
    })
    one.node.loadApplication(shop)
    await made.clock.until(one.node.startApplication('shop'))
    await made.clock.advance(50)
    const routes: readonly ApplicationRoute[] = other.node.cluster.applications('shop')
    const [route] = routes
    const { node, state, weight, tags } = route ?? {}
    assert.deepEqual(
      { node, state, weight, tags },
      { node: one.node.name, state: 'running', weight: 7, tags: ['blue'] },
    )
    await made.clock.until(one.node.stop())
    await made.clock.advance(50)
    assert.deepEqual(other.node.cluster.applications('shop'), [])
  })
})
