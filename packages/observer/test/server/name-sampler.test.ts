/** server/name-sampler: the sampler of a registered name, at all nodes that have it. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type ObserverOptions, startObserver } from '@troupe/observer'
import { actor, type Node, protocol } from 'troupe'
import { Browser, nodesOf, observed } from './kit.js'

const idle = actor(protocol('idle', {}), { on: {} })
const AT = '/api/cluster/manage'
const MANAGE = { system: { manage: ['a@localhost'] } }
const order = (fields: object = {}) => ({
  order: { do: 'sampler', scope: 'name', of: 'cart', sampler: 'always', ...fields },
})
const codeOf = (problem: unknown): string => (problem as { code: string }).code

interface Told {
  readonly nodes: { readonly node: string; readonly outcome: string; readonly problem?: object }[]
}
const toldOf = (answer: unknown): readonly string[] =>
  (answer as Told).nodes.map(({ node, outcome }) => `${node.split('@')[0]} ${outcome}`)

/** What begins a trace at a node, but for the node itself. */
const samplersOf = (node: Node): readonly string[] =>
  node.tracing
    .info()
    .samplers.filter(({ scope }) => scope !== 'node')
    .map(({ scope, sampler }) => `${scope} ${sampler}`)

/** Four nodes: two have the name, one has it not, one lets nobody change it. */
async function four(t: TestContext, options: ObserverOptions = {}) {
  const [a, b, c] = await nodesOf(t, ['a@localhost', 'b@localhost', 'c@localhost'], MANAGE)
  const [d] = await nodesOf(t, ['d@localhost'])
  const nodes = [a, b, c, d] as [Node, Node, Node, Node]
  for (const other of nodes.slice(1)) {
    const address = `tcp://127.0.0.1:${other.network.listening[0]?.port}`
    nodes[0].network.addRoute({ match: other.name, address })
    await nodes[0].network.connect(other.name)
  }
  for (const node of [nodes[0], nodes[1], nodes[3]]) await node.spawn(idle, { name: 'cart' })
  const given = { port: 0, capabilities: ['inspect', 'trace'] as const, ...options }
  const { addresses } = await startObserver(nodes[0], given)
  const browser = new Browser(addresses[0] as string)
  await browser.session()
  return { nodes, browser }
}

describe('a sampler for a name', { timeout: 120_000 }, () => {
  it('is set where the name is, ended again, and told for each node', async (t) => {
    const { nodes, browser } = await four(t)
    const [a, b, c, d] = nodes
    const [status, answer] = await browser.post(AT, order())
    assert.equal(status, 200)
    assert.deepEqual(toldOf(answer), ['a set', 'b set', 'c unknown', 'd refused'])
    const { problem } = (answer as Told).nodes[3] as { problem: { code: string; remedy: string } }
    assert.equal(problem.code, 'NOT_ALLOWED')
    assert.match(problem.remedy, /^start d@localhost with the option system/)
    assert.deepEqual([a, b, c, d].map(samplersOf), [['process always'], ['process always'], [], []])
    const [, ended] = await browser.post(AT, order({ sampler: 'none' }))
    assert.deepEqual(toldOf(ended), ['a set', 'b set', 'c unknown', 'd refused'])
    assert.deepEqual([a, b].map(samplersOf), [[], []])
  })

  it('is one act in the audit, with what became of it at each node', async (t) => {
    const { browser } = await four(t)
    await browser.post(AT, order())
    await browser.post(AT, order({ of: 'nobody' }))
    const [, audit] = await browser.json('/api/audit')
    const rows = (audit as { rows: Record<string, unknown>[] }).rows
    const told = rows.map(({ operation, subject, outcome, at }) => [
      ...[operation, subject, outcome],
      (at as { node: string; outcome: string }[] | undefined)?.map((one) => one.outcome),
    ])
    assert.deepEqual(told, [
      ['sampler', 'nobody: always', 'NAME_UNKNOWN', undefined],
      ['sampler', 'cart: always', 'done', ['set', 'set', 'refused']],
    ])
    const [, there] = await browser.json('/api/nodes/b@localhost/audit')
    const [act] = (there as { rows: Record<string, unknown>[] }).rows
    assert.deepEqual([act?.['operation'], act?.['by']], ['sampler', 'main'])
  })

  it('waits for no node that is gone, and tells it', async (t) => {
    const { nodes, browser } = await four(t)
    await nodes[1].stop()
    const [, answer] = await browser.post(AT, order())
    assert.deepEqual(toldOf(answer), ['a set', 'b silent', 'c unknown', 'd refused'])
  })

  it('reaches the nodes of its surface alone', async (t) => {
    const { nodes, browser } = await four(t, { nodes: ['a@localhost', 'c@localhost'] })
    const [, answer] = await browser.post(AT, order())
    assert.deepEqual(toldOf(answer), ['a set', 'c unknown'])
    assert.deepEqual(samplersOf(nodes[1]), [])
  })

  it('needs the capability trace, and stands in the audit without it', async (t) => {
    const { node, browser } = await observed(t, { capabilities: ['inspect', 'manage'] }, MANAGE)
    await node.spawn(idle, { name: 'cart' })
    await browser.session()
    const [status, problem] = await browser.post(AT, order())
    assert.deepEqual([status, codeOf(problem)], [403, 'CAPABILITY_MISSING'])
    assert.deepEqual(samplersOf(node), [])
    const [, audit] = await browser.json('/api/audit')
    const [row] = (audit as { rows: Record<string, unknown>[] }).rows
    assert.deepEqual([row?.['operation'], row?.['outcome']], ['sampler', 'CAPABILITY_MISSING'])
  })

  it('is refused before any node is asked when it is none', async (t) => {
    const { browser } = await observed(t, { capabilities: ['inspect', 'trace'] }, MANAGE)
    await browser.session()
    const wrong = [
      ...[{ do: 'kill' }, { scope: 'process' }, { of: '' }, { of: 7 }, { of: 'x'.repeat(256) }],
      ...[{ sampler: 'sometimes' }, { sampler: 'ratio 1.5' }, { sampler: undefined }, { by: 'me' }],
    ]
    for (const fields of wrong) {
      const [status, problem] = await browser.post(AT, order(fields))
      assert.deepEqual([status, codeOf(problem)], [400, 'OPTION_INVALID'], JSON.stringify(fields))
    }
    const [status] = await browser.post(AT, 7)
    assert.equal(status, 400)
  })
})
