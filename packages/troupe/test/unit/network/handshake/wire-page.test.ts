/**
 * docs/reference/wire.md tells the handshake and the probes: recorded bytes are read by its tables.
 *
 * The record is in test/corpus/handshake-record.txt: one frame in a line, with its name.
 */
import assert from 'node:assert/strict'
import { createHash, createHmac, hkdfSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { seededRandom } from '#base/random'
import { WIRE_FLAGS } from '#network/handshake/flags'
import { codeOf, isBare, REFUSAL_CODES } from '#network/handshake/refusals'
import { Answerer } from '#network/liveness/answerer'
import { livenessKey, writeProbeFrame } from '#network/liveness/probe-frame'
import { keptLines } from '#test/corpus'
import { COOKIE, type Meeting, meet, SESSION, seededBytes, settingsOf } from './handshake-kit.js'
import { decodedBy, type Fields, tableBelow } from './wire-fields.js'

const BINDING = Uint8Array.from({ length: 32 }, (_, i) => 200 + i)
const LINE = { remote: '10.0.0.9:5000', channelBinding: BINDING }

const record = new Map(
  keptLines('handshake-record').map((line) => {
    const [name = '', hex = ''] = line.split(' ')
    return [name, Uint8Array.from(Buffer.from(hex, 'hex'))] as const
  }),
)

function recorded(name: string): Uint8Array {
  const bytes = record.get(name)
  assert.ok(bytes !== undefined, `the record has no ${name}`)
  return bytes
}

const headed = (heading: string, name: string): Fields => decodedBy(heading, recorded(name), 3)

/** The meeting that was recorded. */
function meetAgain(given: Partial<Meeting> = {}) {
  const randomBytes = seededBytes(seededRandom(20))
  return meet({
    dialler: settingsOf('dialler@one', { randomBytes }),
    acceptor: settingsOf('acceptor-a@two', { randomBytes }),
    plan: { wanted: 'acceptor-a@two', resume: { sessionId: SESSION, receivedBytes: 77 } },
    diallerLine: LINE,
    acceptorLine: LINE,
    admit: () => ({ kind: 'resume', receivedBytes: 2 ** 40 + 5 }),
    ...given,
  })
}

const FRAMES = ['hello', 'challenge', 'proof', 'welcome'] as const
const PROBE = {
  kind: 'probe',
  nonce: Uint8Array.from({ length: 16 }, (_, i) => i),
  name: 'b@two',
  creation: 14_000_000_000,
  loopDelayMs: 0,
} as const

const hmacOf = (info: string, ...parts: readonly (Uint8Array | string)[]): string => {
  const key = Buffer.from(hkdfSync('sha256', COOKIE, '', info, 32))
  const message = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  return createHmac('sha256', key).update(message).digest('hex')
}

/** The proof as the page tells it. */
function proofBy(role: string, names: readonly string[]): string {
  const hash = createHash('sha256')
  names.forEach((name, index) => {
    const frame = recorded(name)
    hash.update(index === names.length - 1 ? frame.subarray(0, frame.length - 32) : frame)
  })
  return hmacOf('troupe handshake 1', role, hash.digest(), BINDING)
}

const TOLD = {
  messageBytesMax: 64_000_000,
  windowBytes: 1_000_000,
  keepAliveMs: 500,
  livenessHost: '10.0.0.1',
  livenessPort: 4_000,
  addressCount: 1,
  addresses: [{ transport: 'tcp', host: '10.0.0.1', port: 11_144, path: '' }],
  later: '',
}

describe('a recorded handshake', () => {
  it('is what the nodes of today say', () => {
    const met = meetAgain()
    const said = met.sent.map(({ bytes }) => Buffer.from(bytes).toString('hex'))
    assert.deepEqual(
      said,
      FRAMES.map((name) => Buffer.from(recorded(name)).toString('hex')),
    )
  })

  it('has frames with a length and a type before the fields', () => {
    FRAMES.forEach((name, index) => {
      const frame = Buffer.from(recorded(name))
      assert.equal(frame.readUInt16BE(0), frame.length - 2)
      assert.equal(frame.readUInt8(2), index + 1)
    })
  })

  it('reads by the page: HELLO', () => {
    const { nonce, ...fields } = headed('#### HELLO, type 1', 'hello')
    assert.match(String(nonce), /^[0-9a-f]{64}$/)
    assert.deepEqual(fields, {
      magic: Buffer.from('TRPE').toString('hex'),
      versionMin: 1,
      versionMax: 1,
      creation: 11_000_000_000,
      flags: 0b101n,
      resume: 1,
      sessionId: SESSION,
      receivedBytes: 77,
      name: 'dialler@one',
      wanted: 'acceptor-a@two',
      later: '',
    })
  })

  it('reads by the page: CHALLENGE', () => {
    const { nonce, ...fields } = headed('#### CHALLENGE, type 2', 'challenge')
    assert.notEqual(nonce, headed('#### HELLO, type 1', 'hello')['nonce'])
    const { name, creation, flags, version, later } = fields
    assert.deepEqual([name, creation, flags], ['acceptor-a@two', 14_000_000_000, 0b101n])
    assert.deepEqual([version, later], [1, ''])
  })

  it('reads by the page: PROOF, whose proof is what the page says', () => {
    const { proof, ...fields } = headed('#### PROOF, type 3', 'proof')
    assert.deepEqual(fields, TOLD)
    assert.equal(proof, proofBy('dial', ['hello', 'challenge', 'proof']))
  })

  it('reads by the page: WELCOME, whose proof is what the page says', () => {
    const { proof, ...fields } = headed('#### WELCOME, type 4', 'welcome')
    const session = { resumed: 1, sessionId: SESSION, receivedBytes: 2 ** 40 + 5 }
    assert.deepEqual(fields, { ...session, ...TOLD })
    assert.equal(proof, proofBy('accept', ['hello', 'challenge', 'proof', 'welcome']))
  })

  it('reads by the page: REFUSAL, before the proof and behind it', () => {
    const bare = headed('#### REFUSAL, type 5, before the proof', 'refusal-bare')
    assert.deepEqual(bare, { code: 1, proven: 0, later: '' })
    const told = headed('#### REFUSAL, type 5, behind the proof', 'refusal-proven')
    const { proof, ...fields } = told
    assert.deepEqual(fields, { code: 4, proven: 1, detail: 'it is there already', later: '' })
    assert.equal(proof, proofBy('refuse', ['hello', 'challenge', 'proof', 'refusal-proven']))
  })

  it('has the refusals that nodes of today give', () => {
    const admit: Meeting['admit'] = () => ({
      kind: 'refuse',
      code: 'NODE_NAME_TAKEN',
      detail: 'it is there already',
    })
    const proven = meetAgain({ admit }).sent.at(-1)?.bytes
    assert.deepEqual(proven, recorded('refusal-proven'))
    const bare = meetAgain({ acceptorLine: { ...LINE, channelBinding: undefined } }).sent.at(-1)
    assert.deepEqual(bare?.bytes, recorded('refusal-bare'))
  })
})

describe('the page of the wire', () => {
  it('tells the number of each code, and which may be told by a stranger', () => {
    const rows = tableBelow('### Proofs').map(([number, name, bare]) => [
      codeOf(Number(number)),
      name,
      bare,
    ])
    const table = REFUSAL_CODES.map((code) => [code, code, isBare(code) ? 'yes' : 'no'])
    assert.deepEqual(rows, table)
  })

  it('tells the bit of each flag', () => {
    const rows = tableBelow('### Flags').map(([bit, flag]) => [Number(bit), flag])
    assert.deepEqual(rows, [...WIRE_FLAGS.entries()])
  })
})

describe('a recorded probe', () => {
  it('and its answer read by the page, with the proofs it tells', () => {
    for (const [name, kind, delay] of [
      ['liveness-probe', 1, 0],
      ['liveness-answer', 2, 3_210],
    ] as const) {
      const bytes = recorded(name)
      const { proof, ...fields } = decodedBy('## Liveness', bytes, 0)
      assert.deepEqual(fields, {
        magic: Buffer.from('TRPL').toString('hex'),
        version: 1,
        kind,
        nonce: Buffer.from(PROBE.nonce).toString('hex'),
        creation: 14_000_000_000,
        loopDelayMs: delay,
        name: 'b@two',
      })
      assert.equal(proof, hmacOf('troupe liveness 1', bytes.subarray(0, bytes.length - 32)))
    }
  })

  it('is what the nodes of today ask and answer', () => {
    const key = livenessKey(COOKIE)
    const probe = writeProbeFrame(key, PROBE)
    assert.deepEqual(Uint8Array.from(probe), recorded('liveness-probe'))
    const self = { name: 'b@two', creation: 14_000_000_000, key, answersPerSecondMax: 1 }
    const { bytes = probe } = new Answerer(self, 0).answer(probe, 0, 3_210)
    assert.deepEqual(Uint8Array.from(bytes), recorded('liveness-answer'))
  })
})
