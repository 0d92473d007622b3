/** server/api: the API, over real HTTP. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Capability, startObserver } from '@troupe/observer'
import {
  actor,
  METRICS_PROCESS,
  METRICS_PROTOCOL,
  type MetricsSheet,
  type MetricsTold,
  type MetricsWish,
  message,
  metricsSource,
  type Node,
  type Pid,
  protocol,
  startNode,
} from 'troupe'
import { Browser, clusterSheet, nodesOf, observed, streamOf } from './kit.js'

/** What a program may tell of itself, hostile words with it. */
const MEASURED: MetricsTold = {
  ...{ readMs: 7, groupsTotal: 1, metricsTotal: 1, seriesTotal: 1, unread: 0 },
  groups: [{ name: 'shop', own: true, metrics: 1 }],
  metrics: [
    {
      ...{ name: 'shop_queue', help: '<b>', type: 'gauge', group: 'shop', own: true },
      ...{ unit: null as never, seriesTotal: 1, all: null as never },
      series: [
        {
          ...{ labels: [['of', '<script>']], value: '+Inf', sum: null as never },
          ...{ quantiles: [], ranges: [], lines: { value: [1, null, 2] } },
        },
      ],
    },
  ],
  history: { stepMs: 10_000, untilMs: 5, kept: 1, leftOut: 0 },
}

const keeperOf = (wishes: MetricsWish[]) =>
  actor(protocol(METRICS_PROTOCOL, { metricsSheet: metricsSource.messages.metricsSheet }), {
    on: {
      metricsSheet: (_state, wish) => {
        wishes.push(wish)
        return MEASURED
      },
    },
  })

const idle = actor(protocol('idle', {}), { on: {} })

describe('the API of an Observer', { timeout: 120_000 }, () => {
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

  it('tells what the program of a node measures, and that it measures nothing', async (t) => {
    const { browser, node } = await observed(t)
    const at = '/api/nodes/a@localhost/metrics?search=shop&limit=7'
    const [, before] = await browser.json(at)
    assert.equal((before as MetricsSheet).state, 'none')
    const wishes: MetricsWish[] = []
    await node.spawn(keeperOf(wishes), { name: METRICS_PROCESS })
    const [status, told] = await browser.json(at)
    const { state, metrics, node: of } = told as MetricsSheet
    assert.deepEqual([status, state, of, metrics], [200, 'kept', 'a@localhost', MEASURED.metrics])
    assert.deepEqual([wishes[0]?.search, wishes[0]?.limit, wishes[0]?.points], ['shop', 7, 60])
    const [refused, problem] = await browser.json('/api/nodes/a@localhost/metrics?limit=501')
    assert.deepEqual([refused, (problem as { code: string }).code], [400, 'OPTION_INVALID'])
  })

  it('tells the cluster as one sheet', async (t) => {
    const { browser } = await observed(t)
    const sheet = await clusterSheet(browser)
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

  it('asks no node that the cluster does not have, so that nothing is lost', async (t) => {
    const { browser } = await observed(t)
    const dropped = async () => {
      const [, figures] = await browser.json('/api/nodes/a@localhost/figures')
      return (figures as { readonly dropped: Record<string, number> }).dropped
    }
    const before = await dropped()
    for (const question of ['node', 'figures', 'history']) {
      const [status] = await browser.json(`/api/nodes/nobody@localhost/${question}`)
      assert.equal(status, 503)
    }
    assert.deepEqual(await dropped(), before)
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

describe('an Observer of a node without a network', { timeout: 120_000 }, () => {
  it('shows that one node', async (t) => {
    const node = await startNode('alone@localhost', { logSinks: [], handleSignals: false })
    t.after(() => node.stop({ timeoutMs: 1_000 }))
    const { addresses } = await startObserver(node, { port: 0 })
    const browser = new Browser(addresses[0] as string)
    const sheet = await clusterSheet(browser)
    const { nodes } = sheet as { nodes: { node: string; state: string }[] }
    assert.deepEqual(
      nodes.map(({ node: name, state }) => [name, state]),
      [['alone@localhost', 'up']],
    )
  })
})

describe('an Observer that ends', { timeout: 120_000 }, () => {
  it('listens no longer, ends its streams, and can be started again', async (t) => {
    const { browser, node, observer } = await observed(t)
    await browser.session()
    const { listener } = await streamOf(browser, ['/nodes/a@localhost/node'])
    await listener.until('state')
    await observer.stop()
    assert.deepEqual(await listener.until('none').catch(() => ({ kind: 'over' })), { kind: 'over' })
    await assert.rejects(fetch(browser.url))
    const again = await startObserver(node, { port: 0 })
    assert.equal((await fetch(`${again.addresses[0]}/api/session`)).status, 200)
  })

  it('is restarted by its supervisor at the same address', async (t) => {
    const { browser, node } = await observed(t)
    const before = node.whereis('observer')
    assert.ok(before)
    node.kill(before)
    await node.ended(before)
    let status = 503
    while (status === 503) status = (await browser.fetch('/api/session')).status
    assert.equal(status, 200)
    assert.notEqual(node.whereis('observer')?.id, before.id)
  })

  it('refuses a port that is taken, and leaves nothing behind', async (t) => {
    const { browser, node, observer } = await observed(t)
    const port = Number(new URL(browser.url).port)
    await observer.stop()
    const [other] = await nodesOf(t, ['b@localhost'])
    await startObserver(other as Node, { port })
    await assert.rejects(startObserver(node, { port }), { code: 'APPLICATION_START_FAILED' })
    assert.equal(node.applicationInfo('observer'), undefined)
  })
})

describe('a stream that is abandoned', { timeout: 120_000 }, () => {
  it('ends, and with it what was looked at for it', async (t) => {
    const { browser, node } = await observed(t)
    await browser.session()
    const { listener } = await streamOf(browser, ['/nodes/a@localhost/node'])
    await listener.until('state')
    const open = (): unknown =>
      node.processInfo(node.whereis('observer') as Pid)?.inspected?.['streams']
    assert.equal(open(), 1)
    await listener.close()
    // Another request of this browser: by its answer the end of the stream has come through.
    for (let at = 0; at < 1_000 && open() !== 0; at += 1) await browser.json('/api/session')
    assert.equal(open(), 0)
  })
})

describe('what a process holds', { timeout: 120_000 }, () => {
  it('is cut, and told as text whatever it is', async (t) => {
    const hostile = actor(protocol('hostile', {}), {
      on: {},
      inspect: () => ({ markup: '</script><img onerror=x>', huge: 'x'.repeat(1_000_000) }),
    })
    const { browser, node } = await observed(t)
    await node.spawn(hostile, { name: 'hostile' })
    const response = await browser.fetch('/api/nodes/a@localhost/process?name=hostile')
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    const text = await response.text()
    assert.ok(text.length < 100_000)
    assert.match(text, /onerror=x/)
  })

  it('shows contents of messages to those alone who may see them', async (t) => {
    const Slow = protocol('slow', { work: message<string>() })
    const slow = actor(Slow, { on: { work: () => new Promise(() => {}) } })
    const shown = async (capabilities: readonly Capability[]) => {
      const system = { payloads: true, envValues: true }
      const { browser, node } = await observed(t, { capabilities }, { system })
      const pid = await node.spawn(slow, { name: 'slow' })
      for (const secret of ['one', 'two']) node.send(pid, 'work', secret)
      const [, sheet] = await browser.json('/api/nodes/a@localhost/process?name=slow')
      const { waiting, env } = sheet as { waiting: { payload?: unknown }[]; env?: object }
      node.kill(pid)
      return [waiting.map(({ payload }) => payload), env === undefined]
    }
    assert.deepEqual(await shown(['inspect']), [[undefined], true])
    const [payloads, hasNoEnv] = await shown(['inspect', 'payloads'])
    assert.match(JSON.stringify(payloads), /two/)
    assert.equal(hasNoEnv, false)
  })
})
