/** text/text: what goes to a browser and what comes from it, whatever it is. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { eventName, NodeName, Pid, processName, Ref, TroupeError } from 'troupe'
import { readAddress } from '#observer/ask/asked'
import { readOrder } from '#observer/ask/orders'
import { pidOf, pidText } from '#observer/text/pid-text'
import { jsonOf, plainOf } from '#observer/text/plain'
import { Refused, refusedOf } from '#observer/text/problem'

describe('values as JSON', () => {
  it('are identities as texts that can be read back', () => {
    const pid = Pid.of('a.b@host.example.com', 12, 1_700_000_000_000)
    assert.equal(plainOf(pid), '<a.b@host.example.com.12.1700000000000>')
    assert.deepEqual(pidOf(pidText(pid)), pid)
    assert.equal(plainOf(Ref.of('a@b', 1, 2)), '#ref<a@b.1.2>')
    assert.equal(plainOf({ kind: 'alias', node: 'a@b', id: 1, creation: 2 }), '#alias<a@b.1.2>')
    assert.equal(plainOf(processName('stock', undefined, 'a@b')), 'stock@(a@b)')
    assert.equal(plainOf(eventName('news', 'a@b')), 'event:news@(a@b)')
    assert.equal(plainOf(NodeName.of('a@b')), 'a@b')
  })

  it('are the names of numbers that JSON does not have', () => {
    const given = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 7n, undefined]
    assert.deepEqual(plainOf(given), ['Infinity', '-Infinity', 'NaN', '7n', null])
  })

  it('are dates, bytes, errors, maps and sets in a form of their own', () => {
    assert.equal(plainOf(new Date(0)), '1970-01-01T00:00:00.000Z')
    assert.equal(plainOf(new Date(Number.NaN)), null)
    assert.equal(plainOf(new Uint8Array([1, 2])), 'AQI=')
    assert.deepEqual(plainOf(new TypeError('no')), { code: null, message: 'no' })
    assert.deepEqual(plainOf(new Map([['a', 1]])), [['a', 1]])
    assert.deepEqual(plainOf(new Set([1])), [1])
    assert.deepEqual(plainOf({ a: undefined, b: () => 1 }), { b: '[function]' })
  })

  it('never run what a value brings along', () => {
    const hostile = { toJSON: () => 'fooled', toString: () => 'fooled' }
    assert.deepEqual(JSON.parse(jsonOf(hostile)), { toJSON: '[function]', toString: '[function]' })
    const own = JSON.parse('{"__proto__": {"polluted": true}}')
    assert.equal(jsonOf(own), '{"__proto__":{"polluted":true}}')
    assert.equal(Reflect.get({}, 'polluted'), undefined)
  })

  it('end where they are too deep, point at themselves, or are too large', () => {
    const round: Record<string, unknown> = {}
    round['self'] = round
    assert.ok(jsonOf(round).length < 10_000)
    const many = Array.from({ length: 600_000 }, () => 1)
    assert.throws(() => plainOf(many), { code: 'OPTION_INVALID' })
  })

  it('are JSON for any value', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withSet: true }), (value) => {
        JSON.parse(jsonOf(value))
      }),
    )
  })
})

describe('texts of pids', () => {
  it('are read as they were written', () => {
    const word = fc.stringMatching(/^[a-z.]{1,20}$/)
    const number = fc.nat()
    fc.assert(
      fc.property(word, word, number, number, (name, host, id, creation) => {
        const pid = Pid.of(`${name}@${host}`, id, creation)
        assert.deepEqual(pidOf(pidText(pid)), pid)
      }),
    )
  })

  it('are nothing else', () => {
    for (const text of ['', '<a@b.1>', '<a@b.1.2', 'a@b.1.2', '<ab.1.2>', '<a@b.1e3.2>']) {
      assert.equal(pidOf(text), undefined)
    }
    fc.assert(fc.property(fc.string(), (text) => void pidOf(text)))
  })
})

describe('addresses', () => {
  it('are read or refused with a status, whatever they are', () => {
    const path = fc.oneof(
      fc.string(),
      fc.webPath(),
      fc.constantFrom('/nodes/a@b/processes', '/cluster', '/cluster/logs', '/audit'),
    )
    fc.assert(
      fc.property(path, fc.oneof(fc.webQueryParameters(), fc.string()), (start, query) => {
        try {
          readAddress(`${start}?${query}`)
        } catch (thrown) {
          assert.ok(thrown instanceof Refused, String(thrown))
          assert.ok([400, 404, 414].includes(thrown.status))
        }
      }),
    )
  })

  it('give each field its kind', () => {
    const asked = readAddress(
      '/nodes/a%40b/process?pid=%3Ca@b.1.2%3E&messages=5&children=true&name=007',
    )
    assert.deepEqual(asked.kind === 'question' && asked.payload, {
      pid: Pid.of('a@b', 1, 2),
      messages: 5,
      children: true,
      name: '007',
    })
    const history = readAddress('/cluster/history?series=processes,waiting&lastMs=60000')
    assert.deepEqual(history.kind === 'cluster-history' && history.payload, {
      series: ['processes', 'waiting'],
      lastMs: 60_000,
    })
  })

  it('do not reach what every object has', () => {
    for (const word of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      assert.throws(() => readAddress(`/nodes/a@b/${word}`), { status: 404 })
      assert.throws(() => readAddress(`/cluster/${word}`), { status: 404 })
      assert.throws(() => readAddress(`/nodes/a@b/node?${word}=1`), { status: 400 })
    }
  })
})

describe('orders', () => {
  it('are read or refused with 400, whatever they are', () => {
    const order = fc.record({ do: fc.oneof(fc.string(), fc.constantFrom('kill', 'exit', 'send')) })
    const any = fc.oneof(fc.anything(), fc.record({ order, confirm: fc.anything() }))
    fc.assert(
      fc.property(any, (given) => {
        try {
          readOrder(given, 'a@b')
        } catch (thrown) {
          assert.ok(thrown instanceof Refused && thrown.status === 400, String(thrown))
        }
      }),
    )
  })
})

describe('problems', () => {
  it('of our own say nothing of what is inside', () => {
    const { status, problem } = refusedOf(new TypeError('secret path of ours'))
    assert.equal(status, 500)
    assert.ok(!JSON.stringify(problem).includes('secret'))
  })

  it('have a status for each code of Troupe', () => {
    for (const code of TroupeError.codes) {
      const { status } = refusedOf(new TroupeError(code, {} as never))
      assert.ok(status >= 400 && status < 600, code)
    }
  })

  it('tell when to come again', () => {
    const detail = { node: 'a@b', asker: 'b@c', problem: 'it asks too often', retryMs: 1_500 }
    const { status, headers } = refusedOf(new TroupeError('INSPECTION_LIMITED', detail))
    assert.equal(status, 429)
    assert.deepEqual(headers, { 'retry-after': '2' })
  })
})
