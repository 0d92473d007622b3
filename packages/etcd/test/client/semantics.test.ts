/**
 * etcd/test/client/semantics.test: the etcd in memory does what a real etcd does.
 */
import { describe, it } from 'node:test'
import { memoryEtcd } from '@troupe/etcd/testing'
import { virtualClock } from 'troupe/testing'
import { SEMANTICS } from '#test/client/semantics-cases'

for (const [room, cases] of Object.entries(SEMANTICS)) {
  describe(`an etcd in memory: ${room}`, () => {
    for (const { title, run } of cases) {
      it(title, async () => {
        const clock = virtualClock()
        const etcd = memoryEtcd({ clock })
        const stage = { one: etcd.client('one'), other: etcd.client('other') }
        const { jitterMs, seed } = { jitterMs: 3, seed: 7 }
        const uneven = memoryEtcd({ clock, jitterMs, seed })
        await clock.until(run({ ...stage, key: (name) => `case/${name}` }))
        const second = { one: uneven.client('one'), other: uneven.client('other') }
        await clock.until(run({ ...second, key: (name) => `case/${name}` }))
      })
    }
  })
}
