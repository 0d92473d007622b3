/**
 * Two versions of one program, each a process of the system, in talk with each other: as while a
 * new version is rolled out, node by node.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Order } from './rolling-child.js'

const PROGRAM = fileURLToPath(new URL('./rolling-child.js', import.meta.url))
const COOKIE = 'a cookie for tests and nothing else'
const [OLD, NEW] = ['old@shops', 'new@shops']

async function heard(child: ChildProcess): Promise<unknown> {
  const [{ told }] = (await once(child, 'message')) as [{ readonly told: unknown }]
  return told
}

/** Starts a version of the program; gives how to drive it and where it listens. */
async function started(t: TestContext, version: 1 | 2, name: string, known = '') {
  const child = fork(PROGRAM, [String(version), name, COOKIE, known])
  t.after(() => child.kill('SIGKILL'))
  const at = String(await heard(child))
  const ask = async (order: Order): Promise<unknown> => {
    const answer = heard(child)
    child.send(order)
    return answer
  }
  return { child, at, ask }
}

type Differing = { readonly differ: readonly unknown[]; unknown: number; alive: boolean }

describe('two versions of one program', () => {
  it('serve each other, field by field; what one does not know is told with a code', async (t) => {
    const old = await started(t, 1, OLD)
    const next = await started(t, 2, NEW, `${OLD} ${old.at}`)
    const order = { item: 'tea', wish: 'hot' }
    // The new one sends a field more than the old one knows, and the old one a field less.
    assert.deepEqual(await next.ask({ node: OLD, call: 'order', payload: order }), { item: 'tea' })
    const answer = await old.ask({ node: NEW, call: 'order', payload: { item: 'tea' } })
    assert.deepEqual(answer, { item: 'tea', wish: 'none', since: 2 })
    // What only the new one has is refused by the old one, which lives on.
    assert.equal(await next.ask({ node: OLD, call: 'stock' }), 'MESSAGE_UNKNOWN')
    assert.equal(await next.ask({ node: OLD, send: 'gift', payload: 'tea' }), 'sent')
    assert.equal(await next.ask({ node: OLD, call: 'count' }), 1)
    const expected = { protocol: 'shop', onlyHere: [], onlyThere: ['gift', 'stock'] }
    let told = (await old.ask({ node: NEW })) as Differing
    while (told.differ.length === 0) told = (await old.ask({ node: NEW })) as Differing
    assert.deepEqual(told, { differ: [expected], unknown: 2, alive: true })
  })

  it('change places: the node comes back as the new version, and what is new works', async (t) => {
    const next = await started(t, 2, NEW)
    const old = await started(t, 1, OLD, `${NEW} ${next.at}`)
    assert.deepEqual(await old.ask({ node: NEW, call: 'stock' }), ['tea'])
    const gone = once(old.child, 'exit')
    old.child.kill('SIGKILL')
    await gone
    const later = await started(t, 2, OLD, `${NEW} ${next.at}`)
    assert.deepEqual(await later.ask({ node: NEW, call: 'stock' }), ['tea'])
    assert.deepEqual(await next.ask({ node: OLD, call: 'stock' }), ['tea'])
    const told = (await next.ask({ node: OLD })) as Differing
    assert.deepEqual([told.differ, told.unknown], [[], 0])
  })
})
