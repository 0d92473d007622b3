/**
 * test/account/judge.test: each broken word is found in logs that tell of it, and in no others.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BREACHES, type BreachKind } from '#chaos/account/breach'
import type { Evidence } from '#chaos/account/facts'
import { judge } from '#chaos/account/judge'
import { closes, sceneLines } from '#chaos/account/report'
import { sceneOf } from '#chaos/account/scene-judge'
import {
  acknowledged,
  asked,
  effect,
  final,
  led,
  probed,
  quorum,
  sound,
  told,
  URL_1,
} from '#test/account/evidence'

const kindsOf = (evidence: Evidence): readonly BreachKind[] =>
  judge(evidence).breaches.map(({ kind }) => kind)

const at = 2_000
const a = sound.client.slice(0, 2)
const one = { client: a, effects: [effect('a')], final: final({ a: 'done' }) }
const two = { worker: 'worker2@localhost' }
const lost = quorum('lost')
const back = quorum('back')

const SPOILED: Readonly<Record<BreachKind, Evidence>> = {
  lost: { ...sound, final: final({ a: 'unknown', b: 'done' }) },
  denied: { ...one, client: [...a, told('a', 'unknown')] },
  contradicted: {
    ...one,
    final: [...final({ a: 'done' }).slice(1), ...final({ a: 'failed' }).slice(2)],
  },
  unfinished: { ...one, final: final({ a: 'running' }) },
  undone: { ...one, client: [...a, told('a', 'done'), told('a', 'queued')] },
  'without-effect': { ...one, effects: [] },
  'wrong-effect': { ...one, effects: [effect('a', { digest: 'r2' })] },
  'wrong-result': { ...one, final: final({ a: 'done' }, 'r2') },
  'parked-in-vain': { ...one, final: final({ a: 'parked' }) },
  'wrong-end': { ...one, final: final({ a: 'failed' }) },
  'old-after-new': {
    ...one,
    effects: [effect('a', { term: 4 }), effect('a', { term: 3, attempt: 2 })],
  },
  'taken-twice': { ...one, effects: [effect('a'), effect('a', two)] },
  'shared-try': { ...one, effects: [effect('a'), effect('a', { ...two, kind: 'stale' })] },
  'unknown-effect': { ...one, effects: [effect('a'), effect('c')] },
  refused: { ...one, client: [...a, { kind: 'refused', at, id: 'a', status: 409, url: URL_1 }] },
  returned: {
    ...one,
    client: [...a, { kind: 'unwanted', at, id: 'a' }, { kind: 'removed', at, id: 'a' }],
  },
  'without-majority': { ...one, client: [lost, ...a, back] },
  'two-leaders': { ...one, client: [...a, led(7, 'jobs1'), led(7, 'jobs2', 7)] },
  'older-lead': { ...one, client: [...a, led(9, 'jobs2'), led(7, 'jobs1', 9)] },
  hung: { ...one, client: [...a, probed({ status: 0, tookMs: 20_000 })] },
  uncoded: { ...one, client: [...a, probed({ code: '' })] },
}

describe('the judge of a run', () => {
  it('finds no breach in a sound run, and closes its account', () => {
    const { account, breaches } = judge(sound)
    assert.deepEqual(breaches, [])
    assert.equal(account.submitted, 2)
    assert.equal(account.done, 2)
    assert.ok(closes(account))
  })

  for (const [kind, evidence] of Object.entries(SPOILED)) {
    it(`finds what is ${kind}: ${BREACHES[kind as BreachKind]}`, () => {
      assert.deepEqual(kindsOf(evidence), [kind])
    })
  }

  it('names the job and what was seen', () => {
    const effects = [effect('a', { term: 4, worker: 'w' }), effect('a', { attempt: 2, ...two })]
    const [breach] = judge({ ...one, effects }).breaches
    assert.equal(breach?.job, 'a')
    assert.equal(
      breach?.detail,
      'attempt 2 under term 3 by worker2@localhost after attempt 1 under term 4 by w',
    )
  })

  it('finds an older try after a newer one in the same term, and in a later one', () => {
    for (const term of [3, 4]) {
      const effects = [effect('a', { attempt: 2, ...two }), effect('a', { term })]
      const { breaches } = judge({ ...one, effects })
      const old = `attempt 1 under term ${term} by worker1@localhost`
      const detail = `${old} after attempt 2 under term 3 by worker2@localhost`
      assert.deepEqual(breaches, [{ kind: 'old-after-new', job: 'a', detail }])
    }
  })

  it('does not close an account in which a job is lost', () => {
    const { account } = judge(SPOILED.lost)
    assert.deepEqual([account.lost, closes(account)], [1, false])
  })

  it('counts a job as lost that one of three coordinators does not know', () => {
    const last = final({ a: 'unknown' }).slice(2)
    assert.deepEqual(kindsOf({ ...one, final: [...final({ a: 'done' }).slice(1), ...last] }), [
      'lost',
    ])
  })

  it('takes a try for repeated, not for broken, when its worker or its term is another', () => {
    const effects = [
      effect('a'),
      effect('a', { attempt: 2, ...two }),
      effect('a', { term: 4, attempt: 2 }),
      effect('a', { term: 4, attempt: 2, kind: 'known' }),
      effect('a', { kind: 'stale' }),
    ]
    const { account, breaches } = judge({ ...one, effects })
    assert.deepEqual(breaches, [])
    assert.deepEqual(
      [account.effectsTaken, account.effectsKnown, account.effectsStale, account.repeated],
      [3, 1, 1, 1],
    )
  })

  it('promises nothing for what was never acknowledged, whether it is known or not', () => {
    const client = [asked('a'), asked('b')]
    const evidence = { client, effects: [], final: final({ a: 'unknown', b: 'queued' }) }
    const { account, breaches } = judge(evidence)
    assert.deepEqual(breaches, [])
    assert.deepEqual([account.unanswered, account.unansweredKnown, account.submitted], [2, 1, 0])
  })

  it('lets a job be gone whose removal was asked for and not confirmed', () => {
    const client = [...a, { kind: 'unwanted', at, id: 'a' } as const, told('a', 'unknown')]
    const { account, breaches } = judge({ ...one, client, final: final({ a: 'unknown' }) })
    assert.deepEqual(breaches, [])
    assert.deepEqual([account.deleted, closes(account)], [1, true])
  })

  it('wants poison parked and bad input failed, and takes no other end for them', () => {
    const client = [asked('p', 'park'), acknowledged('p'), asked('f', 'fail'), acknowledged('f')]
    const ends = (p: 'parked' | 'done', f: 'failed' | 'done') =>
      kindsOf({ client, effects: [effect('p'), effect('f')], final: final({ p, f }) })
    assert.deepEqual(ends('parked', 'failed'), [])
    assert.deepEqual(ends('done', 'done'), ['wrong-end', 'wrong-end'])
  })

  it('finds everything lost when no coordinator tells anything', () => {
    assert.deepEqual(kindsOf({ ...sound, final: [] }), ['lost', 'lost'])
  })
})

describe('the judge of a run on an etcd', () => {
  const ask = a.slice(0, 1)
  const answer = a.slice(1)

  it('takes a confirmation for none only where it was asked for in the same loss', () => {
    const kinds = (client: Evidence['client']) => kindsOf({ ...one, client })
    assert.deepEqual(kinds([...ask, lost, ...answer, back]), [])
    assert.deepEqual(kinds([lost, ...ask, back, ...answer]), [])
    assert.deepEqual(kinds([lost, ...ask, back, lost, ...answer, back]), [])
    assert.deepEqual(kinds([lost, ...ask, ...answer]), ['without-majority'])
  })

  it('finds a removal that was confirmed without a majority', () => {
    const [unwanted, removed] = [
      { kind: 'unwanted', at, id: 'a' },
      { kind: 'removed', at, id: 'a' },
    ] as const
    const gone = { ...one, final: final({ a: 'unknown' }) }
    const kinds = (client: Evidence['client']) => kindsOf({ ...gone, client: [...a, ...client] })
    assert.deepEqual(kinds([lost, unwanted, removed, back]), ['without-majority'])
    assert.deepEqual(kinds([unwanted, lost, removed, back]), [])
    assert.deepEqual(kinds([lost, unwanted, back, removed]), [])
  })

  it('lets a leader change, and one be told late that was true when it was asked', () => {
    const client = [...a, led(7, 'jobs1'), led(9, 'jobs2', 7), led(7, 'jobs1', 7)]
    assert.deepEqual(kindsOf({ ...one, client }), [])
  })

  it('counts only questions to coordinators to whom nothing else was done', () => {
    const hung = { status: 0, tookMs: 20_000, isDisturbed: true }
    const client = [
      ...[probed(hung), probed({}), probed({ status: 200, code: '' })],
      probed({ question: 'remove', status: 404, code: 'JOB_UNKNOWN' }),
    ]
    assert.deepEqual(kindsOf({ ...one, client: [...a, ...client] }), [])
    const wrong = probed({ question: 'get', status: 404, code: 'JOB_UNKNOWN' })
    assert.deepEqual(kindsOf({ ...one, client: [...a, wrong] }), ['uncoded'])
  })

  it('tells how long nobody led, apart for the loss of the majority', () => {
    const client = [
      ...[led(7, 'jobs1', 0, 1_000), led(9, 'jobs2', 7, 4_500), lost, back],
      ...[led(12, 'jobs2', 9, 70_000), probed({ tookMs: 2_100 })],
      ...[quorum('cut'), led(12, 'jobs2', 12, 90_000)],
    ]
    assert.deepEqual(sceneOf(client), {
      ...{ terms: 3, leaderlessMs: 3_500, lossMs: 65_500, losses: 1, probes: 1, slowestMs: 2_100 },
    })
    const [terms, loss] = sceneLines(sceneOf(client))
    assert.equal(terms, '3 terms; longest time in which nobody led: 3.5 s')
    assert.match(loss ?? '', /^etcd lost its majority 1 times for long: nobody led for 65.5 s/)
  })
})
