/**
 * test/store/book-world: the world of a process ends with it.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryEtcd } from '@troupe/etcd/testing'
import { actor, type Node, type Pid, type ProcessContext, protocol } from 'troupe'
import { testNode } from 'troupe/testing'
import { bookOptions } from '#jobs/store/book-options'
import { pause, worldOf } from '#jobs/store/book-world'
import { EtcdMembers } from '#jobs/store/etcd/etcd-members'
import { EtcdWrites, type WritesHost } from '#jobs/store/etcd/etcd-writes'
import { JobMirror } from '#jobs/store/etcd/job-mirror'
import { placesOf } from '#jobs/store/etcd/job-places'

const PLACES = placesOf({ cluster: 'c', clusterId: 'jobs' })

/** A process, and what it acts through. */
async function heldContext(node: Node): Promise<{ pid: Pid; context: ProcessContext }> {
  let context: ProcessContext | undefined
  const held = actor(protocol('held', {}), {
    init: () => undefined,
    started: (_, given) => {
      context = given
    },
    on: {},
  })
  const pid = await node.spawn(held)
  ok(context)
  return { pid, context }
}

describe('what goes on in the world of a process that was killed', () => {
  it('rejects nothing that nobody hears, and asks no more', async () => {
    const unheard: unknown[] = []
    const hear = (problem: unknown): void => void unheard.push(problem)
    process.on('unhandledRejection', hear)
    await using test = await testNode()
    const { node, clock } = test
    const { pid, context } = await heldContext(node)
    const { log } = context
    const world = { ...worldOf(context), log }
    const etcd = memoryEtcd({ clock })
    const client = etcd.client('a', { requestTimeoutMs: 100 })
    etcd.cutOff('a')
    const mirror = new JobMirror(client, PLACES)
    mirror.begin(world)
    const members = new EtcdMembers({ client, world, options: bookOptions(), term: 1 })
    members.begin()
    const host = { client, world, fence: [], timeoutMs: 100, known: () => 0 }
    const writes = new EtcdWrites(host as unknown as WritesHost)
    const key = PLACES.jobKey('a')
    void writes.put([{ id: 'a', key, given: { text: '1', job: {} as never } }])
    void pause(world, 10_000)
    await clock.advance(50)
    node.kill(pid)
    await clock.advance(60_000)
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', hear)
    deepEqual(unheard, [])
    equal(mirror.loads, 0)
    const cancel = world.after(1, () => {})
    cancel()
    mirror.close()
    members.close()
    client.close()
  })
})
