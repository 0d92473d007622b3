/**
 * A simulated node that crashed went on listening to the rejections of the program, which kept its
 * whole cluster: a thousand seeds took two gigabytes, and each seed longer than the one before.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { simulatedCluster } from 'troupe/testing'

it('a simulated cluster that has stopped listens to nothing, crashed nodes included', async () => {
  const listening = (): number => process.listenerCount('unhandledRejection')
  const before = listening()
  const cluster = simulatedCluster({ seed: 1, hosts: ['n1', 'n2'] })
  await cluster.start()
  assert.equal(listening(), before + 1)
  cluster.crash('n1')
  await cluster.stop()
  assert.equal(listening(), before)
})
