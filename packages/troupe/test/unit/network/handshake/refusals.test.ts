/**
 * network/handshake: each way to be refused has a code, and tells both sides what to do.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Acceptor } from '#network/handshake/acceptor'
import { Dialler } from '#network/handshake/dialler'
import { writeRefusal } from '#network/handshake/frames'
import { type Admission, describeOutcome, type Outcome } from '#network/handshake/outcome'
import { handshakeKey } from '#network/handshake/proof'
import { numberOf, REFUSAL_CODES } from '#network/handshake/refusals'
import {
  COOKIE,
  codeOf,
  codesOf,
  flipped,
  type Met,
  meet,
  NOBODY,
  PLAIN,
  SESSION,
  settingsOf,
  welcomedBy,
} from './handshake-kit.js'

const OTHER_KEY = handshakeKey('some other cookie, long enough')

const messageOf = (outcome: Outcome | undefined): string => {
  assert.equal(outcome?.kind, 'refused')
  return outcome.refusal.error.message
}

const messagesOf = ({ dialler, acceptor }: Met): readonly string[] => [
  messageOf(dialler),
  messageOf(acceptor),
]

const both = (code: string): readonly string[] => [code, code]

describe('a handshake is refused', () => {
  it('with COOKIE_MISMATCH on both sides when the cookies differ', () => {
    const met = meet({ dialler: settingsOf('dialler@one', { key: OTHER_KEY }) })
    assert.deepEqual(codesOf(met), both('COOKIE_MISMATCH'))
    assert.deepEqual(messagesOf(met), [
      'the cookie of 10.0.0.9:5000 is not ours: it refused our proof; ' +
        'give both nodes the same cookie',
      'the cookie of 10.0.0.9:5000, which calls itself dialler@one, is not ours: ' +
        'its proof does not fit; give both nodes the same cookie',
    ])
    assert.deepEqual(met.asked, [])
  })

  it('with COOKIE_MISMATCH when the acceptor, which takes any proof, has no cookie', () => {
    const dialler = new Dialler(settingsOf('dialler@one'), NOBODY, PLAIN)
    const outcome = welcomedBy(dialler, { name: 'b@two', key: OTHER_KEY })
    assert.equal(codeOf(outcome), 'COOKIE_MISMATCH')
    assert.match(messageOf(outcome), /its answer to our proof does not fit/)
  })

  it('with COOKIE_MISMATCH when the two ends of the TLS line are not those of one line', () => {
    const met = meet({
      diallerLine: { remote: 'r', channelBinding: Uint8Array.of(1) },
      acceptorLine: { remote: 'r', channelBinding: Uint8Array.of(2) },
    })
    assert.deepEqual(codesOf(met), both('COOKIE_MISMATCH'))
    for (const message of messagesOf(met)) assert.match(message, /ends the TLS line between/)
  })

  it('with COOKIE_MISMATCH when only one end has a TLS line', () => {
    const met = meet({ diallerLine: { remote: 'r', channelBinding: Uint8Array.of(1) } })
    assert.deepEqual(codesOf(met), both('COOKIE_MISMATCH'))
  })

  it('with NODE_SELF when a node reaches itself', () => {
    const own = { name: 'shop@one', creation: 5 }
    const met = meet({
      dialler: settingsOf('shop@one', { own }),
      acceptor: settingsOf('shop@one', { own }),
    })
    assert.deepEqual(codesOf(met), both('NODE_SELF'))
    assert.deepEqual(messagesOf(met)[0], messagesOf(met)[1])
    assert.equal(
      messagesOf(met)[0],
      'the node shop@one met its own name: it dialled itself, from 10.0.0.9:5000; ' +
        'take that address away or rename one',
    )
  })

  it('with NODE_SELF when a node reaches another one of its name', () => {
    const met = meet({
      dialler: settingsOf('shop@one', { own: { name: 'shop@one', creation: 5 } }),
      acceptor: settingsOf('shop@one', { own: { name: 'shop@one', creation: 6 } }),
      plan: { wanted: 'other@two', resume: undefined },
    })
    assert.deepEqual(codesOf(met), both('NODE_SELF'))
    assert.match(messagesOf(met)[1] ?? '', /another node was given the same name/)
    assert.deepEqual(met.asked, [])
  })

  it('with NODE_NAME_MISMATCH when another node lives at the address', () => {
    const met = meet({ plan: { wanted: 'stock@two', resume: undefined } })
    assert.deepEqual(codesOf(met), both('NODE_NAME_MISMATCH'))
    for (const message of messagesOf(met))
      assert.equal(
        message,
        'there lives acceptor-a@two, not stock@two: dialler@one dialled the wrong address; ' +
          'correct the name or the address that was dialled',
      )
    assert.deepEqual(met.asked, [])
  })

  it('by the dialler too, should the acceptor not look at names', () => {
    const plan = { wanted: 'stock@two', resume: undefined }
    const cases = [
      ['stock@two', 'agreed'],
      ['shop@two', 'NODE_NAME_MISMATCH'],
      ['dialler@one', 'NODE_SELF'],
    ] as const
    for (const [name, code] of cases) {
      const outcome = welcomedBy(new Dialler(settingsOf('dialler@one'), plan, PLAIN), { name })
      assert.equal(codeOf(outcome), code)
    }
  })

  it('by the dialler when the acceptor goes on with a session that was not asked for', () => {
    const resume = { sessionId: SESSION, receivedBytes: 3 }
    const cases = [
      [undefined, SESSION, 'HANDSHAKE_INVALID'],
      [resume, SESSION, 'agreed'],
      [resume, 'ff'.repeat(16), 'HANDSHAKE_INVALID'],
    ] as const
    for (const [wish, sessionId, code] of cases) {
      const plan = { wanted: undefined, resume: wish }
      const dialler = new Dialler(settingsOf('dialler@one'), plan, PLAIN)
      const outcome = welcomedBy(dialler, { name: 'b@two', resumed: sessionId })
      assert.equal(codeOf(outcome), code)
    }
  })

  it('by the dialler when the acceptor chose a version that was not offered', () => {
    const dialler = new Dialler(settingsOf('dialler@one'), NOBODY, PLAIN)
    const outcome = welcomedBy(dialler, { name: 'b@two', version: 2 })
    assert.equal(codeOf(outcome), 'HANDSHAKE_INVALID')
  })

  it('with WIRE_VERSION when no version is common', () => {
    const ranges = [
      [1, 2, 3, 4],
      [3, 4, 1, 2],
    ] as const
    for (const [dialMin, dialMax, acceptMin, acceptMax] of ranges) {
      const met = meet({
        dialler: settingsOf('dialler@one', { versionMin: dialMin, versionMax: dialMax }),
        acceptor: settingsOf('b@two', { versionMin: acceptMin, versionMax: acceptMax }),
      })
      assert.deepEqual(codesOf(met), both('WIRE_VERSION'))
      assert.match(messagesOf(met)[0] ?? '', /refused our versions \d to \d; upgrade the older/)
      assert.match(messagesOf(met)[1] ?? '', /it speaks \d to \d, we \d to \d; upgrade the older/)
    }
  })

  it('with HANDSHAKE_TIMEOUT, and the other side learns it', () => {
    const dialler = new Dialler(settingsOf('dialler@one'), NOBODY, PLAIN)
    const acceptor = new Acceptor(settingsOf('b@two'), PLAIN)
    const [hello] = dialler.start().send
    assert.ok(hello !== undefined)
    acceptor.receive(hello)
    const late = acceptor.expire()
    assert.match(messageOf(late.outcome), /longer than 5000 ms: it did not prove itself/)
    const [refusal] = late.send
    const heard = dialler.receive(refusal ?? hello)
    assert.equal(codeOf(heard.outcome), 'HANDSHAKE_TIMEOUT')
    assert.match(messageOf(heard.outcome), /it waited too long for us/)
    assert.deepEqual(dialler.expire().outcome, undefined, 'it is over only once')
  })

  it('with HANDSHAKE_TIMEOUT by the dialler, which tells it before its proof only', () => {
    const dialler = new Dialler(settingsOf('dialler@one'), NOBODY, PLAIN)
    const acceptor = new Acceptor(settingsOf('b@two'), PLAIN)
    const [hello] = dialler.start().send
    assert.ok(hello !== undefined)
    acceptor.receive(hello)
    const [refusal] = dialler.expire().send
    const heard = acceptor.receive(refusal ?? hello)
    assert.equal(codeOf(heard.outcome), 'HANDSHAKE_TIMEOUT')
    const second = new Dialler(settingsOf('dialler@one'), NOBODY, PLAIN)
    const { sent } = meet()
    second.start()
    second.receive(sent[1]?.bytes ?? hello)
    assert.deepEqual(second.expire().send, [])
  })

  it('with the code of the policy and its sentence, which only a proof carries', () => {
    for (const code of ['NODE_NAME_TAKEN', 'NODE_INCARNATION_OLD', 'NODE_SIMULTANEOUS'] as const) {
      const admit = (): Admission => ({ kind: 'refuse', code, detail: 'because of 10.0.0.7' })
      const met = meet({ admit })
      assert.deepEqual(codesOf(met), both(code))
      for (const message of messagesOf(met)) assert.match(message, /because of 10\.0\.0\.7/)
      assert.equal(met.dialler?.kind === 'refused' && met.dialler.refusal.proven, true)
      assert.equal(met.dialler?.kind === 'refused' && met.dialler.refusal.by, 'peer')
    }
  })

  it('without a word of the policy when the sentence was changed on its way', () => {
    const admit = (): Admission => ({ kind: 'refuse', code: 'NODE_NAME_TAKEN', detail: 'taken' })
    const { sent } = meet({ admit })
    const refusal = sent.at(-1)?.bytes
    assert.ok(refusal !== undefined)
    for (let at = 3; at < refusal.length; at += 1) {
      const met = meet({
        admit,
        way: (frame) => [frame.length === refusal.length ? flipped(frame, at) : frame],
      })
      assert.equal(codeOf(met.dialler), 'HANDSHAKE_INVALID', `byte ${at}`)
      assert.ok(!messageOf(met.dialler).includes('taken'), `byte ${at}`)
    }
  })
})

describe('a stranger', () => {
  it('learns nothing but a code, whatever it is refused for', () => {
    for (const met of [
      meet({ dialler: settingsOf('dialler@one', { key: OTHER_KEY }) }),
      meet({ dialler: settingsOf('dialler@one', { versionMin: 7, versionMax: 9 }) }),
    ]) {
      const refusal = met.sent.at(-1)
      assert.equal(refusal?.from, 'acceptor')
      assert.deepEqual(refusal.bytes.length, 5, 'length, type, code, switch')
    }
  })

  it('cannot end a handshake with a code that is told only among those with one cookie', () => {
    for (const code of REFUSAL_CODES) {
      const dialler = new Dialler(settingsOf('dialler@one'), NOBODY, PLAIN)
      dialler.start()
      const bare = writeRefusal({ code: numberOf(code), detail: undefined })
      const told = codeOf(dialler.receive(bare).outcome)
      const isBare = ['COOKIE_MISMATCH', 'WIRE_VERSION', 'HANDSHAKE_TIMEOUT'].includes(code)
      assert.equal(told, isBare ? code : 'HANDSHAKE_INVALID')
    }
  })

  it('is told by its address, and its name never changes a terminal', () => {
    const acceptor = new Acceptor(settingsOf('b@two'), PLAIN)
    const { sent } = meet()
    const hello = Buffer.from(sent[0]?.bytes ?? [])
    const evil = Buffer.from(hello)
    evil.set(Buffer.from('\u001b[2J'), hello.indexOf('dialler@one'))
    const { outcome } = acceptor.receive(evil)
    assert.equal(codeOf(outcome), 'HANDSHAKE_INVALID')
    assert.equal(
      messageOf(outcome),
      'the handshake with 10.0.0.9:5000 broke off: its name is not of the form name@host',
    )
  })

  it('that speaks HTTP is refused by its first bytes', () => {
    const { outcome } = new Acceptor(settingsOf('b@two'), PLAIN).receive(Buffer.from('GET /'))
    assert.match(messageOf(outcome), /what it sent is no frame: its length would be/)
  })

  it('that speaks TLS is told so in what TLS takes for none, and both learn what to do', () => {
    const record = Uint8Array.of(0x16, 3, 1, 2, 0)
    const taken = new Acceptor(settingsOf('b@two'), PLAIN).receive(record)
    assert.match(messageOf(taken.outcome), /it speaks TLS, and this port does not; dial it as tcp:/)
    const [said = new Uint8Array()] = taken.send
    assert.ok((said[0] ?? 0) > 0x17, 'no record of TLS begins like this')
    const plan = { wanted: 'b@two', resume: undefined }
    const dialling = new Dialler(settingsOf('a@one'), plan, PLAIN)
    dialling.start()
    const { outcome } = dialling.receive(Uint8Array.of(0x15, 3, 3, 0, 2, 2, 70))
    assert.match(messageOf(outcome), /the far end speaks TLS.*dial it as tls:/)
  })

  it('that goes before it has said anything may speak TLS, where that can be', () => {
    const gone = (transport: string): string => {
      const plan = { wanted: 'b@two', resume: undefined }
      const dialling = new Dialler(settingsOf('a@one'), plan, { ...PLAIN, transport })
      dialling.start()
      return messageOf(dialling.closed(undefined).outcome)
    }
    assert.match(gone('tcp'), /without a word; if it speaks TLS, dial it as tls:/)
    for (const transport of ['unix', 'tls']) assert.doesNotMatch(gone(transport), /tls:/)
  })
})

describe('a line of the log', () => {
  it('names the code, who refused, and never the cookie', () => {
    const met = meet({ dialler: settingsOf('dialler@one', { key: OTHER_KEY }) })
    assert.ok(met.dialler !== undefined && met.acceptor !== undefined)
    const lines = [describeOutcome(met.dialler), describeOutcome(met.acceptor)]
    assert.match(lines[0] ?? '', /^COOKIE_MISMATCH \(refused by the other side\): the cookie of/)
    assert.match(lines[1] ?? '', /^COOKIE_MISMATCH \(refused here\): the cookie of/)
    for (const line of lines) assert.ok(!line.includes(COOKIE))
  })
})
