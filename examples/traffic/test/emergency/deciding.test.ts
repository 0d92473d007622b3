/** The deciding parts of emergency delivery: answers, waits, circuit, queue, repeats, records. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { RETRY_AFTER_MS_MAX, verdictOf, waitAskedMs } from '#traffic/emergency/answer'
import { backoffMs } from '#traffic/emergency/backoff'
import {
  afterFailure,
  afterInterruption,
  afterStart,
  type Circuit,
  CLOSED,
  leaveOf,
} from '#traffic/emergency/circuit'
import { DueQueue } from '#traffic/emergency/due-queue'
import { bodyOf, emergencyOf, keyOf } from '#traffic/emergency/emergency'
import { decodeRecord, encodeRecord, tidyTold } from '#traffic/emergency/record'
import { Repeats } from '#traffic/emergency/repeats'

const answer = (status: number, retryAfter?: string) => ({
  kind: 'answer' as const,
  status,
  retryAfter,
  told: '',
})
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('an answer', () => {
  it('means delivered, refused or another time by its status, and nothing else', () => {
    for (let status = 100; status <= 699; status += 1) {
      const { kind } = verdictOf(answer(status), 0)
      const isRefused = status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status)
      const isDelivered = status >= 200 && status < 300
      assert.equal(kind, isDelivered ? 'delivered' : isRefused ? 'refused' : 'retry', `${status}`)
    }
  })

  it('names the cause of a repeat', () => {
    const causes = [408, 409, 425, 429, 500, 503, 599, 301, 304, 600].map((status) => {
      const verdict = verdictOf(answer(status), 0)
      return verdict.kind === 'retry' ? verdict.cause : verdict.kind
    })
    assert.deepEqual(causes, [
      ...['not-now', 'not-now', 'not-now', 'not-now'],
      ...['server-error', 'server-error', 'server-error'],
      ...['unexpected', 'unexpected', 'unexpected'],
    ])
  })

  it('asks for a wait in seconds or by a date, up to an hour', () => {
    const atMs = Date.parse('Wed, 01 Jan 2025 00:00:00 GMT')
    const waits = [
      ['7', 7_000],
      [' 0 ', 0],
      ['999999999999', RETRY_AFTER_MS_MAX],
      ['Wed, 01 Jan 2025 00:00:05 GMT', 5_000],
      ['Tue, 31 Dec 2024 23:59:00 GMT', 0],
      ['Fri, 01 Jan 2027 00:00:00 GMT', RETRY_AFTER_MS_MAX],
      ['-5', 0],
      ['1.5', 0],
      ['soon', 0],
      ['GMT', 0],
      [undefined, 0],
    ] as const
    for (const [text, wantedMs] of waits) assert.equal(waitAskedMs(text, atMs), wantedMs, text)
  })
})

describe('the wait before another attempt', () => {
  const options = { firstMs: 250, maxMs: 30_000 }

  it('lies between half of the bound and the bound, which doubles up to a limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), chance, (failures, luck) => {
        const boundMs = Math.min(30_000, 250 * 2 ** (failures - 1))
        const waitMs = backoffMs(options, failures, luck)
        assert.ok(waitMs >= boundMs / 2 && waitMs <= boundMs, `${waitMs} of ${boundMs}`)
      }),
    )
  })

  it('never gets shorter with more failures for the same chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), chance, (failures, luck) => {
        const nowMs = backoffMs(options, failures, luck)
        assert.ok(backoffMs(options, failures + 1, luck) >= nowMs)
      }),
    )
  })

  it('spreads those who failed together', () => {
    const waits = new Set([0, 0.25, 0.5, 0.75].map((luck) => backoffMs(options, 5, luck)))
    assert.equal(waits.size, 4)
  })
})

describe('the circuit', () => {
  const options = { failuresMax: 3, firstMs: 1_000, maxMs: 8_000 }
  const failed = (key: string, nowMs: number, retryAfterMs = 0) => ({
    key,
    nowMs,
    chance: 0.999_999,
    retryAfterMs,
  })
  const fail = (circuit: Circuit, key: string, nowMs: number, retryAfterMs = 0): Circuit =>
    afterFailure(circuit, failed(key, nowMs, retryAfterMs), options)
  const openedAt0 = ['a', 'b', 'c'].reduce((circuit, key) => fail(circuit, key, 0), CLOSED)

  it('opens with the last of so many failures in a row, and not before', () => {
    const two = fail(fail(CLOSED, 'a', 0), 'b', 0)
    assert.equal(two.kind, 'closed')
    assert.equal(fail(two, 'c', 0).kind, 'open')
  })

  it('lets nothing through before its wait is over, and then one probe', () => {
    assert.equal(leaveOf(openedAt0, 900).kind, 'wait')
    assert.equal(leaveOf(openedAt0, 1_000).kind, 'go')
    const probing = afterStart(openedAt0, 'd')
    assert.deepEqual(probing, { kind: 'probing', key: 'd', openings: 1 })
    assert.equal(leaveOf(probing, 9_999).kind, 'probe-is-out')
  })

  it('waits longer with each probe that fails, up to a limit', () => {
    let circuit = openedAt0
    const waits: number[] = []
    for (let i = 0; i < 6; i += 1) {
      circuit = fail(afterStart(circuit, 'd'), 'd', 0)
      waits.push(Math.round(circuit.kind === 'open' ? circuit.untilMs : Number.NaN))
    }
    assert.deepEqual(waits, [2_000, 4_000, 8_000, 8_000, 8_000, 8_000])
  })

  it('is not moved by attempts that began before it opened', () => {
    assert.deepEqual(fail(openedAt0, 'old', 500), openedAt0)
    const probing = afterStart(openedAt0, 'd')
    assert.deepEqual(fail(probing, 'old', 1_500), probing)
  })

  it('probes again when nobody can hear the probe', () => {
    const again = afterInterruption(afterStart(openedAt0, 'd'), 5_000)
    assert.equal(leaveOf(again, 5_000).kind, 'go')
    assert.deepEqual(afterInterruption(openedAt0, 5_000), openedAt0)
  })

  it('stays open as long as the service asks, up to its limit', () => {
    const untilOf = (circuit: Circuit) => (circuit.kind === 'open' ? circuit.untilMs : undefined)
    const two = fail(fail(CLOSED, 'a', 0), 'b', 0)
    assert.equal(untilOf(fail(two, 'c', 0, 5_000)), 5_000)
    assert.equal(untilOf(fail(two, 'c', 0, 3_600_000)), 8_000)
  })
})

describe('the queue of what is due', () => {
  it('gives what is due in the order of its time, ties in the order they came', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 })), fc.nat({ max: 25 }), (dues, nowMs) => {
        const queue = new DueQueue<number>()
        for (const [index, due] of dues.entries()) queue.push(index, due)
        const plain = [...dues.entries()]
          .filter(([, due]) => due <= nowMs)
          .sort(([i, left], [j, right]) => left - right || i - j)
          .map(([index]) => index)
        const taken: number[] = []
        for (let one = queue.take(nowMs); one !== undefined; one = queue.take(nowMs)) {
          taken.push(one)
        }
        assert.deepEqual(taken, plain)
        assert.equal(queue.length, dues.length - plain.length)
      }),
    )
  })
})

describe('a repeat', () => {
  const options = { windowMs: 60_000, vehiclesMax: 3 }
  const opened = () => {
    const repeats = new Repeats(options)
    repeats.open('bus', 'bus.0', 0)
    return repeats
  }

  it('is whatever the vehicle reports within the window of the first report', () => {
    const repeats = opened()
    const found = [0, 1, 59_999, 60_000].map((atMs) => repeats.find('bus', atMs))
    assert.deepEqual(found, ['bus.0', 'bus.0', 'bus.0', undefined])
    assert.equal(repeats.find('tram', 1), undefined)
  })

  it('is known too when its report overtook the first or the clock was set back', () => {
    const repeats = opened()
    assert.equal(repeats.find('bus', -1_000), 'bus.0')
    assert.equal(repeats.find('bus', -60_000), undefined)
  })

  it('does not move the window', () => {
    const repeats = opened()
    for (let atMs = 0; atMs < 60_000; atMs += 1_000) assert.ok(repeats.find('bus', atMs))
    assert.equal(repeats.find('bus', 60_000), undefined)
  })

  it('is forgotten with its window, and the oldest when there are too many', () => {
    const repeats = opened()
    assert.deepEqual(repeats.open('b', 'b.1', 1), [])
    assert.deepEqual(repeats.open('c', 'c.2', 2), [])
    assert.deepEqual(repeats.open('d', 'd.3', 3), ['bus.0'])
    assert.deepEqual(repeats.open('b', 'b.60001', 60_001), ['b.1'])
    assert.deepEqual(repeats.expire(60_002), ['c.2'])
    assert.equal(repeats.size, 2)
    assert.equal(repeats.remembers('b', 'b.60001'), true)
    assert.equal(repeats.remembers('b', 'b.1'), false)
  })
})

describe('the key of an emergency', () => {
  it('is printable ASCII, short, and another one for another vehicle or time', () => {
    const seen = new Map<string, string>()
    const id = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('\u0000', 'ü', '🚌', 'a/b', 'a b'),
    )
    fc.assert(
      fc.property(id, fc.nat(), (vehicle, atMs) => {
        const key = keyOf(vehicle, atMs)
        assert.match(key, /^[\x21-\x7e]{1,300}$/)
        const who = JSON.stringify([vehicle, atMs])
        assert.equal(seen.get(key) ?? who, who)
        seen.set(key, who)
      }),
    )
    assert.equal(keyOf('bus.1', 2), 'bus.1.2')
    assert.match(keyOf('\ud800', 1), /^%EF%BF%BD\.1$/)
  })
})

describe('the record of an emergency', () => {
  const emergency = emergencyOf({
    position: { id: 'bus "ü"', latitude: -36.477, longitude: 180, emergency: true },
    receivedAtMs: 1_000,
    sequence: 1,
  })

  it('is read as it was written, in each state', () => {
    for (const state of [
      { kind: 'waiting' },
      { kind: 'delivered' },
      { kind: 'refused', status: 422, told: 'no' },
    ] as const) {
      const body = encodeRecord({ emergency, state })
      assert.deepEqual(decodeRecord(emergency.key, body), { emergency, state })
    }
  })

  it('is refused, never thrown over, when it is anything else', () => {
    const whole = JSON.parse(encodeRecord({ emergency, state: { kind: 'waiting' } }).toString())
    const wrong = [
      ...Object.keys(whole).map((key) => ({ ...whole, [key]: null })),
      { ...whole, version: 2 },
      { ...whole, kind: 'refused' },
      ...[null, 1, 'x', [], {}],
    ]
    for (const value of wrong) {
      const body = Buffer.from(JSON.stringify(value))
      assert.equal(decodeRecord('k', body), undefined, JSON.stringify(value))
    }
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.equal(decodeRecord('k', bytes), undefined)
      }),
    )
  })

  it('keeps little and only harmless text of what a service said', () => {
    assert.equal(tidyTold('a\u001b[31m\nb'), 'a [31m b')
    assert.equal(tidyTold('x'.repeat(5_000)).length, 200)
  })

  it('fits one page of the file with the longest id', () => {
    const id = '\u0001'.repeat(64)
    const longest = { ...emergency, id, key: keyOf(id, 1e15) }
    const state = { kind: 'refused', status: 422, told: '"'.repeat(200) } as const
    assert.ok(encodeRecord({ emergency: longest, state }).length < 1_900)
  })

  it('goes to the service with the keys of the packet', () => {
    assert.deepEqual(JSON.parse(bodyOf(emergency)), {
      ID: 'bus "ü"',
      Lat: -36.477,
      Lon: 180,
      Date: '1970-01-01T00:00:01.000Z',
      Emergency: true,
    })
  })
})
