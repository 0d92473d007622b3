/**
 * any-datagrams: what may come in from anybody, for the thread that answers and for who has asked.
 */
import assert from 'node:assert/strict'
import { virtualClock } from 'troupe/testing'
import { type Random, seededRandom } from '#base/random'
import { Answerer } from '#network/liveness/answerer'
import { writeProbeFrame } from '#network/liveness/probe-frame'
import { KEY, Net, proberOn, seededBytes } from './liveness-kit.js'

const DATAGRAMS = 1_000
const SELF = { name: 'b@two', creation: 5, key: KEY, answersPerSecondMax: 1_000_000 }

/** Noise, often with the head of a sound one and a length that fits; or a sound one, damaged. */
function anyDatagram(random: Random, sound: Uint8Array): Uint8Array {
  const bytes = seededBytes(random)(random.below(160))
  switch (random.below(4)) {
    case 0:
      return bytes
    case 1:
      bytes.set(sound.subarray(0, Math.min(random.below(40), bytes.length)))
      if (bytes.length < 66) return bytes
      bytes[32] = 0
      bytes[33] = bytes.length - 66
      return bytes
    case 2:
      return sound.slice(0, random.below(sound.length))
    default: {
      const changed = sound.slice()
      const at = random.below(changed.length)
      changed[at] = (changed[at] ?? 0) ^ (1 + random.below(255))
      return changed
    }
  }
}

/** Nothing of all that is answered, counts as an answer, or breaks anything. */
export function anyDatagrams(seed: number): void {
  const random = seededRandom(seed)
  const clock = virtualClock()
  const net = new Net(clock)
  const { prober, datagrams } = proberOn(clock, net)
  const address = { host: '10.0.0.2', port: 40 }
  // A probe that waits for its answer, which is almost the one that comes.
  prober.watch({ ...SELF, address }, () => {}).lost()
  const [probe] = net.sent
  assert.ok(probe !== undefined)
  const nonce = probe.slice(6, 22)
  const answer = writeProbeFrame(KEY, { kind: 'answer', nonce, ...SELF, loopDelayMs: 0 })
  const answerer = new Answerer(SELF, 0)
  for (let i = 0; i < DATAGRAMS; i += 1) {
    const { bytes } = answerer.answer(anyDatagram(random, probe), 0, 0)
    assert.equal(bytes, undefined, `seed ${seed}, datagram ${i}`)
    datagrams.arrive(anyDatagram(random, answer))
  }
  assert.deepEqual(prober.info(), {
    ...{ watched: 1, probesSent: 1, answers: 0 },
    ignored: DATAGRAMS,
  })
  datagrams.arrive(answer)
  assert.equal(prober.info().answers, 1)
}
