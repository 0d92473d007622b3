/**
 * The configuration of one node: levels, types, what is told, and what is refused.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type ConfigEntry, type ConfigPlace, ConfigStore } from '#cluster/config/config-store'
import { CONFIG_LIMITS, itemProblem, readConfigValue } from '#cluster/config/config-value'
import type { ConfigValue } from '#contract'

const NODE = 'web1@host'
const CLUSTER: ConfigPlace = { level: 'cluster' }
const GLOBAL: ConfigPlace = { level: 'global' }
const own = (node: string): ConfigPlace => ({ level: 'cluster-node', node })
const anywhere = (node: string): ConfigPlace => ({ level: 'node', node })
const updated = (item: string, value: unknown, before?: unknown) => ({
  kind: 'config-updated',
  item,
  value,
  before,
})

/** All places that count for the node, the strongest first: the sentence of the contract. */
const ORDER: readonly ConfigPlace[] = [
  own(NODE),
  own('web1'),
  anywhere(NODE),
  anywhere('web1'),
  CLUSTER,
  GLOBAL,
]
const PLACES = [...ORDER, own('web2'), own('web1@other'), anywhere('web2@host'), anywhere('*')]

describe('a value of the configuration', () => {
  const value = (given: unknown): ConfigValue | string => {
    const reading = readConfigValue(given, 'a')
    return reading.kind === 'value' ? reading.value : `invalid: ${reading.problem}`
  }

  it('has the type that JSON gave it', () => {
    for (const given of ['text', '', 7, -1.5, true, false]) assert.equal(value(given), given)
  })

  it('is a number by int: up to 2^53, and a bigint beyond', () => {
    assert.equal(value('int:8080'), 8080)
    assert.equal(value('int: -12 '), -12)
    assert.equal(value('int:9007199254740991'), Number.MAX_SAFE_INTEGER)
    assert.equal(value('int:9007199254740992'), 9_007_199_254_740_992n)
    assert.equal(value('int:-9007199254740993'), -9_007_199_254_740_993n)
  })

  it('is a number by float:, a boolean by bool:, and the rest of it by string:', () => {
    assert.equal(value('float:0.25'), 0.25)
    assert.equal(value('float:1e3'), 1000)
    assert.equal(value('bool:TRUE'), true)
    assert.equal(value('bool:0'), false)
    assert.equal(value('string:int:5'), 'int:5')
    assert.equal(value('http://host'), 'http://host')
  })

  it('is refused when it is not what its prefix says', () => {
    const faults = ['int:', 'int:1.5', 'int:0x10', 'int:1n', 'float:', 'float:NaN', 'float:1e999']
    for (const fault of [...faults, 'bool:', 'bool:yes', 'int:12\u0000'])
      assert.match(String(value(fault)), /^invalid: ".*" is n/, fault)
  })

  it('is refused when it is no single value, or JSON has rounded it', () => {
    assert.match(String(value(null)), /null/)
    assert.match(String(value([1])), /a list/)
    assert.match(String(value({ a: 1 })), /an object/)
    assert.match(String(value(undefined)), /undefined/)
    assert.match(String(value(JSON.parse('9007199254740993'))), /int:/)
    assert.match(String(value(JSON.parse('1e999'))), /too large/)
  })

  it('is refused above its limit, and cheaply so', () => {
    const { valueBytesMax, intDigitsMax } = CONFIG_LIMITS
    assert.equal(value('x'.repeat(valueBytesMax)), 'x'.repeat(valueBytesMax))
    assert.match(String(value('x'.repeat(valueBytesMax + 1))), /65536 bytes/)
    assert.match(String(value('é'.repeat(valueBytesMax / 2 + 1))), /65536 bytes/)
    assert.match(String(value(`int:${'9'.repeat(intDigitsMax + 1)}`)), /digits/)
  })

  it('has a name that is seen, has no / and reaches into no prototype', () => {
    for (const name of ['port', 'log.level', 'a b', 'größe', '*', 'toString'])
      assert.equal(itemProblem(name), undefined, name)
    for (const name of ['', 'a/b', '__proto__', 'constructor', 'a\nb', 'a\u202eb', 'x'.repeat(257)])
      assert.notEqual(itemProblem(name), undefined, name)
  })
})

describe('the configuration of a node', () => {
  it('takes the first level that has the item, the full name before the short one', () => {
    const store = new ConfigStore(NODE)
    for (const [at, place] of [...ORDER.entries()].reverse()) {
      store.put({ place, item: 'port', value: at })
      assert.equal(store.value('port'), at)
    }
    for (const [at, place] of ORDER.entries()) {
      assert.equal(store.value('port'), at)
      store.remove(place, 'port')
    }
    assert.equal(store.value('port'), undefined)
  })

  it('tells a change only when another value holds now, with the one before', () => {
    const store = new ConfigStore(NODE)
    assert.deepEqual(store.put({ place: GLOBAL, item: 'a', value: 1 }), [updated('a', 1)])
    assert.deepEqual(store.put({ place: own('web1'), item: 'a', value: 2 }), [updated('a', 2, 1)])
    assert.deepEqual(store.put({ place: GLOBAL, item: 'a', value: 3 }), [])
    assert.deepEqual(store.put({ place: CLUSTER, item: 'a', value: 'int:2' }), [])
    assert.deepEqual(store.remove(own('web1'), 'a'), [])
    assert.deepEqual(store.remove(CLUSTER, 'a'), [updated('a', 3, 2)])
    assert.deepEqual(store.remove(GLOBAL, 'a'), [updated('a', undefined, 3)])
    assert.deepEqual(store.remove(GLOBAL, 'a'), [])
  })

  it('tells what is wrong with a secret without its value', () => {
    const store = new ConfigStore(NODE)
    for (const value of ['int:sesame', 'float:sesame', 'bool:sesame']) {
      const told: readonly string[] = ['db.password', 'API_TOKEN', 'plain'].map((item) =>
        JSON.stringify(store.put({ place: GLOBAL, item, value })),
      )
      assert.deepEqual(
        told.map((text) => /sesame/.test(text)),
        [false, false, true],
      )
      assert.match(told[0] ?? '', /config-invalid.*what follows the prefix is n/)
    }
  })

  it('keeps the last good value of an entry that cannot be read, and tells the fault once', () => {
    const store = new ConfigStore(NODE)
    store.put({ place: GLOBAL, item: 'a', value: 'int:1' })
    store.put({ place: CLUSTER, item: 'a', value: 'int:2' })
    const [told, ...more] = store.put({ place: CLUSTER, item: 'a', value: 'int:x' })
    assert.equal(told?.kind, 'config-invalid')
    assert.deepEqual(more, [])
    assert.equal(store.value('a'), 2)
    assert.deepEqual(store.put({ place: CLUSTER, item: 'a', value: 'int:x' }), [])
    assert.deepEqual(store.put({ place: CLUSTER, item: 'a', value: 'int:2' }), [])
    assert.equal(store.put({ place: CLUSTER, item: 'a', value: 'int:x' }).length, 1)
  })

  it('asks the next level while an entry has never been good', () => {
    const store = new ConfigStore(NODE)
    store.put({ place: own(NODE), item: 'a', value: null })
    assert.equal(store.value('a'), undefined)
    store.put({ place: GLOBAL, item: 'a', value: 1 })
    assert.equal(store.value('a'), 1)
  })

  it('does not take the key * for a short name', () => {
    const store = new ConfigStore('*@host')
    store.put({ place: own('*'), item: 'a', value: 1 })
    assert.equal(store.value('a'), undefined)
    store.put({ place: own('*@host'), item: 'a', value: 2 })
    assert.equal(store.value('a'), 2)
  })

  it('replaces all it has in one go and tells the difference alone', () => {
    const store = new ConfigStore(NODE)
    const entry = (item: string, value: unknown, place: ConfigPlace = GLOBAL): ConfigEntry => ({
      ...{ place, item, value },
    })
    store.replace([entry('kept', 1), entry('gone', 2), entry('bad', 3), entry('new', 0)])
    const told = store.replace([entry('kept', 1), entry('bad', {}), entry('new', 4, CLUSTER)])
    const [fault, ...updates] = told
    assert.equal(fault?.kind === 'config-invalid' && fault.item, 'bad')
    assert.deepEqual(updates, [updated('gone', undefined, 2), updated('new', 4, 0)])
    assert.deepEqual(store.values(), { kept: 1, bad: 3, new: 4 })
    assert.deepEqual(store.replace([entry('kept', 1), entry('bad', {}), entry('new', 4)]), [])
  })

  it('gives the items named, leaves out what is missing, and reaches into no prototype', () => {
    const store = new ConfigStore(NODE)
    const foul = JSON.parse('{"__proto__": {"owned": true}, "constructor": 1, "toString": "t"}')
    const entries = Object.entries(foul).map(([item, value]) => ({ place: GLOBAL, item, value }))
    const told = store.replace(entries)
    assert.equal(told.filter(({ kind }) => kind === 'config-invalid').length, 2)
    assert.deepEqual(Object.entries(store.values()), [['toString', 't']])
    assert.deepEqual(Object.keys(store.values(['valueOf', 'toString', '__proto__'])), ['toString'])
    assert.equal(store.value('valueOf'), undefined)
    assert.equal(({} as Record<string, unknown>)['owned'], undefined)
  })

  it('takes so many entries and tells in part what is beyond', () => {
    const store = new ConfigStore(NODE)
    const { entriesMax, problemsToldMax } = CONFIG_LIMITS
    const flood = Array.from({ length: entriesMax + 500 }, (_, at) => ({
      ...{ place: GLOBAL, item: `item ${at}`, value: at },
    }))
    const told = store.replace(flood)
    const faults = told.filter(({ kind }) => kind === 'config-invalid')
    assert.equal(faults.length, problemsToldMax + 1)
    assert.match(JSON.stringify(faults.at(-1)), /400 more items/)
    assert.equal(Object.keys(store.values()).length, entriesMax)
    const [refused] = store.put({ place: GLOBAL, item: 'one more', value: 1 })
    assert.equal(refused?.kind, 'config-invalid')
    // Entries of other nodes take no room.
    assert.deepEqual(store.put({ place: own('web2'), item: 'theirs', value: 1 }), [])
    store.remove(GLOBAL, 'item 0')
    assert.deepEqual(store.put({ place: GLOBAL, item: 'one more', value: 1 }), [
      updated('one more', 1),
    ])
  })
})

describe('the configuration and its plain oracle', () => {
  const item = fc.constantFrom('a', 'b', 'toString')
  const place = fc.constantFrom(...PLACES)
  const value = fc.constantFrom(1, 2, 'int:1', 'int:2', 'int:x', null, 'text', true)
  const step = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), place, item, value }),
    fc.record({ kind: fc.constant('remove' as const), place, item }),
    fc.record({
      kind: fc.constant('replace' as const),
      entries: fc.uniqueArray(fc.record({ place, item, value }), {
        selector: (entry) => keyOf(entry.place, entry.item),
        maxLength: 12,
      }),
    }),
  )
  const keyOf = (at: ConfigPlace, name: string): string => JSON.stringify([at, name])

  /** Last good value by place; nothing is remembered but what the sentence of the contract says. */
  class Oracle {
    readonly good = new Map<string, ConfigValue>()
    put(entry: ConfigEntry): void {
      const reading = readConfigValue(entry.value, entry.item)
      if (reading.kind === 'value') this.good.set(keyOf(entry.place, entry.item), reading.value)
    }
    replace(entries: readonly ConfigEntry[]): void {
      const named = new Set(entries.map((entry) => keyOf(entry.place, entry.item)))
      for (const key of this.good.keys()) if (!named.has(key)) this.good.delete(key)
      for (const entry of entries) this.put(entry)
    }
    value(name: string): ConfigValue | undefined {
      for (const at of ORDER) {
        const found = this.good.get(keyOf(at, name))
        if (found !== undefined) return found
      }
      return undefined
    }
  }

  it('agree on every value and on every change told, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const store = new ConfigStore(NODE)
        const oracle = new Oracle()
        for (const now of steps) {
          const before = ['a', 'b', 'toString'].map((name) => [name, oracle.value(name)] as const)
          if (now.kind === 'put') oracle.put(now)
          else if (now.kind === 'replace') oracle.replace(now.entries)
          else oracle.good.delete(keyOf(now.place, now.item))
          const told =
            now.kind === 'put'
              ? store.put(now)
              : now.kind === 'remove'
                ? store.remove(now.place, now.item)
                : store.replace(now.entries)
          const expected = before
            .map(([name, was]) => updated(name, oracle.value(name), was))
            .filter((event) => event.value !== event.before)
          const updates = told.filter(({ kind }) => kind === 'config-updated')
          assert.deepEqual(new Set(updates), new Set(expected))
          for (const [name] of before) assert.equal(store.value(name), oracle.value(name))
        }
      }),
      { seed: 5, numRuns: 500 },
    )
  })
})
