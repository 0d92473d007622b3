/**
 * network/handshake: nobody is let in who does not know the cookie, here and now, on this line.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '#base/random'
import { Acceptor } from '#network/handshake/acceptor'
import { FRAME_BYTES_MAX, FrameInbox } from '#network/handshake/fields'
import { isSameProof, proofOf } from '#network/handshake/proof'
import { ATTACKS } from './attacks.js'
import { codeOf, codesOf, flipped, type Met, meet, PLAIN, settingsOf } from './handshake-kit.js'

const SEEDS = 300

describe('whoever attacks a handshake', () => {
  for (const [name, run] of Object.entries(ATTACKS)) {
    it(`is not let in: ${name}`, () => {
      for (let seed = 1; seed <= SEEDS; seed += 1) run(seededRandom(seed), `${name} ${seed}`)
    })
  }

  it('cannot change one bit of any frame unnoticed', () => {
    const sound = meet()
    sound.sent.forEach(({ bytes }, index) => {
      for (let at = 0; at < bytes.length; at += 1) {
        let frames = -1
        const way = (frame: Uint8Array): readonly Uint8Array[] => {
          frames += 1
          return [frames === index ? flipped(frame, at) : frame]
        }
        const met = meet({ way })
        // Who welcomed before the last frame was changed had every reason to.
        const misled = index === 3 ? [codeOf(met.dialler)] : codesOf(met)
        assert.ok(!misled.includes('agreed'), `frame ${index}, byte ${at}: ${misled}`)
      }
    })
  })

  it('cannot make it use an older version than both know', () => {
    const range = { versionMin: 1, versionMax: 2 }
    const downgraded = (frame: Uint8Array): readonly Uint8Array[] => {
      if (frame[2] !== 1) return [frame]
      const changed = frame.slice()
      changed[10] = 1
      return [changed]
    }
    const met = meet({
      dialler: settingsOf('dialler@one', range),
      acceptor: settingsOf('b@two', range),
      way: downgraded,
    })
    assert.deepEqual(codesOf(met), ['COOKIE_MISMATCH', 'COOKIE_MISMATCH'])
  })

  it('cannot hand in the proof of one role for that of another', () => {
    const key = new Uint8Array(32)
    const proofs = (['dial', 'accept', 'refuse'] as const).map((role) =>
      Buffer.from(proofOf(key, role, [], undefined)).toString('hex'),
    )
    assert.equal(new Set(proofs).size, 3)
  })

  it('cannot hand in a proof that is right only at its beginning', () => {
    const proof = Uint8Array.from({ length: 32 }, (_, i) => i)
    assert.ok(isSameProof(proof, proof.slice()))
    for (let at = 0; at < 32; at += 1) assert.ok(!isSameProof(proof, flipped(proof, at)))
    assert.ok(!isSameProof(proof, proof.slice(0, 31)))
    assert.ok(!isSameProof(new Uint8Array(0), proof))
  })

  it('cannot have it keep more than one frame', () => {
    const inbox = new FrameInbox('it is TLS')
    inbox.push(Uint8Array.of(0x0f, 0xfe))
    assert.equal(inbox.problem, undefined, `${FRAME_BYTES_MAX} bytes are a frame`)
    const larger = new FrameInbox('it is TLS')
    larger.push(Uint8Array.of(0x0f, 0xff))
    assert.match(larger.problem ?? '', /its length would be 4097/)
    const empty = new FrameInbox('it is TLS')
    empty.push(Uint8Array.of(0, 0))
    assert.match(empty.problem ?? '', /its length would be 2/)
  })

  it('cannot say more before it has been welcomed', () => {
    const isProof = (frame: Uint8Array): boolean => frame[2] === 3
    const met: Met = meet({
      way: (frame) => [isProof(frame) ? Buffer.concat([frame, Uint8Array.of(7)]) : frame],
    })
    assert.equal(codeOf(met.acceptor), 'HANDSHAKE_INVALID')
    const acceptor = new Acceptor(settingsOf('acceptor-a@two'), PLAIN)
    const { sent } = meet()
    acceptor.receive(sent[0]?.bytes ?? new Uint8Array())
    const asked = acceptor.receive(sent[2]?.bytes ?? new Uint8Array())
    assert.ok(asked.ask !== undefined)
    const hasty = acceptor.receive(Uint8Array.of(1))
    assert.equal(codeOf(hasty.outcome), 'HANDSHAKE_INVALID')
    assert.deepEqual(acceptor.decide({ kind: 'fresh' }).outcome, undefined, 'too late to decide')
  })
})
