/**
 * What a trace holds of what came with it: nothing but itself, counted as what it is.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { actor, message, Pid, type ProcessContext, protocol, type Span, TroupeError } from 'troupe'
import { type TestNode, testNode, virtualClock } from 'troupe/testing'
import { seededRandom } from '#base/random'
import type { OpenSpan, TracerHome } from '#contract'
import { Tracing } from '#runtime/tracing'
import { makeTracer } from '#tracing'
import { readContext, readHeaders } from '#tracing/trace-context'
import { spansOf } from './trace-kit.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of the heap once what earlier cases left behind is gone. */
async function heapAfterCollecting(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  return process.memoryUsage().heapUsed
}

/** All that was measured stays alive: its end would be taken for part of the next figure. */
const measured: unknown[] = []

/** What is held by what `make` gives, in bytes. */
async function heldBy(make: () => unknown): Promise<number> {
  const before = await heapAfterCollecting()
  measured.push(make())
  return (await heapAfterCollecting()) - before
}

const Work = protocol('work', { go: message<number>(), idle: message<void>() })

/** A node with a process that does `go` in a trace. */
async function working(
  go: (context: ProcessContext, at: number) => unknown,
  tracing: object = {},
): Promise<TestNode> {
  const test = await testNode({ seed: 4, tracing })
  const worker = actor(Work, {
    on: { go: (_state, at, context) => void go(context, at), idle: () => {} },
  })
  await test.node.spawn(worker, { name: 'worker' })
  test.node.tracing.setSampler('always')
  return test
}

const hexOf = (at: number, digits: number): string => (at + 1).toString(16).padStart(digits, '0')
const home: TracerHome = {
  ...{ name: 'a@host', clock: virtualClock(), random: seededRandom(5) },
  ...{
    awaken: () => {},
    rest: () => {},
    remember: () => {},
    find: () => undefined,
    hand: async () => {},
    warn: () => {},
  },
}
const parentOf = (at: number): string => `00-${hexOf(at, 32)}-${hexOf(at, 16)}-01`
const BYTES = 2_000_000
const FILL = 'x'.repeat(7_900)

describe('ids of a trace that came', () => {
  it('hold nothing of the text they came in', async () => {
    const contexts = await heldBy(() =>
      Array.from({ length: 2_000 }, (_, at) => readContext(`${parentOf(at)} a=1,${FILL}${at}`)),
    )
    assert.ok(contexts < 2_000 * 1_000, `${contexts} bytes`)
    const headers = await heldBy(() =>
      Array.from({ length: 2_000 }, (_, at) => {
        const [traceparent, tracestate] = `${parentOf(at)}|a=1|${FILL}${at}`.split('|')
        return readHeaders({ traceparent, tracestate })
      }),
    )
    assert.ok(headers < 2_000 * 1_000, `${headers} bytes`)
  })
})

describe('the spans that are kept', () => {
  const kinds: Readonly<Record<string, (span: OpenSpan, at: number) => void>> = {
    'that nothing is said of': () => {},
    'with an attribute that is part of a text': (span, at) =>
      span.setAttribute('note', `${at}${FILL}`.slice(0, 200)),
    'with a name that is too long': (span, at) => span.open(`${at}${FILL}`).end(),
    'that failed with a long word': (span, at) => span.fail(`${at}${FILL}`),
  }
  for (const [kind, say] of Object.entries(kinds)) {
    it(`${kind} hold about as many bytes as they count`, async () => {
      let gone = 0
      const bytes = await heldBy(() => {
        const tracer = makeTracer({ keptBytesMax: BYTES, keptMax: 1_000_000 }, home)
        for (let at = 0; at < 4_000; at += 1) {
          const process = Pid.of('a@host', at, 1)
          const about = { process, from: process, to: process, kind: 'send' as const, name: 'go' }
          say(tracer.begin(undefined, about), at)
        }
        gone = tracer.control.info().gone
        return tracer
      })
      assert.ok(gone > 0)
      assert.ok(bytes > BYTES / 3 && bytes < BYTES * 1.5, `${bytes} bytes`)
    })
  }

  it('count an attribute again when it changes', async () => {
    const limits = { keptBytesMax: 20_000 }
    await using test = await working((context, at) => {
      const span = context.span('part')
      for (let name = 0; name < 20; name += 1) {
        span.setAttribute(`a${name}`, '').setAttribute(`a${name}`, 'y'.repeat(at))
      }
    }, limits)
    test.node.send('worker', 'go', 1)
    await test.clock.advance(0)
    const small = test.node.tracing.info().kept
    for (let at = 0; at < 20; at += 1) test.node.send('worker', 'go', 250)
    await test.clock.advance(0)
    const large = test.node.tracing.info().kept
    assert.ok(small === 2 && large < 4, `${small} and ${large}`)
  })

  it('end with what they are part of, however many a program leaves open', async () => {
    await using test = await working((context) => {
      for (let at = 0; at < 300; at += 1) context.span(`part ${at}`)
    })
    test.node.send('worker', 'go', 1)
    await test.clock.advance(0)
    const parts = spansOf(test.node).filter(({ kind }) => kind === 'user')
    const parents = new Set(parts.map(({ parentId }) => parentId))
    assert.deepEqual([parts.length, parents.size], [300, 257])
  })
})

describe('attributes that a process says of all its spans', () => {
  it('are at most 32, and one more is not kept', async () => {
    const codes: string[] = []
    await using test = await working((context) => {
      const { tracing } = context
      for (let at = 0; at < 34; at += 1) {
        try {
          tracing.setPermanentAttribute(`a${at}`, at)
        } catch (error) {
          codes.push(TroupeError.is(error) ? error.code : String(error))
        }
      }
      tracing.setPermanentAttribute('a0', 'changed')
      tracing.setPermanentAttribute('a1', undefined)
      tracing.setPermanentAttribute('last', FILL)
    })
    test.node.send('worker', 'go', 1)
    await test.clock.advance(0)
    test.node.send('worker', 'idle')
    await test.clock.advance(0)
    const span = spansOf(test.node).find(({ name }) => name === 'idle') as Span
    assert.deepEqual(codes, ['OPTION_INVALID', 'OPTION_INVALID'])
    assert.equal(Object.keys(span.attributes).length, 32)
    assert.equal(span.attributes['a0'], 'changed')
    assert.deepEqual([span.attributes['a1'], span.attributes['a33']], [undefined, undefined])
    assert.equal(String(span.attributes['last']).length, 256)
  })

  it('have no name that objects keep for themselves', async () => {
    const codes: string[] = []
    await using test = await working((context) => {
      try {
        context.tracing.setAttribute('__proto__', 'x')
      } catch (error) {
        codes.push(TroupeError.is(error) ? error.code : String(error))
      }
    })
    test.node.send('worker', 'go', 1)
    await test.clock.advance(0)
    assert.deepEqual(codes, ['OPTION_INVALID'])
  })
})

describe('attributes of one span', () => {
  it('are at most 32 as well, and further ones are let go', async () => {
    await using test = await working(({ tracing }) => {
      for (let at = 0; at < 40; at += 1) tracing.setAttribute(`a${at}`, at)
    })
    test.node.send('worker', 'go', 1)
    await test.clock.advance(0)
    assert.equal(Object.keys(spansOf(test.node)[0]?.attributes ?? {}).length, 32)
  })
})

describe('a step that cannot begin', () => {
  it('ends with the code of what refused it', () => {
    const tracer = makeTracer({ sampler: 'always' }, home)
    const turn = { process: undefined } as never
    const parts = { tracer, turn, find: () => undefined, forget: () => {} }
    const tracing = new Tracing(parts)
    const refuse = (): never => {
      throw new RangeError('no room')
    }
    assert.throws(() => tracing.spawning(undefined, 'shop', refuse), RangeError)
    const [span] = tracer.control.spans()
    assert.deepEqual([span?.kind, span?.failed], ['spawn', 'RangeError'])
  })
})

describe('times of a span', () => {
  it('have fractions of a millisecond, and follow the wall clock when it jumps', async () => {
    const { SpanClock } = await import('#tracing/span-clock')
    let wallMs = 1_000
    let nowMs = 5.25
    const clock = new SpanClock({ wallMs: () => wallMs, nowMs: () => nowMs } as never)
    const told = (): number => clock.wallMs()
    assert.equal(told(), 1_000)
    nowMs += 0.3404
    assert.equal(told(), 1_000.34)
    nowMs += 0.5
    wallMs = 1_001
    assert.equal(told(), 1_001)
    nowMs += 0.2
    assert.equal(told(), 1_001.2)
    wallMs = 500
    assert.equal(told(), 500)
    wallMs = 9_000
    nowMs += 1
    assert.equal(told(), 9_000)
  })
})
