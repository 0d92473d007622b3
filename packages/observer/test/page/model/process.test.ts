/**
 * page/model/process: why a process is stuck, its state as a tree, its pid, and the orders for it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  callOrder,
  confirmOf,
  exitOrder,
  killOrder,
  sendOrder,
  weightOrder,
} from '#page/model/orders'
import { pidParts, pidWithin, shortPid } from '#page/model/pid-text'
import { textParts } from '#page/model/text-parts'
import type { ToldWhyStep } from '#page/model/told'
import { fieldsInShort, LINES_MAX, valueInShort, valueLines } from '#page/model/value-tree'
import { whyChain } from '#page/model/why-chain'

const step = (pid: string | undefined, more: Partial<ToldWhyStep> = {}): ToldWhyStep => ({
  cause: 'waiting-for-call',
  subject: pid ?? 'a child',
  pid,
  node: 'a@h',
  state: 'waiting',
  forMs: 1_000,
  text: 'waits',
  remedy: 'look',
  ...more,
})

const chainOf = (...steps: readonly [ToldWhyStep, ...ToldWhyStep[]]) =>
  whyChain({
    pid: steps[0].pid,
    asked: 'shop',
    steps,
    verdict: steps.at(-1) ?? steps[0],
    unknown: undefined,
  })

describe('why a process is stuck', () => {
  it('is told with the verdict first and the steps in their order', () => {
    const chain = chainOf(step('<a@h.1.1>'), step('<a@h.2.1>', { cause: 'handler-unsettled' }))
    assert.equal(chain.title, 'A handler has not settled')
    assert.equal(chain.tone, 'act')
    assert.deepEqual(
      chain.steps.map(({ place, first, last }) => [place, first, last]),
      [
        [1, true, false],
        [2, false, true],
      ],
    )
  })

  it('says where it leads to another node', () => {
    const chain = chainOf(step('<a@h.1.1>'), step('<b@h.2.1>', { node: 'b@h' }))
    assert.deepEqual(
      chain.steps.map(({ crossesTo }) => crossesTo),
      [undefined, 'b@h'],
    )
  })

  it('marks the step whose sentence is the verdict, which is told once', () => {
    const held = step('<a@h.2.1>', { text: 'its handler has not settled' })
    assert.deepEqual(
      chainOf(step('<a@h.1.1>'), held).steps.map(({ told }) => told),
      [false, true],
    )
  })

  it('names a circle', () => {
    const chain = chainOf(step('<a@h.1.1>'), step('<a@h.2.1>'), step('<a@h.1.1>'))
    assert.equal(chain.circle, true)
    assert.equal(chain.steps[2]?.closes, 1)
  })

  it('takes two steps of one process in a row for no circle', () => {
    const chain = chainOf(step('<a@h.1.1>'), step('<a@h.1.1>', { cause: 'loop-blocked' }))
    assert.equal(chain.circle, false)
  })

  it('shows a cause that it does not know by its name', () => {
    const chain = chainOf(step('<a@h.1.1>', { cause: 'constructor' as 'zombie' }))
    assert.equal(chain.title, 'constructor')
  })
})

const texts = (value: unknown, toggled: readonly string[] = []): readonly string[] =>
  valueLines(value, new Set(toggled)).map(
    ({ depth, key, text }) => `${' '.repeat(depth)}${key ?? ''}=${text}`,
  )

describe('a value as a tree', () => {
  it('shows what is in it, one level open and the others folded', () => {
    const lines = texts({ a: { b: { c: 1 } }, list: [1, 'x'] })
    assert.deepEqual(lines, ['a={ b }', ' b={ c }', 'list=[2]', ' 0=1', ' 1=x'])
    assert.deepEqual(texts('word'), ['=word'])
    assert.deepEqual(texts({}), ['={}'])
  })

  it('unfolds and folds by path', () => {
    const value = { a: { b: { 'c/d': 1 } } }
    assert.equal(texts(value, ['/a/b']).at(-1), '  c/d=1')
    assert.deepEqual(texts(value, ['/a']), ['a={ b }'])
    assert.equal(valueLines(value, new Set(['/a/b'])).at(-1)?.path, '/a/b/c~1d')
  })

  it('marks what the node has cut', () => {
    const kinds = valueLines(['… (7 more)', '[circular]', 'words'], new Set()).map(
      ({ kind }) => kind,
    )
    assert.deepEqual(kinds, ['cut', 'cut', 'text'])
  })

  it('shows no more lines than can be drawn, and says so', () => {
    const lines = valueLines(
      Array.from({ length: 9_000 }, (_, at) => at),
      new Set(),
    )
    assert.equal(lines.length, LINES_MAX + 1)
    assert.equal(lines.at(-1)?.kind, 'cut')
  })

  it('ends for a value that is deeper than any stack', () => {
    let value: unknown = 1
    for (let depth = 0; depth < 50_000; depth += 1) value = [value]
    assert.ok(valueLines(value, new Set()).length < 10)
  })

  it('keeps markup what it is: text', () => {
    assert.equal(texts('<img src=x onerror=alert(1)>')[0], '=<img src=x onerror=alert(1)>')
  })
})

describe('fields of a record', () => {
  it('stand in one line, each in short', () => {
    const fields = { n: 1, who: 'ada', list: [1, 2], inner: { a: 1, b: 2 }, none: null }
    assert.equal(fieldsInShort(fields), 'n=1 who=ada list=[2] inner={ a, b } none=null')
  })
})

describe('a value in one line', () => {
  it('is its fields, or what it is', () => {
    assert.equal(valueInShort({ parcel: 1, to: 'ada' }), 'parcel=1 to=ada')
    assert.equal(valueInShort([1, 2]), '[2]')
    assert.equal(valueInShort('words'), 'words')
    assert.equal(valueInShort(null), 'null')
  })
})

describe('a sentence of a node', () => {
  it('has its pids and its names of messages apart from its words', () => {
    assert.deepEqual(textParts('The handler of `pack` in till <a@10.0.0.1.9.17> waits.'), [
      { kind: 'words', text: 'The handler of ' },
      { kind: 'code', text: 'pack' },
      { kind: 'words', text: ' in till ' },
      { kind: 'pid', text: '<a@10.0.0.1.9.17>' },
      { kind: 'words', text: ' waits.' },
    ])
  })

  it('is read in no time, however many brackets it has, and stays text', () => {
    const hostile = '<'.repeat(1_500)
    assert.deepEqual(textParts(hostile), [{ kind: 'words', text: hostile }])
    assert.deepEqual(textParts(''), [])
  })
})

describe('a pid as text', () => {
  it('is read though the name of its node has dots', () => {
    assert.deepEqual(pidParts('<a@10.0.0.7.42.1700000000000>'), {
      node: 'a@10.0.0.7',
      id: 42,
      creation: 1_700_000_000_000,
    })
    assert.equal(shortPid('<a@h.42.17>'), '<a@h.42>')
    assert.equal(pidWithin('<a@h.42.17>', 'a@h'), '<.42>')
    assert.equal(pidWithin('<b@h.42.17>', 'a@h'), '<b@h.42>')
  })

  it('is not made of other text', () => {
    for (const text of ['', 'shop', '<a@h>', '<a@h.1>', '<a@h.x.1>', '<script>']) {
      assert.equal(pidParts(text), undefined)
      assert.equal(shortPid(text), text)
    }
  })
})

describe('orders', () => {
  it('carry a payload that is JSON', () => {
    assert.deepEqual(sendOrder('<a@h.1.1>', { message: ' add ', payload: '{"n":1}' }), {
      kind: 'ready',
      request: { order: { do: 'send', to: '<a@h.1.1>', message: 'add', payload: { n: 1 } } },
    })
  })

  it('ask for an answer where they are requests', () => {
    assert.deepEqual(callOrder('<a@h.1.1>', { request: 'sum', payload: '' }), {
      kind: 'ready',
      request: { order: { do: 'call', to: '<a@h.1.1>', request: 'sum' } },
    })
  })

  it('are refused with a sentence before a node is asked', () => {
    for (const prepared of [
      callOrder('<a@h.1.1>', { request: ' ', payload: '' }),
      sendOrder('<a@h.1.1>', { message: '', payload: '' }),
      sendOrder('<a@h.1.1>', { message: 'add', payload: '{' }),
      sendOrder('<a@h.1.1>', { message: 'add', payload: ' '.repeat(70_000) }),
      exitOrder('<a@h.1.1>', 'x'.repeat(300)),
      weightOrder('shop', ''),
      weightOrder('shop', '-1'),
      weightOrder('shop', '1.5'),
    ]) {
      assert.equal(prepared.kind, 'wrong')
    }
  })

  it('that destroy repeat what they are about', () => {
    const drained = { order: { do: 'application-change', name: 'shop', weight: 0 } }
    assert.deepEqual(weightOrder('shop', '0'), {
      kind: 'ready',
      request: { ...drained, confirm: 'shop' },
    })
    assert.deepEqual(confirmOf(weightOrder('shop', '0')), { confirm: 'shop' })
    assert.deepEqual(confirmOf(weightOrder('shop', '1')), {})
    assert.deepEqual(killOrder('<a@h.1.1>'), {
      kind: 'ready',
      request: { order: { do: 'kill', pid: '<a@h.1.1>' }, confirm: '<a@h.1.1>' },
    })
    const exit = exitOrder('<a@h.1.1>', 'too old')
    assert.deepEqual(exit.kind === 'ready' && exit.request.order['reason'], {
      kind: 'custom',
      name: 'too old',
    })
    assert.equal(JSON.stringify(exitOrder('<a@h.1.1>', '')).includes('"reason":"shutdown"'), true)
  })
})
