/**
 * network/liveness/answerer: who asks with the cookie is answered, everybody else hears nothing.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { handshakeKey } from '#network/handshake/proof'
import { Answerer } from '#network/liveness/answerer'
import {
  isProvenFrame,
  livenessKey,
  readProbeFrame,
  writeProbeFrame,
} from '#network/liveness/probe-frame'
import { SharedBeat, sharedBeatMemory } from '#network/liveness/shared-beat'
import { anyDatagrams } from './any-datagrams.js'
import { KEY } from './liveness-kit.js'

const SELF = { name: 'b@two', creation: 5, key: KEY, answersPerSecondMax: 10 }
const NONCE = Uint8Array.from({ length: 16 }, (_, i) => i)
const PROBE = { kind: 'probe', nonce: NONCE, name: 'b@two', creation: 5, loopDelayMs: 0 } as const

describe('a probe', () => {
  it('is answered with the life of the node and the delay of its loop', () => {
    const probe = writeProbeFrame(KEY, PROBE)
    const { cause, bytes } = new Answerer(SELF, 0).answer(probe, 0, 1_234.5)
    assert.equal(cause, 'answered')
    assert.ok(bytes !== undefined && isProvenFrame(KEY, bytes))
    assert.deepEqual(readProbeFrame(bytes), { ...PROBE, kind: 'answer', loopDelayMs: 1_235 })
  })

  it('for an earlier life is answered with that of today', () => {
    const probe = writeProbeFrame(KEY, { ...PROBE, creation: 4 })
    const { bytes = probe } = new Answerer(SELF, 0).answer(probe, 0, 0)
    assert.equal(readProbeFrame(bytes)?.creation, 5)
  })

  it('has an answer that is never larger than itself', () => {
    for (const name of ['b@two', `${'😀'.repeat(200)}@${'h'.repeat(253)}`]) {
      const probe = writeProbeFrame(KEY, { ...PROBE, name })
      const { bytes } = new Answerer({ ...SELF, name }, 0).answer(probe, 0, 2 ** 40)
      assert.equal(bytes?.length, probe.length)
    }
  })

  it('for another node is not answered', () => {
    for (const name of ['b@tw', 'b@twoo', 'c@two', '']) {
      const probe = writeProbeFrame(KEY, { ...PROBE, name })
      assert.deepEqual(new Answerer(SELF, 0).answer(probe, 0, 0), {
        cause: 'otherNode',
        bytes: undefined,
      })
    }
  })

  it('without the cookie is not answered, nor one whose bytes were changed', () => {
    const other = livenessKey('another cookie, long enough')
    const answerer = new Answerer({ ...SELF, answersPerSecondMax: 1_000 }, 0)
    assert.equal(answerer.answer(writeProbeFrame(other, PROBE), 0, 0).cause, 'unproven')
    const probe = writeProbeFrame(KEY, PROBE)
    for (let at = 0; at < probe.length; at += 1) {
      const changed = probe.slice()
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.equal(answerer.answer(changed, 0, 0).bytes, undefined, `byte ${at}`)
    }
    for (let length = 0; length < probe.length; length += 1)
      assert.equal(answerer.answer(probe.slice(0, length), 0, 0).cause, 'malformed')
  })

  it('is not answered when it is an answer', () => {
    const answer = writeProbeFrame(KEY, { ...PROBE, kind: 'answer' })
    assert.equal(new Answerer(SELF, 0).answer(answer, 0, 0).cause, 'malformed')
  })

  it('is answered only as often as the limit says', () => {
    const answerer = new Answerer(SELF, 0)
    const probe = writeProbeFrame(KEY, PROBE)
    const causes = (nowMs: number, count: number): number =>
      Array.from({ length: count }, () => answerer.answer(probe, nowMs, 0)).filter(
        ({ cause }) => cause === 'answered',
      ).length
    assert.equal(causes(0, 100), 10)
    assert.equal(causes(100, 100), 1)
    assert.equal(causes(350, 100), 2)
    assert.equal(causes(60_000, 100), 10)
  })

  it('may be any bytes', () => {
    for (let seed = 1; seed <= 20; seed += 1) anyDatagrams(seed)
  })
})

describe('the keys', () => {
  it('of liveness and of the handshake tell nothing of each other', () => {
    const cookie = 'a cookie for tests and nothing else'
    assert.notDeepEqual(livenessKey(cookie), handshakeKey(cookie))
  })
})

describe('the beat of a loop', () => {
  it('is overdue from the moment it was to come again', () => {
    const memory = sharedBeatMemory()
    const loop = new SharedBeat(memory, 100)
    const thread = new SharedBeat(memory, 100)
    loop.beat(1_000.25)
    assert.equal(thread.loopDelayMs(1_050), 0)
    assert.equal(thread.loopDelayMs(1_100.25), 0)
    assert.equal(thread.loopDelayMs(4_100.5), 3_000.25)
  })

  it('shares its memory with the counters of the thread', () => {
    const memory = sharedBeatMemory()
    const thread = new SharedBeat(memory, 100)
    thread.count('answered')
    thread.count('tooMany')
    thread.count('tooMany')
    assert.deepEqual(new SharedBeat(memory, 100).counters(), {
      answered: 1,
      malformed: 0,
      otherNode: 0,
      unproven: 0,
      tooMany: 2,
    })
  })
})
