/** web/name-sampler: its limits, and what stands in the audit of what it did. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AtNode, AuditRow } from '#observer/contract/api'
import type { Question, Verbs, View } from '#observer/hub/verbs'
import { Audit } from '#observer/web/audit'
import { NameSampler } from '#observer/web/name-sampler'

const VIEW: View = {
  ...{ id: 'all', surface: 'main', capabilities: ['trace'], isNarrow: false },
  mayLookAt: () => true,
}
const ordering = { visitor: { user: 'ann' } as never, view: VIEW, surface: 'main', remote: '::1' }
const ORDER = { order: { do: 'sampler', scope: 'name', of: 'cart', sampler: 'off' } }
const asked: Question[] = []
const verbs = {
  own: 'a@h',
  ask: async (question: Question) => {
    asked.push(question)
    return { pid: '<a@h.1.1>' }
  },
} as unknown as Verbs
const rows = (audit: Audit): readonly AuditRow[] => audit.newest(100)
const newAudit = (): Audit =>
  new Audit(
    () => 1,
    () => {},
    { isLogged: () => true },
  )

describe('a sampler for a name at all nodes', () => {
  it('is refused when eight are under way, however soon they came', async () => {
    const audit = newAudit()
    const release: (() => void)[] = []
    const nodes = () =>
      new Promise<readonly string[]>((resolve) => release.push(() => resolve(['a@h'])))
    const sampler = new NameSampler(verbs, audit, nodes)
    const acts = Array.from({ length: 12 }, () => sampler.carryOut(ordering, ORDER))
    const settled = Promise.allSettled(acts)
    await new Promise(setImmediate)
    assert.equal(release.length, 8)
    for (const go of release) go()
    const kinds = (await settled).map(({ status }) => status)
    assert.equal(kinds.filter((status) => status === 'fulfilled').length, 8)
    const outcomes = rows(audit).map(({ outcome, times }) => `${outcome} ${times}`)
    assert.equal(outcomes.filter((outcome) => outcome === 'done 1').length, 8)
    assert.ok(outcomes.includes('OBSERVER_BUSY 4'))
    await Promise.all([sampler.carryOut(ordering, ORDER), new Promise(setImmediate)].slice(1))
    assert.equal(release.length, 9)
  })

  it('gives a node two and a half seconds for each of its answers', async () => {
    asked.length = 0
    const sampler = new NameSampler(verbs, newAudit(), async () => ['a@h'])
    assert.deepEqual(await sampler.carryOut(ordering, ORDER), {
      nodes: [{ node: 'a@h', outcome: 'set' }],
    })
    assert.deepEqual(
      asked.map(({ request, timeoutMs }) => `${request} ${timeoutMs}`),
      ['process 2500', 'manage 2500'],
    )
  })

  it('stands in the audit when nobody knows the nodes', async () => {
    const audit = newAudit()
    const fails = () => Promise.reject(new Error('no'))
    await assert.rejects(new NameSampler(verbs, audit, fails).carryOut(ordering, ORDER))
    assert.deepEqual(
      rows(audit).map(({ outcome }) => outcome),
      ['OBSERVER_FAILED'],
    )
  })

  it('tells the nodes that set it before all others, and how many more there were', () => {
    const audit = newAudit()
    const at = Array.from({ length: 100 }, (_, place): AtNode => {
      const outcome = place >= 90 ? 'set' : place % 2 === 0 ? 'unknown' : 'silent'
      return { node: `n${String(place).padStart(3, '0')}@h`, outcome }
    })
    const about = { user: undefined, remote: '::1', surface: 'main', node: undefined }
    audit.record({ ...about, operation: 'sampler', subject: 'cart', outcome: 'done', at })
    const [row] = rows(audit)
    assert.equal(row?.at?.length, 32)
    assert.equal(row.at.filter(({ outcome }) => outcome === 'set').length, 10)
    assert.equal(row.at[0]?.node, 'n090@h')
    assert.equal(row.more, 45 + 10 - 32)
  })
})
