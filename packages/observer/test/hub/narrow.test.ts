/** hub/narrow: a surface that shows some nodes tells nothing of the others. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { surfacesOf } from '#observer/contract/options'
import { isSeenRecord, isSeenRow, narrowedAnswer } from '#observer/hub/narrow'
import { subjectOf } from '#observer/hub/subject'
import { Teller } from '#observer/hub/teller'
import type { Question } from '#observer/hub/verbs'
import { viewOf } from '#observer/hub/view'
import { farNodes } from '#test/cluster/far-kit'
import { VIEW } from './kit.js'

const [SURFACE] = surfacesOf({ name: 'narrow', nodes: ['b@*'] })
const NARROW = viewOf(SURFACE as NonNullable<typeof SURFACE>, ['inspect'])
const both = [
  { node: 'b@x', n: 1 },
  { node: 'secret@x', n: 2 },
]

function telling(odd: (question: Question) => unknown = () => undefined) {
  const { verbs, watch, clock } = farNodes(['a@x', 'b@x', 'secret@x'], odd)
  const row = { number: 1, timeMs: 0, user: undefined, remote: '', operation: 'kill', times: 1 }
  const audit = [
    { ...row, surface: 'main', node: 'secret@x', subject: 'secret', outcome: 'done' },
    { ...row, surface: 'main', node: 'b@x', subject: 'seen', outcome: 'done' },
    { ...row, surface: 'main', node: undefined, subject: 'of main', outcome: 'TOKEN_WRONG' },
    { ...row, surface: 'narrow', node: undefined, subject: 'own', outcome: 'TOKEN_WRONG' },
  ]
  const teller = new Teller({
    ...{ verbs, sheet: (sees) => watch.sheet(sees), nodes: () => watch.nodes() },
    audit: (_limit, view) => audit.filter((one) => isSeenRow(one, view)),
  })
  const nodes = () => watch.nodes()
  return {
    teller,
    watch,
    clock,
    wish: (text: string, view = NARROW) => subjectOf(text, view, { teller, verbs, nodes }),
  }
}

const namesSecret = (value: unknown): boolean => JSON.stringify(value).includes('secret')

describe('a surface that shows some nodes', () => {
  it('is told sums, notices and who is there of those alone', async () => {
    const { teller, watch, clock } = telling()
    await clock.until(watch.sheet())
    const sheet = (await clock.until(teller.tell({ kind: 'cluster' }, NARROW))) as Awaited<
      ReturnType<typeof watch.sheet>
    >
    assert.deepEqual(
      sheet.nodes.map(({ node }) => node),
      ['b@x'],
    )
    assert.deepEqual([sheet.sums.answering, sheet.sums.processes], [1, 10])
    assert.deepEqual([sheet.coverage.expected, sheet.coverage.connected], [1, 1])
    assert.equal(sheet.registrar, undefined)
    const whole = await clock.until(watch.sheet())
    assert.equal(whole.sums.processes, 30)
  })

  it('is told what was done at those, and what was tried at itself', async () => {
    const { teller, clock } = telling()
    const told = await clock.until(teller.tell({ kind: 'audit', limit: 10 }, NARROW))
    const { rows } = told as { rows: { subject: string }[] }
    assert.deepEqual(
      rows.map(({ subject }) => subject),
      ['seen', 'own'],
    )
    const all = await clock.until(teller.tell({ kind: 'audit', limit: 10 }, VIEW))
    assert.equal((all as { rows: unknown[] }).rows.length, 4)
  })

  for (const [request, answer] of [
    ['network', { total: 2, routes: ['secret'], peers: { rows: both } }],
    ['members', { coverage: { gone: ['secret@x'] }, members: { rows: both } }],
    [
      'registrar',
      { info: { server: 'secret' }, nodes: { rows: both }, applications: { rows: both } },
    ],
    ['connections', { rows: both }],
    ['audit', { rows: both }],
    ['services', { rows: [{ name: 's', routes: both.map((route) => ({ route })) }] }],
    [
      'leaders',
      { rows: [{ leader: '<secret@x.1.1>', voters: ['secret@x'], heard: [], changes: [] }] },
    ],
  ] as const) {
    it(`is told nothing of the others in ${request}`, () => {
      assert.ok(namesSecret(answer))
      const told = narrowedAnswer(request, answer, NARROW)
      assert.ok(!namesSecret(told), JSON.stringify(told))
      if (request !== 'leaders') assert.ok(JSON.stringify(told).includes('b@x'))
      assert.equal(narrowedAnswer(request, answer, VIEW), answer)
    })
  }

  it('is told that a chain goes on elsewhere, and nothing of where', () => {
    const words = 'waits for <secret@x.1.1> and till@(secret@x), not <b@x.2.1> of b@x.'
    const step = { cause: 'slow-callee', subject: 'till', node: 'b@x', forMs: 5, text: words }
    const far = { ...step, subject: 'secret', node: 'secret@x', text: 'secret', pid: { id: 1 } }
    const sheet = { steps: [step, far], verdict: far, unknown: 'secret@x could not be asked' }
    const told = narrowedAnswer('why', sheet, NARROW) as typeof sheet
    assert.ok(!namesSecret(told))
    const text = 'waits for (hidden) and till@((hidden)), not <b@x.2.1> of b@x.'
    assert.deepEqual(told.steps[0], { ...step, text, remedy: undefined })
    assert.equal(told.unknown, '(hidden) could not be asked')
    assert.deepEqual([told.steps[1]?.cause, told.steps[1]?.node], ['slow-callee', '(hidden)'])
  })

  it('cannot ask a node that is shown for one that is not', () => {
    const { wish } = telling()
    for (const path of [
      '/nodes/b@x/why?name=x&node=secret@x',
      '/nodes/b@x/why?pid=%3Csecret@x.1.1%3E',
      '/nodes/b@x/connection?node=secret@x',
      '/nodes/b@x/process?pid=%3Csecret@x.1.1%3E',
      '/nodes/secret@x/follow?of=logs',
    ]) {
      assert.throws(() => wish(path), { status: 403 }, path)
    }
    assert.equal(typeof wish('/nodes/b@x/why?name=x&node=b@x').key, 'string')
  })

  it('is told records about those alone', () => {
    assert.equal(isSeenRecord({ kind: 'member-changed', node: 'secret@x' }, NARROW), false)
    assert.equal(isSeenRecord({ kind: 'member-changed', node: 'b@x' }, NARROW), true)
    assert.equal(isSeenRecord({ kind: 'registrar-connected', server: 'secret' }, NARROW), false)
    const source = { kind: 'network', name: 'secret@x' }
    assert.equal(isSeenRecord({ message: 'lost', source }, NARROW), false)
    assert.equal(isSeenRecord({ message: 'lost', source }, VIEW), true)
  })
})

describe('a viewer who may not look', () => {
  it('is told nothing at all, whatever else he may', () => {
    const [surface] = surfacesOf({ capabilities: ['inspect', 'manage', 'config'] })
    const view = viewOf(surface as NonNullable<typeof surface>, ['manage', 'config'])
    for (const path of [
      '/cluster',
      '/cluster/history',
      '/cluster/services',
      '/cluster/applications',
      '/cluster/follow?of=logs',
      '/nodes/b@x/follow?of=logs',
      '/nodes/b@x/node',
      '/audit',
    ]) {
      assert.throws(() => telling().wish(path, view), { status: 403 }, path)
    }
  })
})

describe('viewers who are told the same', () => {
  const of = (...capabilities: ('inspect' | 'manage' | 'payloads')[]) => {
    const [surface] = surfacesOf({ capabilities: ['inspect', 'manage', 'payloads'] })
    return viewOf(surface as NonNullable<typeof surface>, capabilities)
  }

  it('share one look, whatever else they may do', () => {
    const { wish } = telling()
    const keys = [of('inspect'), of('manage', 'inspect')].map((view) => wish('/cluster', view).key)
    assert.equal(keys[0], keys[1])
    assert.notEqual(wish('/cluster', of('inspect', 'payloads')).key, keys[0])
    assert.notEqual(wish('/cluster').key, keys[0])
  })
})

describe('a viewer without payloads', () => {
  it('cannot find out by a search what is in them', () => {
    const { wish } = telling()
    const path = '/nodes/b@x/follow?of=event&event=news'
    assert.throws(() => wish(`${path}&search=a`), { status: 403 })
    assert.equal(typeof wish(path).key, 'string')
    assert.equal(typeof wish('/nodes/b@x/follow?of=logs&search=a').key, 'string')
  })
})
