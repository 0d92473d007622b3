/**
 * network/handshake: two nodes with one cookie agree, and each learns what the other announced.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flagsOf, maskOf, WIRE_FLAGS } from '#network/handshake/flags'
import { describeOutcome } from '#network/handshake/outcome'
import { completeSettings } from '#network/handshake/settings'
import { agreementOf, codesOf, meet, SESSION, settingsOf, TERMS } from './handshake-kit.js'

describe('two nodes with one cookie', () => {
  it('agree, and each knows the name and the life of the other', () => {
    const met = meet()
    const dialler = agreementOf(met.dialler)
    const acceptor = agreementOf(met.acceptor)
    assert.deepEqual(dialler.peer, { name: 'acceptor-a@two', creation: 14_000_000_000 })
    assert.deepEqual(acceptor.peer, { name: 'dialler@one', creation: 11_000_000_000 })
    assert.equal(dialler.session.sessionId, acceptor.session.sessionId)
    assert.equal(dialler.session.kind, 'fresh')
  })

  it('learn the limits and addresses that each announces', () => {
    const addresses = Array.from({ length: 8 }, (_, i) => ({
      transport: 'unix',
      host: `host-${i}`,
      port: 65_535,
      path: `/run/${'p'.repeat(100)}`,
    }))
    const terms = { ...TERMS, addresses, liveness: undefined, keepAliveMs: 7 }
    const met = meet({ dialler: settingsOf('dialler@one', { terms }) })
    assert.deepEqual(agreementOf(met.acceptor).peerTerms, terms)
    assert.deepEqual(agreementOf(met.dialler).peerTerms, TERMS)
  })

  it('use the features that both name, and no other', () => {
    const met = meet({
      dialler: settingsOf('dialler@one', { flags: maskOf(['liveness', 'tracing']) }),
      acceptor: settingsOf('b@two', { flags: maskOf(['tracing', 'compression']) | (1n << 63n) }),
    })
    assert.deepEqual([...agreementOf(met.dialler).flags], ['tracing'])
    assert.deepEqual([...agreementOf(met.acceptor).flags], ['tracing'])
  })

  it('ignore bits that they do not know', () => {
    assert.deepEqual([...flagsOf(2n ** 64n - 1n)], WIRE_FLAGS)
  })

  it('speak the highest version that both know', () => {
    const dialler = settingsOf('dialler@one', { versionMin: 1, versionMax: 4 })
    const acceptor = settingsOf('b@two', { versionMin: 2, versionMax: 3 })
    const met = meet({ dialler, acceptor })
    assert.equal(agreementOf(met.dialler).version, 3)
    assert.equal(agreementOf(met.acceptor).version, 3)
  })

  it('go on with an earlier session when the policy says so', () => {
    const met = meet({
      plan: { wanted: 'acceptor-a@two', resume: { sessionId: SESSION, receivedBytes: 77 } },
      admit: () => ({ kind: 'resume', receivedBytes: 2 ** 40 + 5 }),
    })
    const whole = { kind: 'resume', sessionId: SESSION }
    assert.deepEqual(agreementOf(met.dialler).session, {
      ...whole,
      peerReceivedBytes: 2 ** 40 + 5,
    })
    assert.deepEqual(agreementOf(met.acceptor).session, { ...whole, peerReceivedBytes: 77 })
  })

  it('begin anew when the policy does not know the earlier session', () => {
    const met = meet({
      plan: { wanted: undefined, resume: { sessionId: SESSION, receivedBytes: 7 } },
    })
    const { session } = agreementOf(met.dialler)
    assert.equal(session.kind, 'fresh')
    assert.notEqual(session.sessionId, SESSION)
    assert.equal(agreementOf(met.acceptor).session.peerReceivedBytes, 0)
  })

  it('need two frames from each, all of them below 4 KB, with the longest names there are', () => {
    const long = (letter: string): string => `${letter.repeat(200)}@${'😀'.repeat(253)}`
    const met = meet({
      dialler: settingsOf(long('😀'), { own: { name: long('😀'), creation: 1 } }),
      acceptor: settingsOf(long('ü'), { own: { name: long('ü'), creation: 2 } }),
      plan: { wanted: long('ü'), resume: undefined },
    })
    assert.deepEqual(codesOf(met), ['agreed', 'agreed'])
    assert.deepEqual(
      met.sent.map(({ from }) => from),
      ['dialler', 'acceptor', 'dialler', 'acceptor'],
    )
    for (const { bytes } of met.sent) assert.ok(bytes.length <= 4_096)
  })

  it('agree byte by byte as well as at once', () => {
    const met = meet({ way: (frame) => Array.from(frame, (byte) => Uint8Array.of(byte)) })
    assert.deepEqual(codesOf(met), ['agreed', 'agreed'])
  })

  it('agree when both lines carry the same channel binding', () => {
    const line = { remote: 'r', channelBinding: Uint8Array.of(1, 2, 3) }
    assert.deepEqual(codesOf(meet({ diallerLine: line, acceptorLine: line })), ['agreed', 'agreed'])
  })

  it('tell the log who is connected, with which life and session', () => {
    const met = meet()
    assert.ok(met.dialler !== undefined && met.acceptor !== undefined)
    const { sessionId } = agreementOf(met.dialler).session
    assert.equal(
      describeOutcome(met.dialler),
      'connected with acceptor-a@two at 10.0.0.9:5000 ' +
        `(dialled, wire 1, creation 14000000000, fresh session ${sessionId})`,
    )
    assert.match(describeOutcome(met.acceptor), /^connected with dialler@one at .* \(taken, /)
  })
})

describe('settings of a handshake', () => {
  it('are refused when they could not be announced', () => {
    const given = settingsOf('a@b')
    const wrong = [
      { own: { name: 'nobody', creation: 1 } },
      { own: { name: 'a@b\u001b', creation: 1 } },
      { own: { name: 'a@b', creation: -1 } },
      { timeoutMs: 0 },
      { terms: { ...TERMS, windowBytes: 0 } },
      { terms: { ...TERMS, liveness: { host: 'h'.repeat(256), port: 1 } } },
      { terms: { ...TERMS, messageBytesMax: Number.NaN } },
      { terms: { ...TERMS, addresses: [{ transport: 'tcp', host: '', port: -1, path: '' }] } },
    ]
    for (const one of wrong)
      assert.throws(() => completeSettings({ ...given, ...one }), {
        code: /OPTION_INVALID|NODE_NAME_INVALID/,
      })
  })

  it('announce no limit as the largest one, and whole numbers', () => {
    const none = Number.POSITIVE_INFINITY
    const nine = Array.from({ length: 9 }, (_, i) => ({
      transport: 'tcp',
      host: '',
      port: i,
      path: '',
    }))
    const terms = { ...TERMS, messageBytesMax: none, windowBytes: 1.5, addresses: nine }
    const met = meet({ dialler: settingsOf('a@b', { terms: { ...terms, keepAliveMs: none } }) })
    const { peerTerms } = agreementOf(met.acceptor)
    assert.equal(peerTerms.messageBytesMax, 2 ** 48 - 1)
    assert.equal(peerTerms.windowBytes, 2)
    assert.equal(peerTerms.keepAliveMs, 2 ** 32 - 1)
    assert.deepEqual(peerTerms.addresses, nine.slice(0, 8))
  })
})
