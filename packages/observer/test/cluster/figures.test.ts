/** cluster/figures: rates, services, elections and questions that are shared. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FiguresSheet, HistorySheet } from 'troupe'
import { electionsOf, type SeenElection } from '#observer/cluster/elections'
import { clusterHistory } from '#observer/cluster/history'
import { NodeFile } from '#observer/cluster/node-file'
import { type SeenService, servicesOf } from '#observer/cluster/services'
import { SingleFlight } from '#observer/cluster/single-flight'
import { Turnstile } from '#observer/cluster/turnstile'
import { figuresOf } from './far-kit.js'

const NOW_MS = 1_700_000_000_000

const looked = (file: NodeFile, uptimeMs: number, handled: number): void =>
  file.tookFigures(figuresOf('b@x', uptimeMs, handled) as unknown as FiguresSheet)

const handledOf = ({ rates }: NodeFile): number | undefined => rates?.handled

describe('rates of a node', () => {
  it('are unknown after an hour away, until there are two looks near each other', () => {
    const file = new NodeFile('b@x')
    looked(file, 1_000, 0)
    assert.equal(handledOf(file), undefined)
    looked(file, 2_000, 50)
    assert.equal(handledOf(file), 50)
    looked(file, 3_602_000, 60)
    assert.equal(handledOf(file), undefined)
    looked(file, 3_603_000, 67)
    assert.equal(handledOf(file), 7)
  })

  it('stay while the same look is told once more, and go with a new life', () => {
    const file = new NodeFile('b@x')
    looked(file, 1_000, 0)
    looked(file, 2_000, 50)
    looked(file, 2_000, 50)
    assert.equal(file.rates?.handled, 50)
    const reborn = { ...figuresOf('b@x', 100, 3), creation: 2 }
    file.tookFigures(reborn as unknown as FiguresSheet)
    assert.equal(file.rates, undefined)
  })

  it('of its connections do not reach over a gap either', () => {
    const file = new NodeFile('b@x')
    const peer = (messagesOut: number) => [
      { node: 'a@x', creation: 1, state: 'up', transport: 'tcp', roundTripMs: 1, messagesOut },
    ]
    file.tookPeers(peer(0) as never, 0)
    file.tookPeers(peer(3_600_000) as never, 3_600_000)
    assert.equal(file.links[0]?.messagesOut, 0)
  })
})

const route = (node: string, weight: number) => ({
  ...{ node, name: 'shop', state: 'running', mode: 'permanent', weight, tags: [], version: '1' },
  ...{ roles: {}, nodeState: 'up' },
})
const seenBy = (node: string, routes: readonly object[]): SeenService =>
  ({
    ...{ node, name: 'shop', retried: 1, hedged: 0, overBudget: 0, late: 0, unrouted: 2 },
    routes: routes.map((one) => ({
      ...{ local: false, breaker: 'closed', failures: 0, opensInMs: 0, pending: 1 },
      ...{ sent: 10, answered: 9, failed: 1, ...one },
    })),
  }) as unknown as SeenService

describe('the services of all nodes', () => {
  it('are told once each, with sums, the worst breaker and the weight its node says', () => {
    const [shop, ...others] = servicesOf(
      [
        seenBy('a@x', [{ route: route('b@x', 5) }, { route: route('c@x', 1) }]),
        seenBy('b@x', [{ route: route('b@x', 7), local: true, sent: 90, breaker: 'half-open' }]),
        seenBy('d@x', [{ route: route('b@x', 5), breaker: 'open' }]),
      ],
      new Set(['a@x', 'b@x', 'd@x']),
    )
    assert.deepEqual(others, [])
    assert.deepEqual([shop?.retried, shop?.unrouted], [3, 6])
    const [toB, toC] = shop?.routes ?? []
    assert.deepEqual([toB?.route.node, toB?.route.weight, toB?.answers], ['b@x', 7, true])
    assert.deepEqual([toB?.breaker, toB?.sent, toB?.failed], ['open', 110, 3])
    assert.deepEqual(
      toB?.callers.map(({ node, sent }) => [node, sent]),
      [
        ['b@x', 90],
        ['a@x', 10],
        ['d@x', 10],
      ],
    )
    assert.deepEqual([toC?.route.node, toC?.answers], ['c@x', false])
  })
})

const taking = (node: string, role: string, term: number, more: object = {}): SeenElection =>
  ({
    ...{ clusterId: 'shop', node, pid: `<${node}.7.1>`, role, term, leaseLeftMs: 0 },
    ...{ decidedBy: 'vote', voters: ['shop@b@x'], heard: [], changes: [], ...more },
  }) as unknown as SeenElection

describe('the elections of all nodes', () => {
  it('name the leader of the newest term, and that two say they lead', () => {
    const [one] = electionsOf([
      taking('a@x', 'leader', 3),
      taking('b@x', 'leader', 5),
      taking('c@x', 'follower', 5),
    ])
    assert.deepEqual([one?.leader, one?.leaderNode], ['<b@x.7.1>', 'b@x'])
    assert.deepEqual([one?.term, one?.disputed], [5, true])
    assert.deepEqual(one?.voters, ['shop@b@x'])
    assert.equal(one?.members.length, 3)
  })

  it('know a leader that does not answer from those who follow it', () => {
    const leader = '<z@x.9.1>'
    const [one] = electionsOf([taking('a@x', 'follower', 4, { leader })])
    assert.deepEqual([one?.leader, one?.leaderNode, one?.disputed], [leader, 'z@x', false])
  })

  it('tell each change once, the newest first', () => {
    const change = (timeMs: number, term: number) => ({ timeMs, term, leader: 'b@x' })
    const [one] = electionsOf([
      taking('a@x', 'follower', 2, { changes: [change(20, 2), change(10, 1)] }),
      taking('b@x', 'leader', 2, { changes: [change(18, 2)] }),
    ])
    assert.deepEqual(
      one?.changes.map(({ timeMs, term }) => [timeMs, term]),
      [
        [18, 2],
        [10, 1],
      ],
    )
  })
})

const POINTS = 60
const lineOf = (node: string, untilMs: number, points = POINTS): HistorySheet => ({
  ...{ node, creation: 1, stepMs: 5_000, untilMs, timeMs: NOW_MS },
  series: { processes: Array.from({ length: points }, () => 1) },
})

describe('the history of nodes that take their points at different times', () => {
  const asked = { lastMs: 5_000 * POINTS, points: POINTS }

  it('has all of them in each sum, the newest and the oldest too', () => {
    for (let behindMs = 0; behindMs < 10_000; behindMs += 250) {
      const sheets = [
        lineOf('a@x', NOW_MS),
        lineOf('b@x', NOW_MS - behindMs),
        lineOf('c@x', NOW_MS - behindMs / 2),
      ]
      const { sum, untilMs } = clusterHistory(sheets, [], NOW_MS, asked)
      assert.equal(untilMs, NOW_MS - behindMs)
      assert.deepEqual([...new Set(sum.processes)], [3], `behind by ${behindMs} ms`)
      assert.ok((sum.processes?.length ?? 0) >= POINTS - 2)
    }
  })

  it('goes on without a node that has stopped taking them', () => {
    const sheets = [lineOf('a@x', NOW_MS), lineOf('b@x', NOW_MS - 30_000)]
    const { sum, untilMs } = clusterHistory(sheets, [], NOW_MS, asked)
    assert.equal(untilMs, NOW_MS)
    assert.deepEqual(sum.processes?.slice(-8), [2, 2, 1, 1, 1, 1, 1, 1])
  })

  it('keeps each point of nodes that are young', () => {
    const sheets = [lineOf('a@x', NOW_MS, 3), lineOf('b@x', NOW_MS, 2)]
    assert.deepEqual(clusterHistory(sheets, [], NOW_MS, asked).sum.processes, [1, 2, 2])
  })
})

describe('questions to all nodes', () => {
  it('that are the same are asked once for all who ask meanwhile', async () => {
    const flight = new SingleFlight<number>(4)
    let asked = 0
    const ask = async (): Promise<number> => {
      asked += 1
      await new Promise(setImmediate)
      return asked
    }
    const answers = await Promise.all(Array.from({ length: 50 }, () => flight.run('x', ask)))
    assert.deepEqual([asked, new Set(answers).size], [1, 1])
    await flight.run('x', ask)
    assert.equal(asked, 2)
  })

  it('that are too many at a time are refused, with when to come again', async () => {
    const flight = new SingleFlight<void>(2)
    const wait = (): Promise<void> => new Promise(() => {})
    void flight.run('1', wait)
    void flight.run('2', wait)
    await assert.rejects(flight.run('3', wait), { status: 429, headers: { 'retry-after': '2' } })
  })

  it('that fail leave their place', async () => {
    const flight = new SingleFlight<void>(1)
    for (let round = 0; round < 3; round += 1) {
      await assert.rejects(
        flight.run('x', () => Promise.reject(new TypeError('on purpose'))),
        TypeError,
      )
    }
  })

  it('wait at the turnstile up to a limit, and pass in their order', async () => {
    const turnstile = new Turnstile(1, 2)
    let open: () => void = () => {}
    const order: number[] = []
    const first = turnstile.through(() => new Promise<void>((resolve) => (open = resolve)))
    const rest = [1, 2].map((at) => turnstile.through(async () => void order.push(at)))
    await assert.rejects(
      turnstile.through(async () => {}),
      { status: 429, headers: { 'retry-after': '2' } },
    )
    open()
    await Promise.all([first, ...rest])
    assert.deepEqual(order, [1, 2])
    await turnstile.through(async () => void order.push(3))
  })
})
