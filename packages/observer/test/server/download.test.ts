/** server/download: what is looked at, as a file. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cpuProfile } from '#observer/hub/cpu-profile'
import { observed } from './kit.js'

const FLAME = [
  { name: '(root)', place: '', totalMs: 5, selfMs: 0, children: [1, 2] },
  { name: 'work', place: '/app/shop.js:12', totalMs: 3, selfMs: 3, children: [] },
  { name: '(idle)', place: '', totalMs: 2, selfMs: 2, children: [] },
]

describe('a download', { timeout: 120_000 }, () => {
  it('of any answer is a file with the same JSON', async (t) => {
    const { browser } = await observed(t)
    for (const [path, name] of [
      ['/api/cluster/applications', 'cluster-applications.json'],
      ['/api/nodes/a@localhost/tree?limit=5', 'nodes-a@localhost-tree.json'],
      ['/api/nodes/a%40localhost/names', 'nodes-a@localhost-names.json'],
    ] as const) {
      const answer = await browser.fetch(`${path}${path.includes('?') ? '&' : '?'}download=1`)
      assert.equal(answer.status, 200)
      const disposition = answer.headers.get('content-disposition')
      assert.equal(disposition, `attachment; filename="${name}"`)
      assert.deepEqual(Object.keys((await answer.json()) as object).length > 0, true)
    }
    const [status] = await browser.json('/api/cluster?download=yes')
    assert.equal(status, 400)
  })

  it('of a CPU profile needs the capability and the word of the node', async (t) => {
    const { browser } = await observed(t)
    assert.equal((await browser.json('/api/nodes/a@localhost/cpu-profile'))[0], 403)
    const allowed = { capabilities: ['inspect', 'profile'] } as const
    const other = await observed(t, allowed, { system: { manage: ['a@localhost'] } })
    const path = '/api/nodes/a@localhost/cpu-profile?forMs=20'
    const head = await other.browser.fetch(path, { method: 'HEAD' })
    assert.equal(head.status, 200)
    const answer = await other.browser.fetch(path)
    const named = answer.headers.get('content-disposition')
    assert.equal(named, 'attachment; filename="nodes-a@localhost-cpu-profile.cpuprofile"')
    const profile = (await answer.json()) as ReturnType<typeof cpuProfile>
    assert.ok(profile.nodes.length > 0)
    assert.equal(profile.samples.length, profile.timeDeltas.length)
  })

  it('of a CPU profile holds the tree, in microseconds and lines from 0', () => {
    const { nodes, samples, timeDeltas, endTime } = cpuProfile({ flame: FLAME })
    assert.deepEqual(
      nodes.map(({ id, children }) => [id, children]),
      [
        [1, [2, 3]],
        [2, []],
        [3, []],
      ],
    )
    const [, work] = nodes
    assert.deepEqual([work?.callFrame.url, work?.callFrame.lineNumber], ['/app/shop.js', 11])
    assert.deepEqual([samples, timeDeltas, endTime], [[1, 2, 3], [0, 3_000, 2_000], 5_000])
  })

  it('of a profile whose tree is none ends all the same', () => {
    const circle = FLAME.map((box) => ({ ...box, children: [0, 1, 2, 99, -1, 0.5] }))
    const { nodes } = cpuProfile({ flame: circle })
    assert.deepEqual(
      nodes.map(({ children }) => children),
      [[2, 3], [3], []],
    )
    assert.throws(() => cpuProfile({ flame: 'x' }), { status: 502 })
  })
})
