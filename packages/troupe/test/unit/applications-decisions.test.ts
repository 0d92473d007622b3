/**
 * The pure decisions about applications: order, reach, modes, turns, specifications.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  APPLICATION_DEFAULTS,
  type ApplicationSpec,
  behaviourOf,
  completeSpec,
  type ExitReason,
  TroupeError,
} from '#contract'
import { reach, startOrder, stopOrder } from '#runtime/applications/dependency-order'
import { verdictAfterMember } from '#runtime/applications/member-verdict'
import { Turns } from '#runtime/applications/turns'

const graph = (edges: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(edges))

/** web -> shop -> store -> disk; web -> log; shop -> log. */
const house = graph({
  web: ['shop', 'log'],
  shop: ['store', 'log'],
  store: ['disk'],
  disk: [],
  log: [],
  alone: [],
})

describe('the order of a start', () => {
  it('puts dependencies first, each once, in the order they are named', () => {
    assert.deepEqual(startOrder(house, 'web'), {
      kind: 'order',
      names: ['disk', 'store', 'log', 'shop', 'web'],
    })
    assert.deepEqual(startOrder(house, 'alone'), { kind: 'order', names: ['alone'] })
  })

  it('tells which dependency of whom is not loaded', () => {
    const broken = graph({ web: ['shop'], shop: ['store'] })
    const expected = { kind: 'missing', name: 'shop', dependency: 'store' }
    assert.deepEqual(startOrder(broken, 'web'), expected)
  })

  it('tells a circle by its members', () => {
    const circle = graph({ web: ['a'], a: ['b'], b: ['c'], c: ['a'] })
    assert.deepEqual(startOrder(circle, 'web'), { kind: 'cycle', path: ['a', 'b', 'c', 'a'] })
    assert.deepEqual(startOrder(graph({ a: ['a'] }), 'a'), { kind: 'cycle', path: ['a', 'a'] })
  })

  it('takes a chain of any length', () => {
    const chain = new Map<string, readonly string[]>([['0', []]])
    for (let i = 1; i < 20_000; i += 1) chain.set(`${i}`, [`${i - 1}`])
    const order = startOrder(chain, '19999')
    assert.equal(order.kind === 'order' && order.names.length, 20_000)
  })
})

describe('the order of a stop', () => {
  it('puts dependants first and leaves the others alone', () => {
    assert.deepEqual(stopOrder(house, 'store'), ['web', 'shop', 'store'])
    assert.deepEqual(stopOrder(house, 'log'), ['web', 'shop', 'log'])
    assert.deepEqual(stopOrder(house, 'alone'), ['alone'])
  })
})

describe('order and reach in any graph without a circle', () => {
  /** Each application may depend on those with a smaller number. */
  const acyclic = fc
    .array(fc.uniqueArray(fc.nat({ max: 9 }), { maxLength: 4 }), { minLength: 1, maxLength: 10 })
    .map((needs) => {
      const below = (own: number) => (needed: number) => needed < own
      return new Map(needs.map((all, own) => [`${own}`, all.filter(below(own)).map(String)]))
    })

  it('a start and a stop are mirror images that touch what they reach and nothing else', () => {
    const check = fc.property(acyclic, (dependencies) => {
      for (const name of dependencies.keys()) {
        const started = startOrder(dependencies, name)
        assert.equal(started.kind, 'order')
        if (started.kind !== 'order') return
        const stopped = stopOrder(dependencies, name)
        for (const [at, one] of started.names.entries()) {
          const needed = dependencies.get(one) ?? []
          assert.ok(needed.every((other) => started.names.indexOf(other) < at))
        }
        for (const [at, one] of stopped.entries()) {
          const needed = dependencies.get(one) ?? []
          assert.ok(needed.every((other) => !stopped.slice(0, at).includes(other)))
        }
        const sorted = (names: Iterable<string>) => [...names].sort()
        assert.deepEqual(sorted(started.names), sorted(reach(dependencies, name, 'start')))
        assert.deepEqual(sorted(stopped), sorted(reach(dependencies, name, 'stop')))
      }
    })
    fc.assert(check, { seed: 3, numRuns: 200 })
  })
})

describe('the end of a member', () => {
  const crash: ExitReason = { kind: 'crash', message: 'x', code: undefined, stack: undefined }
  const custom: ExitReason = { kind: 'custom', name: 'done' }

  it('stops the application as its mode says', () => {
    const cases = [
      // mode, reason, members left, verdict
      ['temporary', 'normal', 1, 'go-on'],
      ['temporary', 'killed', 1, 'go-on'],
      ['temporary', crash, 1, 'go-on'],
      ['temporary', 'normal', 0, 'stop'],
      ['temporary', crash, 0, 'stop'],
      ['transient', 'normal', 1, 'go-on'],
      ['transient', 'shutdown', 1, 'go-on'],
      ['transient', 'killed', 1, 'stop'],
      ['transient', crash, 1, 'stop'],
      ['transient', custom, 1, 'stop'],
      ['transient', 'normal', 0, 'stop'],
      ['permanent', 'normal', 1, 'stop'],
      ['permanent', 'shutdown', 1, 'stop'],
      ['permanent', crash, 1, 'stop'],
      ['permanent', 'normal', 0, 'stop'],
    ] as const
    for (const [mode, reason, left, verdict] of cases) {
      const told = `${mode} ${JSON.stringify(reason)} ${left}`
      assert.equal(verdictAfterMember(mode, reason, left), verdict, told)
    }
  })
})

describe('turns', () => {
  /** A change that ends when the test says so, and notes its begin and its end. */
  function make() {
    const turns = new Turns()
    const told: string[] = []
    const ends = new Map<string, (failed?: boolean) => void>()
    const take = (label: string, names: readonly string[]): Promise<void> =>
      turns.take(new Set(names), () => {
        told.push(`${label} begins`)
        return new Promise((resolve, reject) => {
          ends.set(label, (failed) => {
            told.push(`${label} ends`)
            if (failed === true)
              reject(new TroupeError('NAME_UNKNOWN', { name: label, node: 'a@b' }))
            else resolve()
          })
        })
      })
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    return { take, told, ends, settle }
  }

  it('run one after another when they meet, and at once when they do not', async () => {
    const { take, told, ends, settle } = make()
    void take('1', ['a', 'b'])
    void take('2', ['b', 'c'])
    void take('3', ['c'])
    void take('4', ['d'])
    assert.deepEqual(told, ['1 begins', '4 begins'])
    ends.get('1')?.()
    await settle()
    assert.deepEqual(told.slice(2), ['1 ends', '2 begins'])
    ends.get('2')?.()
    await settle()
    assert.deepEqual(told.slice(4), ['2 ends', '3 begins'])
  })

  it('go on after one that failed, and its caller is told', async () => {
    const { take, told, ends, settle } = make()
    const first = take('1', ['a'])
    void take('2', ['a'])
    ends.get('1')?.(true)
    await assert.rejects(first, /1/)
    await settle()
    assert.deepEqual(told, ['1 begins', '1 ends', '2 begins'])
  })
})

describe('a specification', () => {
  const start = { [behaviourOf]: {} } as unknown as ApplicationSpec['members'][number]['start']
  const good: ApplicationSpec = { name: 'shop', members: [{ start }] }

  it('gets its defaults from one place', () => {
    const { mode, weight, initTimeoutMs, startTimeoutMs, stopTimeoutMs } = completeSpec(good)
    const given = { mode, weight, initTimeoutMs, startTimeoutMs, stopTimeoutMs }
    assert.deepEqual(given, { ...APPLICATION_DEFAULTS })
    assert.equal(APPLICATION_DEFAULTS.stopTimeoutMs, 15_000)
  })

  it('is refused with the option that is wrong', () => {
    const wrong: readonly [string, object][] = [
      ['name', { name: '' }],
      ['name', { name: 'x'.repeat(256) }],
      ['members', { members: undefined }],
      ['members[0].start', { members: [{ start: {} }] }],
      ['members[0].args', { members: [{ start, args: 'x' }] }],
      [
        'members[1].name',
        {
          members: [
            { start, name: 'a' },
            { start, name: 'a' },
          ],
        },
      ],
      ['initTimeoutMs', { members: [{ start, options: { initTimeoutMs: 0 } }] }],
      ['dependsOn', { dependsOn: 'store' }],
      ['dependsOn', { dependsOn: ['shop'] }],
      ['mode', { mode: 'eternal' }],
      ['weight', { weight: -1 }],
      ['weight', { weight: 1.5 }],
      ['tags', { tags: [1] }],
      ['roles', { roles: { front: 1 } }],
      ['env', { env: 'x' }],
      ['logLevel', { logLevel: 'loud' }],
      ['stopTimeoutMs', { stopTimeoutMs: -1 }],
      ['init', { init: 'x' }],
    ]
    for (const [option, change] of wrong) {
      assert.throws(
        () => completeSpec({ ...good, ...change } as ApplicationSpec),
        (thrown) => TroupeError.is(thrown, 'OPTION_INVALID') && thrown.detail.option === option,
        `${option} ${JSON.stringify(change)}`,
      )
    }
    assert.throws(() => completeSpec(undefined as unknown as ApplicationSpec), /application/)
  })

  it('cannot take a name that Troupe keeps for itself', () => {
    const refused = (thrown: unknown): boolean => TroupeError.is(thrown, 'NAME_INVALID')
    assert.throws(() => completeSpec({ ...good, name: 'system' }), refused)
  })
})
