/** server/manage: what may be done through an Observer, by whom, and what is written down of it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, protocol } from 'troupe'
import { observed } from './kit.js'

const idle = actor(protocol('idle', {}), { on: {} })
const AT = '/api/nodes/a@localhost/manage'
const codeOf = (problem: unknown): string => (problem as { code: string }).code

describe('orders through an Observer', { timeout: 120_000 }, () => {
  it('are refused to those who may only look', async (t) => {
    const { browser } = await observed(t)
    await browser.session()
    const [status, problem] = await browser.post(AT, { order: { do: 'connect', node: 'x@y' } })
    assert.deepEqual([status, codeOf(problem)], [403, 'CAPABILITY_MISSING'])
  })

  it('are refused by a node that does not name this one, which says what to do', async (t) => {
    const { browser } = await observed(t, { capabilities: ['inspect', 'manage'] })
    await browser.session()
    const [status, problem] = await browser.post(AT, { order: { do: 'log-level', level: 'debug' } })
    assert.deepEqual([status, codeOf(problem)], [403, 'NOT_ALLOWED'])
    const { remedy } = problem as { remedy: string }
    assert.equal(remedy, "start a@localhost with the option system: { manage: ['a@localhost'] }")
  })

  it('are carried out where both allow it, and stand in both audits', async (t) => {
    const { browser, node } = await observed(
      t,
      { capabilities: ['inspect', 'manage'] },
      { system: { manage: ['a@localhost'] } },
    )
    await browser.session()
    const [status, answer] = await browser.post(AT, { order: { do: 'log-level', level: 'debug' } })
    assert.deepEqual([status, answer], [200, {}])
    assert.equal(node.log.level, 'debug')
    const [, own] = await browser.json('/api/audit')
    const [row] = (own as { rows: Record<string, unknown>[] }).rows
    assert.deepEqual(
      [row?.['operation'], row?.['subject'], row?.['outcome'], row?.['node']],
      ['log-level', 'debug', 'done', 'a@localhost'],
    )
    const [, there] = await browser.json('/api/nodes/a@localhost/audit')
    const [act] = (there as { rows: Record<string, unknown>[] }).rows
    assert.deepEqual([act?.['operation'], act?.['by']], ['log-level', 'main'])
  })

  it('that end something have to repeat what', async (t) => {
    const { browser, node } = await observed(
      t,
      { capabilities: ['inspect', 'manage'] },
      { system: { manage: ['a@localhost'] } },
    )
    await browser.session()
    const pid = await node.spawn(idle)
    const text = `<a@localhost.${pid.id}.${pid.creation}>`
    const order = { do: 'kill', pid: text }
    const [status, problem] = await browser.post(AT, { order })
    assert.deepEqual([status, codeOf(problem)], [409, 'CONFIRM_NEEDED'])
    // What takes all work from something does as much.
    const idling = [
      { do: 'application-change', name: 'shop', weight: 0 },
      { do: 'cron-disable', name: 'sweep' },
    ]
    for (const one of idling) {
      const [code, told] = await browser.post(AT, { order: one })
      assert.deepEqual([code, codeOf(told)], [409, 'CONFIRM_NEEDED'])
    }
    const [light] = await browser.post(AT, { order: { ...idling[0], weight: 1 } })
    assert.notEqual(light, 409)
    const bare = { kind: 'pid', node: pid.node, id: pid.id, creation: pid.creation }
    for (const subject of [bare, '', undefined, 7]) {
      const [code, told] = await browser.post(AT, {
        order: { ...order, pid: subject },
        confirm: '',
      })
      assert.deepEqual([code, codeOf(told)], [400, 'OPTION_INVALID'])
    }
    assert.ok(node.isAlive(pid))
    const [other] = await browser.post(AT, { order, confirm: '<a@localhost.1.1>' })
    assert.equal(other, 409)
    assert.ok(node.isAlive(pid))
    const [done] = await browser.post(AT, { order, confirm: text })
    assert.equal(done, 200)
    assert.ok(!node.isAlive(pid))
  })

  for (const [title, body] of [
    ['no object', 7],
    ['a list', []],
    ['no order', {}],
    ['an order that nobody knows', { order: { do: 'format-disk' } }],
    ['an order called like a property of every object', { order: { do: 'constructor' } }],
  ] as const) {
    it(`refuse ${title}`, async (t) => {
      const { browser } = await observed(t, { capabilities: ['inspect', 'manage'] })
      await browser.session()
      const [status, problem] = await browser.post(AT, body)
      assert.deepEqual([status, codeOf(problem)], [400, 'OPTION_INVALID'])
    })
  }
})
