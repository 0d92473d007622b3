/** server/api: the API, over real HTTP. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, protocol } from 'troupe'
import { observed, streamOf } from './kit.js'

const idle = actor(protocol('idle', {}), { on: {} })

describe('the API of an Observer', { timeout: 30_000 }, () => {
  it('tells who looks, at what, and with which capabilities', async (t) => {
    const { browser } = await observed(t)
    const session = await browser.session()
    assert.equal(session['node'], 'a@localhost')
    assert.equal(session['surface'], 'main')
    assert.deepEqual(session['capabilities'], ['inspect'])
    assert.match(String(session['csrf']), /^[\w-]{43}$/)
    assert.match(String(session['runtime']), /^Node\.js \d+/)
  })

  it('hands a question on to the process system of the node', async (t) => {
    const { browser, node } = await observed(t)
    const pid = await node.spawn(idle, { name: '<b>bold</b>' })
    const text = `<a@localhost.${pid.id}.${pid.creation}>`
    const [status, page] = await browser.json('/api/nodes/a%40localhost/processes?name=%3Cb')
    assert.equal(status, 200)
    const [row] = (page as { rows: Record<string, unknown>[] }).rows
    assert.equal(row?.['pid'], text)
    assert.equal(row?.['name'], '<b>bold</b>')
    const asked = `/api/nodes/a@localhost/process?pid=${encodeURIComponent(text)}`
    const [, sheet] = await browser.json(asked)
    const { pid: told, mailbox } = sheet as { pid: string; mailbox: { lengthMax: unknown } }
    assert.equal(told, text)
    assert.equal(mailbox.lengthMax, 'Infinity')
  })

  it('tells the cluster as one sheet', async (t) => {
    const { browser } = await observed(t)
    const [status, sheet] = await browser.json('/api/cluster')
    assert.equal(status, 200)
    const { node, nodes } = sheet as { node: string; nodes: Record<string, unknown>[] }
    assert.equal(node, 'a@localhost')
    assert.deepEqual(
      nodes.map((one) => [one['node'], one['state']]),
      [['a@localhost', 'up']],
    )
  })

  it('streams what was wished for', async (t) => {
    const { browser } = await observed(t)
    await browser.session()
    const subject = '/nodes/a@localhost/applications'
    const { listener, status } = await streamOf(browser, [subject])
    assert.equal(status, 204)
    const state = await listener.until('state')
    assert.equal(state['subject'], subject)
    const { rows } = state['sheet'] as { rows: { name: string }[] }
    assert.ok(rows.some(({ name }) => name === 'observer'))
    await listener.close()
  })

  for (const [address, status, code] of [
    ['/api/nowhere', 404, 'PATH_UNKNOWN'],
    ['/api/nodes/a@localhost/nothing', 404, 'PATH_UNKNOWN'],
    ['/api/nodes/nobody/node', 400, 'NODE_NAME_INVALID'],
    ['/api/nodes/b@localhost/node', 503, 'NO_ROUTE'],
    ['/api/nodes/a@localhost/processes?sort=up', 400, 'OPTION_INVALID'],
    ['/api/nodes/a@localhost/processes?limit=1&limit=2', 400, 'OPTION_INVALID'],
    ['/api/nodes/a@localhost/processes?limit=100000', 400, 'OPTION_INVALID'],
    ['/api/nodes/a@localhost/processes?limit=ten', 400, 'OPTION_INVALID'],
    ['/api/nodes/a@localhost/process?pid=7', 400, 'OPTION_INVALID'],
    ['/api/nodes/a@localhost/process?pid=%3Ca@localhost.999999.1%3E', 404, 'PROCESS_INCARNATION'],
    ['/api/nodes/a@localhost/profile?kind=cpu', 403, 'CAPABILITY_MISSING'],
    [`/api/nodes/a@localhost/processes?search=${'x'.repeat(5_000)}`, 414, 'ADDRESS_TOO_LONG'],
  ] as const) {
    it(`refuses ${address.slice(0, 70)} as ${code}`, async (t) => {
      const { browser } = await observed(t)
      const [told, problem] = await browser.json(address)
      assert.deepEqual([told, (problem as { code: string }).code], [status, code])
      assert.notEqual((problem as { remedy: string }).remedy, '')
    })
  }
})
