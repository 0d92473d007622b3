/** web/manager: what is ordered through a surface that shows some nodes stays at those. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import { surfacesOf } from '#observer/contract/options'
import { viewOf } from '#observer/hub/view'
import type { Visitor } from '#observer/web/admission'
import { Audit } from '#observer/web/audit'
import { Manager, type Ordering } from '#observer/web/manager'
import { verbsOf } from '#test/hub/kit'

const MAY = ['inspect', 'manage', 'config'] as const
const SHOP = 'shop@one'

/** Orders of one surface; `nodes`: those that it shows, all when left out. */
function ordering(nodes?: readonly string[]) {
  const carried: unknown[] = []
  const verbs = verbsOf(virtualClock(), (question) => {
    carried.push(question.payload)
    return Promise.resolve({})
  })
  const [surface] = surfacesOf({ capabilities: MAY, ...(nodes && { nodes }) })
  const view = viewOf(surface as NonNullable<typeof surface>, MAY)
  const audit = new Audit(
    () => 0,
    () => {},
    { isLogged: () => true },
  )
  const manager = new Manager(verbs, audit)
  const visitor = { user: 'ada' } as unknown as Visitor
  const from: Ordering = { visitor, view, surface: 'main', remote: '192.0.2.1' }
  const order = (given: object, confirm?: string) =>
    manager.carryOut(from, SHOP, { order: given, confirm })
  return { order, carried }
}

const put = (over: object) => ({ do: 'config-put', item: 'rate', value: 1, ...over })

describe('a surface that shows one node', () => {
  it('writes configuration for that node alone, which has one full name', async () => {
    const { order, carried } = ordering([SHOP])
    for (const level of ['cluster-node', 'node']) {
      for (const node of ['shop', 'shop@two', 'sho', '', '*', null, 7, [SHOP]]) {
        await assert.rejects(order(put({ level, node })), { status: 403 })
        const gone = { do: 'config-delete', item: 'rate', level, node }
        await assert.rejects(order(gone, 'rate'), { status: 403 })
      }
    }
    for (const level of ['cluster', 'global', undefined]) {
      await assert.rejects(order(put({ level })), { status: 403 })
      await assert.rejects(order(put({ level, node: SHOP })), { status: 403 })
    }
    assert.deepEqual(carried, [])
    await order(put({ level: 'node' }))
    await order(put({ level: 'cluster-node', node: SHOP }))
    assert.equal(carried.length, 2)
  })

  it('connects its node with no other', async () => {
    const { order, carried } = ordering([SHOP])
    for (const node of ['bank@one', 'bank']) {
      await assert.rejects(order({ do: 'connect', node }), { status: 403 })
    }
    assert.deepEqual(carried, [])
  })
})

describe('a surface that shows all nodes', () => {
  it('writes configuration for whom it is given', async () => {
    const { order, carried } = ordering()
    await order(put({ level: 'node', node: 'shop' }))
    await order(put({ level: 'global' }))
    assert.equal(carried.length, 2)
  })
})
