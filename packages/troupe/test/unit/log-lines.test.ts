/**
 * What sinks print: readable lines, valid JSON whatever is logged, no secrets, no forged lines.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type LogRecord, type LogSource, Pid, Ref, secretNames, TroupeError } from '#contract'
import { type LogStream, wantsColour } from '#runtime/log/console-sink'
import { consoleSink, jsonLine, memorySink, plainFields, plainRecord } from '#runtime/log/index'

const node: LogSource = { kind: 'node', node: 'unit@test' }
const counter: LogSource = {
  kind: 'process',
  pid: Pid.of('unit@test', 7, 1),
  name: 'counter',
  behaviour: 'counterActor',
  application: 'shop',
}

function record(fields: unknown = {}, changes: Partial<LogRecord> = {}): LogRecord {
  const timeMs = Date.UTC(2025, 2, 1, 12, 30, 5, 7)
  const base = {
    timeMs,
    level: 'info',
    source: node,
    message: 'started',
    pinned: undefined,
  } as const
  return { ...base, fields: fields as LogRecord['fields'], ...changes }
}

function stream(changes: Partial<LogStream> = {}) {
  const lines: string[] = []
  return { lines, write: (text: string) => lines.push(text), ...changes }
}

/** What a console sink prints for one record, in UTC so that the machine does not matter. */
function printed(given: LogRecord, options: Parameters<typeof consoleSink>[0] = {}): string {
  const out = stream()
  consoleSink({ stream: out, time: 'iso', ...options }).write(given)
  return out.lines.join('')
}

const json = (given: LogRecord): Record<string, unknown> => JSON.parse(jsonLine(given))

describe('a plain line', () => {
  it('shows time, level, source, message and fields', () => {
    assert.equal(
      printed(record({ port: 80, host: 'a b', tags: ['x'], on: true })),
      '2025-03-01T12:30:05.007Z INFO  unit@test started port=80 host="a b" tags=["x"] on=true\n',
    )
  })

  it('names a process by pid and name, or by what it is', () => {
    const line = printed(record({}, { source: counter, level: 'warning' }))
    assert.equal(line, '2025-03-01T12:30:05.007Z WARN  <unit@test.7> counter started\n')
    const anonymous = { ...counter, name: undefined } as LogSource
    assert.match(printed(record({}, { source: anonymous })), /<unit@test\.7> counterActor started/)
  })

  it('names an application and a connection', () => {
    const application = { kind: 'application', node: 'unit@test', application: 'shop' } as const
    assert.match(printed(record({}, { source: application })), / unit@test shop started/)
    const network = { kind: 'network', node: 'unit@test', peer: 'b@test' } as const
    assert.match(printed(record({}, { source: network })), / unit@test -> b@test started/)
  })

  it('shows the time of day at this machine by default', () => {
    const out = stream()
    consoleSink({ stream: out }).write(record())
    assert.match(out.lines[0] ?? '', /^\d\d:\d\d:\d\d\.007 INFO /)
  })

  it('shows an error by name, message and cause, its frames below', () => {
    const error = new TypeError('boom', { cause: new RangeError('deep') })
    const [first, second] = printed(record({ error })).split('\n')
    assert.match(first ?? '', / error="TypeError: boom, because of RangeError: deep"$/)
    assert.match(second ?? '', /^ {4}at .*log-lines/)
  })

  it('shows a stack that is a field below the line', () => {
    const { stack } = new TypeError('boom')
    const [first, second] = printed(record({ stack, a: 1 })).split('\n')
    assert.match(first ?? '', /started a=1$/)
    assert.match(second ?? '', /^ {4}at .*log-lines/)
  })

  it('cannot be forged and cannot steer the terminal', () => {
    const evil = 'ok\n12:00:00 INFO  root\u001b[2J\u009b31m\u202e\u2028'
    const line = printed(record({ [`a${evil}`]: evil }, { message: evil }))
    assert.equal(line.split('\n').length, 2)
    for (const character of line.slice(0, -1)) {
      assert.ok(character >= ' ' && !/[\u007f-\u009f\u2028-\u202e]/.test(character))
    }
    assert.match(line, /ok\\n12:00:00/)
  })
})

describe('a coloured line', () => {
  it('has the text of the plain one', () => {
    const given = record({ a: 1, b: 'x y' }, { level: 'error' })
    const coloured = printed(given, { format: 'colour', forceColour: true })
    assert.notEqual(coloured, printed(given))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
    assert.equal(coloured.replace(/\u001b\[\d+m/g, ''), printed(given))
  })

  it('has colours on a terminal only, unless forced or refused', () => {
    const terminal = { ...stream(), isTTY: true }
    const file = stream()
    const cases = [
      [terminal, undefined, {}, true],
      [file, undefined, {}, false],
      [file, true, {}, true],
      [terminal, undefined, { NO_COLOR: '1' }, false],
      [terminal, undefined, { NO_COLOR: '' }, true],
      [terminal, undefined, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
      [file, undefined, { FORCE_COLOR: '1' }, true],
      [file, undefined, { FORCE_COLOR: '0' }, false],
      [file, true, { NO_COLOR: '1' }, true],
    ] as const
    for (const [out, forced, environment, expected] of cases) {
      const told = JSON.stringify([forced, environment])
      assert.equal(wantsColour(out, forced, environment), expected, told)
    }
  })
})

describe('a JSON line', () => {
  it('is one object with time, level, source, message and fields', () => {
    assert.deepEqual(json(record({ a: 1 }, { source: counter })), {
      time: '2025-03-01T12:30:05.007Z',
      level: 'info',
      node: 'unit@test',
      pid: '<unit@test.7>',
      name: 'counter',
      behaviour: 'counterActor',
      application: 'shop',
      message: 'started',
      fields: { a: 1 },
    })
    assert.deepEqual(plainRecord(record()), json(record()))
  })

  it('survives cycles, bigints, throwing getters, proxies and hostile toJSON', () => {
    const cyclic: Record<string, unknown> = { deep: [1] }
    cyclic['self'] = cyclic
    const throwing = (): never => {
      throw new Error('no')
    }
    const hostile = Object.defineProperty({ good: 1 }, 'bad', { enumerable: true, get: throwing })
    const fields = {
      cyclic,
      big: 12_345_678_901_234_567_890n,
      hostile,
      proxy: new Proxy({}, { ownKeys: throwing, getPrototypeOf: throwing }),
      lying: { toJSON: throwing },
      itself: { toJSON: () => cyclic },
      odd: [Number.NaN, undefined, Symbol('s'), () => 1, -0],
      none: undefined,
    }
    assert.deepEqual(json(record(fields))['fields'], {
      cyclic: { deep: [1], self: '[circular]' },
      big: '12345678901234567890',
      hostile: { good: 1, bad: '[unreadable: Error: no]' },
      proxy: '[unreadable: Error: no]',
      lying: '[unreadable: Error: no]',
      itself: { deep: [1], self: '[circular]' },
      odd: ['NaN', '[undefined]', 'Symbol(s)', '[function ]', 0],
    })
  })

  it('keeps a __proto__ key as a key and pollutes nothing', () => {
    const fields = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}')
    const plain = plainFields(fields, secretNames())
    assert.deepEqual(Object.keys(plain), ['__proto__', 'constructor'])
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
    assert.match(jsonLine(record(fields)), /"__proto__":\{"polluted":1\}/)
  })

  it('tells errors by name, message, code, stack, cause and detail', () => {
    const cause = new RangeError('deep')
    const error = new TroupeError('NAME_UNKNOWN', { name: 'shop', node: 'a@b' }, cause)
    const fields = json(record({ error }))['fields'] as { error: Record<string, unknown> }
    assert.equal(fields.error['name'], 'TroupeError')
    assert.equal(fields.error['code'], 'NAME_UNKNOWN')
    assert.equal(fields.error['message'], 'nobody is registered as shop on a@b')
    assert.deepEqual(fields.error['detail'], { name: 'shop', node: 'a@b' })
    assert.match(String(fields.error['stack']), /log-lines/)
    assert.equal((fields.error['cause'] as Record<string, unknown>)['message'], 'deep')
    const many = new AggregateError([new Error('a'), new Error('b')], 'both')
    const told = json(record({ many }))['fields'] as { many: { errors: { message: string }[] } }
    assert.deepEqual(
      told.many.errors.map(({ message }) => message),
      ['a', 'b'],
    )
  })

  it('writes dates, maps, sets, bytes and addresses as text', () => {
    const fields = {
      date: new Date(0),
      never: new Date(Number.NaN),
      map: new Map<unknown, unknown>([
        ['a', 1],
        [{ b: 1 }, 2],
      ]),
      set: new Set([1]),
      bytes: new Uint8Array(3),
      pid: Pid.of('a@b', 3, 1),
      ref: Ref.of('a@b', 4, 1),
      pattern: /x/,
      promise: Promise.resolve(),
    }
    assert.deepEqual(json(record(fields))['fields'], {
      date: '1970-01-01T00:00:00.000Z',
      never: 'null',
      map: { a: 1, '{"b":1}': 2 },
      set: [1],
      bytes: '[Uint8Array of 3 bytes]',
      pid: '<a@b.3>',
      ref: '#ref<a@b.4>',
      pattern: '/x/',
      promise: '[promise]',
    })
  })

  it('has bounds for depth, entries, values and text', () => {
    let deep: unknown = 'end'
    for (let i = 0; i < 100_000; i += 1) deep = { deep }
    const wide = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 1))
    const fields = { deep, long: 'x'.repeat(1_000_000), many: new Array(1_000).fill(0), wide }
    const line = jsonLine(record(fields))
    assert.ok(line.length < 60_000, `${line.length} characters`)
    assert.match(line, /983616 more characters/)
    assert.match(line, /\(900 more\)/)
  })

  it('is valid JSON on one line for any fields', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
    })
    const check = fc.property(fc.dictionary(fc.string(), anything), fc.string(), (fields, text) => {
      const line = jsonLine(record(fields, { message: text }))
      assert.equal(JSON.parse(line).message, text)
      assert.ok(!/[\n\r\u2028\u2029]/.test(line))
    })
    fc.assert(check, { seed: 1, numRuns: 500 })
  })
})

describe('secrets', () => {
  const hidden = '[redacted]'

  it('are hidden by the name of their field, at any depth and in any spelling', () => {
    const fields = {
      password: 'p',
      userPassword: 'p',
      headers: { Authorization: 'Bearer x', 'set-cookie': ['a'], 'X-Api-Key': 'k', host: 'h' },
      list: [{ access_token: 't' }],
      map: new Map([['clientSecret', 1]]),
      user: 'ada',
    }
    const shown = {
      password: hidden,
      userPassword: hidden,
      headers: { Authorization: hidden, 'set-cookie': hidden, 'X-Api-Key': hidden, host: 'h' },
      list: [{ access_token: hidden }],
      map: { clientSecret: hidden },
      user: 'ada',
    }
    assert.deepEqual(json(record(fields))['fields'], shown)
    assert.ok(!printed(record(fields)).includes('Bearer'))
  })

  it('follow a list of words that may be replaced', () => {
    const out = stream()
    const sink = consoleSink({ stream: out, format: 'json', redact: ['iban'] })
    sink.write(record({ iban: 'DE00', password: 'p' }))
    assert.deepEqual(JSON.parse(out.lines[0] ?? '').fields, { iban: hidden, password: 'p' })
  })

  it('are hidden in errors too', () => {
    const error = Object.assign(new Error('no'), { token: 't' })
    const fields = json(record({ error }))['fields'] as { error: Record<string, unknown> }
    assert.equal(fields.error['token'], hidden)
  })
})

describe('the console sink', () => {
  it('refuses wrong options by name', () => {
    const refused = (option: string) => (thrown: unknown) =>
      TroupeError.is(thrown, 'OPTION_INVALID') && thrown.detail.option === option
    assert.throws(() => consoleSink({ format: 'xml' as 'json' }), refused('format'))
    assert.throws(() => consoleSink({ level: 'loud' as 'info' }), refused('level'))
    assert.throws(() => consoleSink({ stream: {} as LogStream }), refused('stream'))
    assert.throws(() => consoleSink({ time: 'utc' as 'iso' }), refused('time'))
  })

  it('throws, so that the log counts, once its stream is broken', () => {
    const listeners: ((error: Error) => void)[] = []
    const out = stream({ on: (_event, listener) => listeners.push(listener) })
    const sink = consoleSink({ stream: out })
    consoleSink({ stream: out, name: 'second' })
    assert.equal(listeners.length, 1)
    sink.write(record())
    listeners[0]?.(new Error('EPIPE'))
    assert.throws(() => sink.write(record()), /EPIPE/)
    assert.equal(out.lines.length, 1)
  })

  it('throws, so that the log counts, when the reader does not keep up', () => {
    const out = stream({ writableLength: 20_000_000 })
    assert.throws(() => consoleSink({ stream: out }).write(record()), /does not keep up/)
  })
})

describe('the memory sink', () => {
  it('keeps the newest records, oldest first, and counts those that left', () => {
    const sink = memorySink({ lengthMax: 3 })
    for (let i = 0; i < 5; i += 1) sink.write(record({}, { message: String(i) }))
    assert.deepEqual(sink.messages(), ['2', '3', '4'])
    assert.equal(sink.dropped(), 2)
    sink.clear()
    assert.deepEqual(sink.messages(), [])
    assert.throws(() => memorySink({ lengthMax: 0 }), /lengthMax/)
  })
})
