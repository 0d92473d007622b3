/**
 * test/account/logs.test: the files of a run are read as they were written, or told as damaged.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, sortedJson } from '#chaos/account/digest'
import { lineOf, readClient, readEffects, readFaults } from '#chaos/account/fact-lines'
import type { FaultFact } from '#chaos/account/facts'
import { judge } from '#chaos/account/judge'
import { accountLine, reportLines, shortcomings } from '#chaos/account/report'
import { effect, final, led, probed, quorum, sound } from '#test/account/evidence'

const fault = (inFlight: number): FaultFact => ({
  ...{ at: 5, fault: 'kill', target: 'jobs1@localhost', inFlight, lastsMs: 0 },
})

describe('the logs of a run', () => {
  it('are read as they were written', () => {
    assert.deepEqual(readClient(sound.client.map(lineOf).join('')).facts, sound.client)
    assert.deepEqual(readEffects(sound.effects.map(lineOf).join('')).facts, sound.effects)
    assert.deepEqual(readFaults(lineOf(fault(12))).facts, [fault(12)])
    const scene = [quorum('lost'), led(7, 'jobs1'), probed({}), quorum('back')]
    assert.deepEqual(readClient(scene.map(lineOf).join('')).facts, scene)
  })

  it('may end with a torn line, and tell of every other one that cannot be read', () => {
    const line = lineOf(effect('a'))
    assert.deepEqual(readEffects(`${line}{"at":1,"ki`).unreadable, [])
    assert.deepEqual(readEffects(`${line}{"at":1,"ki\n${line}`).unreadable, [2])
    assert.deepEqual(readEffects('[]\nnull\n{"at":1,"kind":"taken"}\n').unreadable, [1, 2, 3])
    assert.deepEqual(readClient('{"kind":"constructor","id":"a","at":1}\n').unreadable, [1])
    assert.deepEqual(readClient('{"kind":"quorum","is":"gone","at":1}\n').unreadable, [1])
  })
})

describe('the digest of a result', () => {
  it('does not depend on the order of its keys', () => {
    assert.equal(
      sortedJson({ b: [1, { d: 1, c: undefined }], a: 'x' }),
      '{"a":"x","b":[1,{"d":1}]}',
    )
    assert.equal(digestOf({ a: 1, b: 2 }), digestOf({ b: 2, a: 1 }))
    assert.notEqual(digestOf({ a: 1, b: 2 }), digestOf({ a: 2, b: 1 }))
  })
})

describe('the report of a run', () => {
  it('has the account in one line', () => {
    assert.equal(
      accountLine(judge(sound).account),
      '2 submitted = 2 done + 0 parked + 0 failed + 0 deleted + 0 pending',
    )
  })

  it('names each kind of breach with examples, and how many more there are', () => {
    const ids = Array.from({ length: 7 }, (_, index) => `x${index}`)
    const effects = [...sound.effects, ...ids.map((id) => effect(id))]
    const lines = reportLines(judge({ ...sound, effects }), [fault(12)])
    assert.ok(lines.some((line) => line.startsWith('BREACH unknown-effect x 7: ')))
    assert.ok(lines.includes('  x4: by worker1@localhost'))
    assert.ok(lines.includes('  and 2 more'))
  })

  it('says when faults were too few, or made while too little was in flight', () => {
    const demand = { faultsMin: 2, inFlightMin: 10 }
    assert.deepEqual(shortcomings([fault(10), fault(11)], demand), [])
    assert.deepEqual(shortcomings([fault(12), { ...fault(9), isUnfed: true }], demand), [])
    assert.deepEqual(shortcomings([fault(9)], demand), [
      '1 faults were made, 2 are wanted',
      'at 1 faults fewer than 10 jobs were in flight',
    ])
  })

  it('says that no breach was found', () => {
    assert.equal(reportLines(judge(sound), []).at(-1), 'no breach')
    assert.equal(final({}).length, 3)
  })
})
