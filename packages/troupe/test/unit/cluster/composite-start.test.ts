/**
 * The start of several registrars as one: whom it waits for, and what it goes on without.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compositeRegistrar, type Registrar, TroupeError } from 'troupe'
import { composite, failed, TwoHubs } from './composite-kit.js'

const BOTH = ['A', 'B'] as const

/** A registrar whose start is settled by the test. */
function slow(inner: Registrar) {
  let settle: () => void = () => {}
  let reject: (error: TroupeError) => void = () => {}
  const gate = new Promise<void>((resolve, refuse) => {
    settle = resolve
    reject = refuse
  })
  const start: Registrar['start'] = async (home) => {
    await gate
    await inner.start(home)
  }
  const registrar: Registrar = new Proxy(inner, {
    get: (target, name) => {
      if (name === 'start') return start
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { registrar, settle, reject }
}

const taken = () => new TroupeError('NODE_NAME_TAKEN', { node: 'a@h', problem: 'it is there' })

describe('the start of several registrars', () => {
  it('waits for the others when one is ready, and not for ever', async () => {
    const hubs = new TwoHubs()
    await hubs.begin('b@h', ['A'])
    await hubs.begin('c@h', ['B'])
    const late = slow(hubs.of('B'))
    const a = hubs.make('a@h', composite([hubs.of('A'), late.registrar], { othersWaitMs: 300 }))
    await a.start()
    assert.deepEqual([hubs.clock.nowMs() >= 300, a.names, a.words], [true, ['b@h'], []])
    late.settle()
    await hubs.pass()
    assert.deepEqual(a.names, ['b@h', 'c@h'])
    assert.deepEqual(a.words, ['connected memory memory hub', 'joined c@h'])
  })

  it('leaves no timer behind when all are ready', async () => {
    const hubs = new TwoHubs()
    await hubs.begin('a@h', BOTH)
    assert.equal(hubs.clock.pending(), 0)
  })

  it('goes on without one that fails, and says so', async () => {
    const hubs = new TwoHubs()
    const broken = slow(hubs.of('B'))
    broken.reject(failed('no file'))
    const a = hubs.make('a@h', composite([broken.registrar, hubs.of('A')]))
    await a.start()
    assert.equal(a.registrar.info().state, 'connected')
    assert.deepEqual(
      hubs.A.nodes().map(({ node }) => node),
      ['a@h'],
    )
  })

  it('rejects with what the first has failed of when all have', async () => {
    const hubs = new TwoHubs()
    const [one, other] = [slow(hubs.of('A')), slow(hubs.of('B'))]
    one.reject(failed('first'))
    other.reject(failed('second'))
    const a = hubs.make('a@h', composite([one.registrar, other.registrar]))
    await assert.rejects(a.start(), { code: 'REGISTRAR_FAILED', message: /first/ })
  })

  it('rejects when one says that the name is taken, and withdraws from the others', async () => {
    const hubs = new TwoHubs()
    await hubs.begin('a@h', ['B'])
    const other = hubs.make('a@h', composite([hubs.of('A'), hubs.of('B')]))
    await assert.rejects(other.start(), { code: 'NODE_NAME_TAKEN' })
    assert.deepEqual([hubs.A.nodes().length, hubs.B.nodes().length], [0, 1])
    assert.equal(other.registrar.info().state, 'stopped')
  })

  it('rejects when an option of one of them cannot be', async () => {
    const hubs = new TwoHubs()
    const used = hubs.of('B')
    await hubs.make('b@h', used).start()
    const a = hubs.make('a@h', composite([hubs.of('A'), used]))
    await assert.rejects(a.start(), { code: 'OPTION_INVALID' })
  })

  it('tells of a name that is found to be taken later', async () => {
    const hubs = new TwoHubs()
    const late = slow(hubs.of('B'))
    const a = hubs.make('a@h', composite([hubs.of('A'), late.registrar], { othersWaitMs: 10 }))
    await a.start()
    late.reject(taken())
    await hubs.pass()
    assert.deepEqual(a.words, ['duplicate a@h'])
  })

  it('refuses what is no list of registrars, each another one', () => {
    const hubs = new TwoHubs()
    const one = hubs.of('A')
    const bad: readonly unknown[] = [[], [one, one], [{}], one, undefined]
    for (const given of bad) {
      assert.throws(() => compositeRegistrar(given as Registrar[]), { code: 'OPTION_INVALID' })
    }
    for (const options of [{ othersWaitMs: -1 }, { others: 1 }]) {
      const given = options as { readonly othersWaitMs: number }
      assert.throws(() => compositeRegistrar([one], given), { code: 'OPTION_INVALID' })
    }
  })
})
