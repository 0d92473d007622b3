/**
 * cluster/registrar/embedded: the mirror of a node, and who takes over when.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '#base/random'
import { Mirror } from '#cluster/registrar/embedded/mirror'
import { rankOf, turnMs } from '#cluster/registrar/embedded/succession'
import type { Entry } from '#cluster/registrar/embedded/words'

const entryOf = (node: string, order: number, given: Partial<Entry> = {}): Entry => ({
  route: {
    ...{ node, creation: 1_000 + order, addresses: [], liveness: undefined },
    ...{ version: '1', state: 'up' },
  },
  ...{ applications: [], order, serves: true, seal: node },
  ...given,
})
const [A, B, C] = [entryOf('a@h', 1), entryOf('b@h', 2), entryOf('c@h', 3)] as const
const names = (mirror: Mirror): readonly string[] => mirror.entries.map(({ route }) => route.node)

describe('the mirror of a node', () => {
  it('takes changes in the order of their numbers, and none that does not follow', () => {
    const mirror = new Mirror()
    mirror.all([A], 4, true)
    assert.notEqual(mirror.changes([{ kind: 'put', entry: B }], 5), undefined)
    assert.equal(mirror.changes([{ kind: 'put', entry: C }], 7), undefined)
    assert.deepEqual(names(mirror), ['a@h', 'b@h'])
    assert.notEqual(mirror.beat(5), undefined)
    assert.equal(mirror.beat(6), undefined)
  })

  it('keeps whom a new server does not name, until that is settled', () => {
    const mirror = new Mirror()
    mirror.all([A, B, C], 9, true)
    mirror.all([A], 0, false)
    assert.deepEqual([...names(mirror)].sort(), ['a@h', 'b@h', 'c@h'])
    mirror.changes([{ kind: 'put', entry: B }], 1)
    assert.deepEqual(mirror.settled(), [
      { kind: 'gone', node: 'c@h', creation: 1_003, cause: 'lost' },
    ])
    assert.deepEqual(names(mirror), ['a@h', 'b@h'])
    assert.deepEqual(mirror.settled(), [])
  })

  it('drops at once whom a settled server does not name', () => {
    const mirror = new Mirror()
    mirror.all([A, B], 9, true)
    mirror.all([A], 12, true)
    assert.deepEqual(names(mirror), ['a@h'])
  })

  it('leaves a later life alone when an earlier one is said to be gone', () => {
    const mirror = new Mirror()
    mirror.all([A], 0, true)
    const gone = { kind: 'gone', node: 'a@h', creation: 5, cause: 'lost' } as const
    mirror.changes([gone], 1)
    assert.deepEqual(names(mirror), ['a@h'])
  })
})

describe('who takes over', () => {
  it('is who has been registered longest and may serve', () => {
    const shy = entryOf('b@h', 2, { serves: false })
    const far = entryOf('d@far', 0)
    const all = [A, shy, C, far]
    assert.equal(rankOf(all, 'c@h', 'a@h'), 0)
    assert.equal(rankOf([A, B, C], 'c@h', 'x@h'), 2)
    assert.equal(rankOf([A, B, C], 'new@h', 'a@h'), 2)
  })

  it('waits longer than those before it, and nobody for as long as a second', () => {
    const random = seededRandom(1)
    for (let rank = 0; rank < 5; rank += 1) {
      for (let at = 0; at < 50; at += 1) {
        assert.ok(turnMs(rank, random) < turnMs(rank + 1, random))
      }
    }
    for (let at = 0; at < 200; at += 1) assert.ok(turnMs(499, random) < 600)
  })
})
