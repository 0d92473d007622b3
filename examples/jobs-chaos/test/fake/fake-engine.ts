/**
 * test/fake/fake-engine: an engine whose members are words in a list of what was done to them.
 */
import { Engine } from '#chaos/etcd/engine'
import type { World } from '#chaos/world/world'

/** `leader`: the member that says it leads; `done`: everything in its order. */
export function fakeEngine(world: World, leader = 'etcd1') {
  const done: string[] = []
  const down = new Set<string>()
  const processOf = (name: string) => ({
    endpoint: name,
    kill: () => {
      done.push(`kill ${name}`)
      down.add(name)
    },
    freeze: () => {
      done.push(`freeze ${name}`)
      down.add(name)
    },
    thaw: () => {
      done.push(`thaw ${name}`)
      down.delete(name)
    },
    restart: async () => {
      done.push(`restart ${name}`)
      down.delete(name)
    },
  })
  const engine = new Engine({
    processes: ['etcd1', 'etcd2', 'etcd3'].map(processOf),
    world,
    stop: async () => void done.push('stop'),
    verbs: (name) => ({
      status: async () => ({ isLeader: name === leader, raftTerm: 2, revision: 7 }),
      serves: async () => !down.has(name) && down.size < 2,
      put: async (key, value) => done.push(`put ${key} ${value}`) > 0,
      compact: async (revision) => done.push(`compact ${revision}`) > 0,
      defragment: async () => done.push(`defragment ${name}`) > 0,
    }),
  })
  return { engine, done }
}
