/** cluster/watch: fifty nodes on one sheet, in virtual time; none of them holds it up. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { processName, TroupeError } from 'troupe'
import {
  type SimulatedCluster,
  simulatedCluster,
  type VirtualClock,
  virtualClock,
} from 'troupe/testing'
import { gathered, merged } from '#observer/cluster/merge'
import { Turnstile } from '#observer/cluster/turnstile'
import { ClusterWatch } from '#observer/cluster/watch'
import type { ClusterNode } from '#observer/contract/api'
import type { Question, Verbs } from '#observer/hub/verbs'
import { verbsOf } from '#test/hub/kit'
import { farNodes, figuresOf } from './far-kit.js'

const HOSTS = Array.from({ length: 50 }, (_, at) => `n${at}`)

/** A watch on the first node, which knows all others; `asked` counts questions by node. */
async function watching(t: TestContext, hosts: readonly string[]) {
  const [first = ''] = hosts
  const known = Object.fromEntries(
    hosts.map((host) => [host, host === first ? hosts.slice(1) : []]),
  )
  const network = { membership: { connect: 'mesh' } } as const
  const cluster = simulatedCluster({ seed: 3, hosts, known, network })
  t.after(() => cluster.stop())
  await cluster.start()
  const { clock } = cluster
  const { node } = cluster.member(first) as NonNullable<ReturnType<SimulatedCluster['member']>>
  const asked = new Map<string, number>()
  const ask: Verbs['ask'] = ({ node: name, request, payload, timeoutMs }) => {
    asked.set(name, (asked.get(name) ?? 0) + 1)
    return node.call(processName('system', undefined, name), request, payload, { timeoutMs })
  }
  const verbs = { ...verbsOf(clock, ask), own: node.name }
  const watch = new ClusterWatch(verbs)
  t.after(() => watch.stop())
  await clock.advance(2_000)
  return { cluster, clock, watch, verbs, asked }
}

/** What is told of n1, the newest first, when all nodes are up again. */
async function toldOnceUp(clock: VirtualClock, watch: ClusterWatch) {
  await clock.advance(20_000)
  await clock.until(watch.sheet())
  await clock.advance(1_000)
  const { nodes, notices } = await clock.until(watch.sheet())
  assert.ok(nodes.every(({ state }) => state === 'up'))
  return notices.filter(({ node }) => node === 'n1@sim').map(({ kind }) => kind)
}

describe('the sheet of a cluster', () => {
  it('holds fifty nodes, each connection once and sums of all', async (t) => {
    const { clock, watch } = await watching(t, HOSTS)
    await clock.until(watch.sheet())
    await clock.advance(1_000)
    const sheet = await clock.until(watch.sheet())
    assert.equal(sheet.nodes.length, 50)
    assert.deepEqual(
      sheet.nodes.filter(({ state }) => state !== 'up'),
      [],
    )
    assert.equal(sheet.sums.answering, 50)
    assert.equal(sheet.linksTotal, 49)
    assert.ok(sheet.nodes.every(({ rates }) => rates !== undefined))
    assert.ok(sheet.sums.rates.handled > 0)
  })

  it('does not wait for a node that is frozen, and tells since when it is silent', async (t) => {
    const { cluster, clock, watch } = await watching(t, HOSTS.slice(0, 5))
    await clock.until(watch.sheet())
    const frozen = cluster.network.host('n2')
    frozen.freeze()
    for (let at = 0; at < 10; at += 1) {
      await clock.advance(1_000)
      const beganMs = clock.nowMs()
      const { nodes } = await clock.until(watch.sheet())
      assert.ok(clock.nowMs() - beganMs <= 400, 'the sheet waits for nobody')
      const others = nodes.filter(({ node }) => node !== 'n2@sim')
      assert.ok(others.every(({ state }) => state === 'up'))
    }
    const { nodes, notices } = await clock.until(watch.sheet())
    const silent = nodes.find(({ node }) => node === 'n2@sim')
    frozen.thaw()
    assert.ok(['busy', 'unreachable', 'suspect', 'down'].includes(silent?.state ?? ''))
    assert.ok(clock.wallMs() - (silent?.sinceMs ?? 0) > 1_000)
    assert.notEqual(silent?.problem, undefined)
    assert.ok(notices.some(({ node }) => node === 'n2@sim'))
  })

  it('is looked at once by all who want it at the same time', async (t) => {
    const { clock, watch, asked } = await watching(t, HOSTS.slice(0, 3))
    await clock.until(watch.sheet())
    await clock.advance(1_000)
    asked.clear()
    await clock.until(Promise.all(Array.from({ length: 50 }, () => watch.sheet())))
    assert.equal(asked.get('n1@sim'), 2)
  })

  it('costs nothing but who is there while nobody looks', async (t) => {
    const { clock, watch, asked } = await watching(t, HOSTS.slice(0, 3))
    watch.start()
    await clock.until(watch.sheet())
    await clock.advance(1_000)
    asked.clear()
    await clock.advance(60_000)
    assert.deepEqual([...asked.keys()], ['n0@sim'])
    assert.ok((asked.get('n0@sim') ?? 0) <= 13)
  })

  it('tells no news of nodes that nobody has asked yet', async () => {
    // The registrar names them, and there is no connection.
    const clock = virtualClock()
    const { watch } = farNodes(['a@x', 'b@x', 'c@x'], () => undefined, clock, 'discovering')
    watch.start()
    await clock.advance(30_000)
    await clock.until(watch.sheet())
    await clock.advance(1_000)
    const { nodes, notices } = await clock.until(watch.sheet())
    watch.stop()
    assert.ok(nodes.every(({ state }) => state === 'up'))
    assert.deepEqual(notices, [])
  })

  it('has a node that has not answered yet as looked at, and counts it not', async () => {
    let open: (answer: unknown) => void = () => {}
    const waits = new Promise<unknown>((resolve) => (open = resolve))
    const odd = ({ node, request }: { readonly node: string; readonly request: string }) =>
      node === 'b@x' && request === 'network' ? waits : undefined
    const { clock, watch } = farNodes(['a@x', 'b@x', 'c@x'], odd)
    const statesNow = async () => {
      const { nodes, sums, notices } = await clock.until(watch.sheet())
      assert.deepEqual(notices, [])
      assert.ok(nodes.every(({ problem }) => problem === undefined))
      return [...nodes.map(({ state }) => state), sums.answering]
    }
    assert.deepEqual(await statesNow(), ['up', 'looking', 'up', 2])
    open({ peers: { rows: [], next: undefined } })
    await clock.advance(1_000)
    assert.deepEqual(await statesNow(), ['up', 'up', 'up', 3])
  })

  it('has the figures of a node that has too much else to look for', async () => {
    let isLimited = true
    const detail = { node: 'b@x', asker: 'a@x', problem: 'too many scans wait', retryMs: 500 }
    const odd = ({ node, request }: { readonly node: string; readonly request: string }) =>
      node === 'b@x' && request === 'applications' && isLimited
        ? Promise.reject(new TroupeError('INSPECTION_LIMITED', detail))
        : undefined
    const { clock, watch } = farNodes(['a@x', 'b@x'], odd)
    const second = async () => {
      const { nodes, sums } = await clock.until(watch.sheet())
      await clock.advance(1_000)
      const [, { state, problem, figures }] = nodes as [unknown, ClusterNode]
      return [state, problem, figures !== undefined, sums.answering]
    }
    await second()
    assert.deepEqual(await second(), ['looking', undefined, true, 1])
    isLimited = false
    await second()
    assert.deepEqual(await second(), ['up', undefined, true, 2])
    isLimited = true
    for (let at = 0; at < 10; at += 1) {
      assert.deepEqual(await second(), ['up', undefined, true, 2])
    }
  })

  it('tells once that a node is back, and asks it as one that has told nothing', async (t) => {
    const { cluster, clock, watch } = await watching(t, HOSTS.slice(0, 3))
    watch.start()
    await clock.until(watch.sheet())
    cluster.crash('n1')
    await clock.advance(30_000)
    await clock.until(watch.sheet())
    cluster.restart('n1')
    const told = await toldOnceUp(clock, watch)
    assert.equal(told[0], 'node-up')
    assert.equal(told.filter((kind) => kind === 'node-up').length, 1)
    assert.ok(told.includes('node-down'))
  })

  it('tells of an end that fell between two looks, and of the life after it', async (t) => {
    const { cluster, clock, watch } = await watching(t, HOSTS.slice(0, 3))
    watch.start()
    await clock.until(watch.sheet())
    await clock.advance(2_000)
    await clock.until(watch.sheet())
    cluster.crash('n1')
    cluster.restart('n1')
    const told = await toldOnceUp(clock, watch)
    assert.deepEqual(told.slice(0, 2), ['node-up', 'node-down'], told.join())
  })

  it('forgets a node that is gone after ten minutes', async (t) => {
    const { cluster, clock, watch } = await watching(t, HOSTS.slice(0, 3))
    watch.start()
    cluster.crash('n1')
    await clock.advance(30_000)
    const stateNow = async () => {
      const { nodes } = await clock.until(watch.sheet())
      return nodes.find(({ node }) => node === 'n1@sim')?.state
    }
    assert.equal(await stateNow(), 'down')
    await clock.advance(550_000)
    assert.equal(await stateNow(), 'down')
    await clock.advance(60_000)
    assert.equal(await stateNow(), undefined)
  })
})

describe('a question to all nodes', () => {
  it('is answered by those that can, and names the one that is frozen', async (t) => {
    const { cluster, clock, verbs } = await watching(t, HOSTS.slice(0, 5))
    const frozen = cluster.network.host('n3')
    frozen.freeze()
    const nodes = HOSTS.slice(0, 5).map((host) => `${host}@sim`)
    const payload = { top: 'messages-in', limit: 5 }
    const rows = { rows: 'rows', by: undefined, ownNode: undefined }
    const question = { request: 'processes', payload, ...rows }
    const {
      rows: told,
      missing,
      sheets,
    } = merged(question, await clock.until(gathered(question, nodes, verbs, new Turnstile(2, 10))))
    frozen.thaw()
    assert.deepEqual(
      missing.map(({ node }) => node),
      ['n3@sim'],
    )
    assert.equal(sheets.length, 4)
    assert.equal(told.length, 5)
    const counts = told.map((row) => Number(Reflect.get(row as object, 'messagesIn')))
    assert.deepEqual(
      counts,
      [...counts].sort((one, other) => other - one),
    )
  })
})

describe('who leads', () => {
  it('is told since when it leads, by our clock, however late it is heard of', async () => {
    const clock = virtualClock()
    await clock.advance(100_000)
    const aheadMs = 3_600_000
    const leads = {
      ...{ clusterId: 'jobs', pid: '<b@x.7.1>', role: 'leader', decidedBy: 'vote', term: 3 },
      ...{ leaseLeftMs: 1_000, voters: [], heard: [], leader: '<b@x.7.1>' },
      changes: [
        { timeMs: clock.wallMs() + aheadMs - 60_000, term: 3, leader: 'b@x' },
        { timeMs: clock.wallMs() + aheadMs - 90_000, term: 2, leader: 'a@x' },
      ],
    }
    const odd = ({ node, request }: Question): unknown => {
      if (node !== 'b@x') return undefined
      if (request === 'leaders') return { rows: [leads], next: undefined }
      const timeMs = clock.wallMs() + aheadMs
      return request === 'figures' ? { ...figuresOf(node, clock.nowMs()), timeMs } : undefined
    }
    const { watch } = farNodes(['a@x', 'b@x'], odd, clock)
    const sinceMs = clock.wallMs() - 60_000
    const { notices } = await clock.until(watch.sheet())
    const told = notices.find(({ kind }) => kind === 'leader')
    assert.equal(told?.text, 'b@x leads jobs, term 3')
    assert.equal(told?.timeMs, sinceMs)
  })
})

describe('a node that is asked for by its name', () => {
  it('is known as soon as it has come, and many who ask at once ask once', async () => {
    const { watch, asked } = farNodes(['a@x', 'b@x'], () => undefined)
    const names = ['b@x', 'nobody@x', 'nobody@x', 'none@x']
    const known = await Promise.all(names.map((name) => watch.knows(name)))
    assert.deepEqual(known, [true, false, false, false])
    assert.deepEqual(
      asked.map(({ request }) => request),
      ['members'],
    )
  })

  it('is not known any more when it has gone', async () => {
    const { watch } = farNodes(['a@x', 'b@x'], () => undefined, virtualClock(), 'gone')
    assert.equal(await watch.knows('b@x'), false)
  })
})
