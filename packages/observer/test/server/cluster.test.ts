/** server/cluster: many nodes as one: the sheet, merged questions, histories, follows. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clusterSheet, streamOf, twoNodes } from './kit.js'

interface Row {
  readonly node: string
  readonly name?: string
}

describe('an Observer of several nodes', { timeout: 120_000 }, () => {
  it('shows each node in its state and each connection once', async (t) => {
    const { browser } = await twoNodes(t)
    const sheet = await clusterSheet(browser)
    const { nodes, links, sums } = sheet as unknown as {
      nodes: (Row & { state: string })[]
      links: { from: string; to: string }[]
      sums: { answering: number }
    }
    assert.deepEqual(nodes.map(({ node, state }) => `${node} ${state}`).sort(), [
      'a@localhost up',
      'b@localhost up',
    ])
    assert.deepEqual(
      links.map(({ from, to }) => [from, to]),
      [['a@localhost', 'b@localhost']],
    )
    assert.equal(sums.answering, 2)
  })

  it('shows a node that has gone as down, and tells it as a notice', async (t) => {
    const { b, browser } = await twoNodes(t)
    await browser.json('/api/cluster')
    await b.stop()
    const { listener } = await streamOf(browser, ['/cluster'])
    for (;;) {
      const { sheet } = (await listener.until('state')) as {
        sheet: { nodes: (Row & { state: string })[]; notices: { kind: string; node: string }[] }
      }
      const gone = sheet.nodes.find(({ node }) => node === 'b@localhost')
      if (gone?.state !== 'down') continue
      const [notice] = sheet.notices
      assert.deepEqual([notice?.kind, notice?.node], ['node-down', 'b@localhost'])
      break
    }
    await listener.close()
  })

  it('asks all nodes one question and names those that do not answer', async (t) => {
    const { b, browser } = await twoNodes(t)
    const [, before] = await browser.json('/api/cluster/applications')
    const { rows, missing, sheets } = before as {
      rows: Row[]
      missing: { node: string; problem: { code: string } }[]
      sheets: Row[]
    }
    assert.deepEqual([...new Set(rows.map(({ node }) => node))], ['a@localhost', 'b@localhost'])
    assert.deepEqual(missing, [])
    assert.deepEqual(
      sheets.map(({ node }) => node),
      ['a@localhost', 'b@localhost'],
    )
    await b.stop()
    const [, after] = await browser.json('/api/cluster/applications')
    const told = after as { missing: { node: string }[]; rows: Row[] }
    assert.deepEqual([...new Set(told.rows.map(({ node }) => node))], ['a@localhost'])
  })

  it('tells services and elections once for all nodes, and who did not answer', async (t) => {
    const { b, browser } = await twoNodes(t)
    for (const word of ['services', 'leaders']) {
      const [status, body] = await browser.json(`/api/cluster/${word}`)
      const { answering, missing } = body as { answering: string[]; missing: unknown[] }
      assert.deepEqual([status, missing], [200, []])
      assert.deepEqual(answering, ['a@localhost', 'b@localhost'])
      assert.equal((await browser.json(`/api/cluster/${word}?limit=1`))[0], 400)
    }
    await b.stop()
    const [, after] = await browser.json('/api/cluster/services')
    const { answering, services } = after as {
      answering: string[]
      services: { name: string; routes: { route: Row; answers: boolean }[] }[]
    }
    assert.deepEqual(answering, ['a@localhost'])
    const observer = services.find(({ name }) => name === 'observer')
    assert.deepEqual(
      observer?.routes.map(({ route, answers }) => [route.node, answers]),
      [['a@localhost', true]],
    )
  })

  it('tells what happens at all nodes as one stream', async (t) => {
    const { a, b, browser } = await twoNodes(t)
    const { listener } = await streamOf(browser, ['/cluster/follow?of=logs&level=warning'])
    const seen = new Set<string>()
    // Both have begun when nobody is missing; the first beginning may be that of one alone.
    await listener.until('records')
    while (seen.size < 2) {
      a.log.warning('from a')
      b.log.warning('from b')
      const { records } = (await listener.until('records')) as { records: Row[] }
      for (const { node } of records) seen.add(node)
    }
    assert.deepEqual([...seen].sort(), ['a@localhost', 'b@localhost'])
    await listener.close()
    assert.equal((await browser.json('/api/cluster/follow?of=event'))[0], 400)
  })

  it('refuses what every node refuses', async (t) => {
    const { browser } = await twoNodes(t)
    const [status, problem] = await browser.json('/api/cluster/processes?top=size')
    assert.equal(status, 400)
    assert.equal((problem as { code: string }).code, 'OPTION_INVALID')
    const [cursor] = await browser.json('/api/cluster/logs?cursor=x')
    assert.equal(cursor, 400)
  })

  it('tells what happens at a node as it happens', async (t) => {
    const { b, browser } = await twoNodes(t)
    const subject = '/nodes/b@localhost/follow?of=logs&level=warning'
    const { listener } = await streamOf(browser, [subject])
    // An empty one says from when on nothing is missed; so does it to who comes later.
    assert.deepEqual((await listener.until('records'))['records'], [])
    const late = await streamOf(browser, [subject])
    assert.deepEqual((await late.listener.until('records'))['records'], [])
    await late.listener.close()
    b.log.info('not this one')
    b.log.warning('<script>alert(1)</script>')
    const told = await listener.until('records')
    assert.equal(told['subject'], subject)
    const [record] = told['records'] as { message: string }[]
    assert.equal(record?.message, '<script>alert(1)</script>')
    await listener.close()
  })
})
