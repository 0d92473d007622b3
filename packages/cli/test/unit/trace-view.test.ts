/**
 * unit/trace-view: what is printed of traces, whatever a node says of them.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plain } from '#terminal/paint'
import { type SpanRow, traceTable, traceTree } from '#view/trace-view'

const wide = { width: Number.POSITIVE_INFINITY, paint: plain }

const span = (spanId: string, parentId: string, facts: Partial<SpanRow> = {}): SpanRow => ({
  ...{ spanId, parentId, node: 'a@h', kind: 'send', name: `m${spanId}`, to: '', failed: '' },
  ...{ startMs: Number(spanId), waitedMs: undefined, tookMs: undefined, ...facts },
})

describe('one trace', () => {
  it('is a tree over its nodes, in the order of time', () => {
    const spans = [
      span('3', '2', { node: 'b@h', kind: 'request', waitedMs: 1, tookMs: 25 }),
      span('4', '1', { failed: 'CALL_TIMEOUT' }),
      span('2', '1', { to: 'stock' }),
      span('1', 'elsewhere'),
    ]
    deepEqual(traceTree(spans, wide), [
      'send  m1  a@h',
      '  send  m2  to stock  a@h',
      '    request  m3  b@h  waited 1.00 ms  took 25 ms',
      '  send  m4  a@h  CALL_TIMEOUT',
    ])
  })

  it('ends, whatever hangs on what', () => {
    const rings = [span('1', '2'), span('2', '1'), span('3', '3')]
    deepEqual(traceTree(rings, wide), ['send  m3  a@h'])
    const deep = Array.from({ length: 20_000 }, (_, at) => span(`${at + 1}`, `${at}`))
    equal(traceTree(deep, wide).length, 20_000)
  })
})

describe('the list of traces', () => {
  it('has a line for each, or says how to begin some', () => {
    const first = { kind: 'timer', name: '[timer]', process: 'shop <a@h.5.1>' }
    const row = { traceId: 'a'.repeat(32), ...first, startMs: 0, tookMs: 0.34, spans: 3 }
    const [, line] = traceTable([{ ...row, failed: true }], wide)
    ok(/0\.34 ms +3 +timer \[timer\] +shop <a@h\.5\.1> +failed/.test(line ?? ''), line)
    ok(traceTable([], wide)[0]?.includes('troupe sampler'))
  })
})
