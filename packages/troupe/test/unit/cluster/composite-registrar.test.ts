/**
 * Several registrars as one: who is there, what runs where, and what is configured.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compositeRegistrar, type NodeRoute, type Registrar, staticRegistrar } from 'troupe'
import { composite, failed, TwoHubs } from './composite-kit.js'

const BOTH = ['A', 'B'] as const

describe('nodes of several registrars', () => {
  it('find each other as long as they share one', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', ['A'])
    const b = await hubs.begin('b@h', BOTH)
    const c = await hubs.begin('c@h', ['B'])
    await hubs.pass()
    assert.deepEqual([a.names, b.names, c.names], [['b@h'], ['a@h', 'c@h'], ['b@h']])
    for (const life of [a, b, c]) life.put('shop')
    await hubs.pass()
    assert.deepEqual([...b.where('shop')].sort(), ['shop a@h', 'shop c@h'])
    assert.deepEqual([a.where('shop'), c.where('shop')], [['shop b@h'], ['shop b@h']])
  })

  it('move from one registrar to the other, each life told once as come and as gone', async () => {
    const hubs = new TwoHubs()
    const nodes = ['a@h', 'b@h', 'c@h']
    const watcher = await hubs.begin('w@h', BOTH)
    const lives = new Map(
      await Promise.all(nodes.map(async (node) => [node, hubs.make(node, hubs.of('A'))] as const)),
    )
    for (const life of lives.values()) await life.start()
    await hubs.pass()
    for (const stage of [BOTH, ['B'] as const]) {
      for (const node of nodes) {
        await lives.get(node)?.stop()
        lives.set(node, await hubs.begin(node, stage))
        lives.get(node)?.put('shop')
        await hubs.pass()
        // Everybody finds everybody else, at every step.
        for (const [name, life] of lives) {
          const others = [...nodes.filter((other) => other !== name), 'w@h'].sort()
          assert.deepEqual(life.names, others, `${name} at the step of ${node}`)
        }
      }
    }
    for (const node of nodes) {
      const told = watcher.words.filter((word) => word.includes(node) && !word.includes('shop'))
      const life = [`joined ${node}`, `leaving ${node}`, `left ${node} left`]
      assert.deepEqual(told, [...life, ...life, `joined ${node}`])
    }
  })

  it('leave when no registrar knows them any more', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', BOTH)
    await hubs.begin('b@h', BOTH)
    await hubs.pass()
    hubs.A.lose('b@h')
    await hubs.pass()
    assert.deepEqual([a.words, a.names], [['joined b@h'], ['b@h']])
    hubs.B.lose('b@h')
    await hubs.pass()
    assert.deepEqual([a.words, a.names], [['joined b@h', 'left b@h lost'], []])
  })

  it('are suspect when all say so, and well when one says so', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', BOTH)
    await hubs.begin('b@h', BOTH)
    await hubs.pass()
    hubs.A.suspect('b@h')
    await hubs.pass()
    assert.equal(a.stateOf('b@h'), 'up')
    hubs.B.suspect('b@h')
    await hubs.pass()
    assert.equal(a.stateOf('b@h'), 'suspect')
    hubs.B.well('b@h')
    await hubs.pass()
    assert.deepEqual(a.words, ['joined b@h', 'suspect b@h', 'well b@h'])
  })

  it('are leaving when one says so, which nobody takes back', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', BOTH)
    const b = await hubs.begin('b@h', BOTH)
    await hubs.pass()
    const { node, creation } = b
    hubs.A.leaving({ node, creation })
    await hubs.pass()
    hubs.A.lose('b@h')
    await hubs.pass()
    assert.equal(a.stateOf('b@h'), 'leaving')
    assert.deepEqual(a.words, ['joined b@h', 'leaving b@h'])
  })

  it('do not hide a later life behind an old word', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', BOTH)
    const b = await hubs.begin('b@h', BOTH)
    hubs.A.cutOff('a@h')
    await b.stop()
    const later = await hubs.begin('b@h', ['B'])
    await hubs.pass()
    assert.equal((await a.registrar.resolve('b@h'))?.creation, later.creation)
    await later.stop()
    await hubs.pass()
    // What A said last, before it was cut off, is of a life that has ended.
    assert.deepEqual([a.names, a.words.at(-1)], [[], 'left b@h left'])
    hubs.A.mend('a@h')
    await hubs.pass()
    assert.deepEqual(a.words.slice(-2), ['left b@h left', 'connected memory memory hub'])
  })

  it('come back when who was cut off sees them', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', BOTH)
    await hubs.begin('b@h', BOTH)
    await hubs.pass()
    hubs.A.cutOff('a@h')
    hubs.B.lose('b@h')
    await hubs.pass()
    assert.deepEqual(a.names, [])
    hubs.A.mend('a@h')
    await hubs.pass()
    assert.deepEqual(a.words, [
      'joined b@h',
      'disconnected memory memory hub',
      'left b@h lost',
      'connected memory memory hub',
      'joined b@h',
    ])
    // A alone knows it now, and goes on knowing it while it is away.
    hubs.A.cutOff('a@h')
    await hubs.pass()
    assert.deepEqual(a.names, ['b@h'])
  })
})

describe('applications of several registrars', () => {
  it('are told once, however late one of them is', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', BOTH)
    const b = await hubs.begin('b@h', BOTH)
    await hubs.pass()
    for (const state of ['loaded', 'starting', 'running', 'stopping', 'loaded'] as const) {
      b.put('shop', { state })
      await hubs.pass(1)
    }
    b.registrar.removeApplication('shop')
    await hubs.pass()
    const kinds = ['loaded', 'starting', 'started', 'stopping', 'stopped', 'unloaded']
    assert.deepEqual(
      a.words.slice(1),
      kinds.map((kind) => `${kind} shop b@h`),
    )
  })

  it('do not begin again on a node that goes, where one of them is seconds behind', async () => {
    const hubs = new TwoHubs(3_000)
    const a = await hubs.begin('a@h', BOTH)
    const b = await hubs.begin('b@h', BOTH)
    for (const name of ['shop', 'bank']) b.put(name)
    await hubs.pass(5_000)
    const ends = [b.registrar.leave()]
    b.put('shop', { state: 'stopping' })
    b.put('shop', { state: 'loaded' })
    b.registrar.removeApplication('bank')
    await hubs.pass(500)
    ends.push(b.registrar.stop())
    await hubs.pass(7_000)
    await Promise.all(ends)
    assert.deepEqual(
      a.words.filter((word) => word.includes('shop')),
      ['started', 'stopping', 'stopped', 'unloaded'].map((word) => `${word} shop b@h`),
    )
    assert.deepEqual(
      a.words.filter((word) => word.includes('bank')),
      ['started bank b@h', 'unloaded bank b@h'],
    )
    assert.deepEqual(a.names, [])
  })

  it('are heard of through the one that is connected', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', BOTH)
    const b = await hubs.begin('b@h', BOTH)
    b.put('shop')
    await hubs.pass()
    hubs.A.cutOff('a@h')
    b.put('shop', { weight: 7 })
    b.put('bank')
    await hubs.pass(1_100)
    assert.equal(a.registrar.applications('shop')[0]?.weight, 7)
    assert.deepEqual(a.words.slice(2), [
      'disconnected memory memory hub',
      'changed shop b@h',
      'started bank b@h',
    ])
    hubs.A.mend('a@h')
    await hubs.pass()
    assert.deepEqual(a.words.slice(5), ['connected memory memory hub'])
  })

  it('that cannot be kept are refused before anybody hears of them', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', BOTH)
    assert.throws(() => a.put('shop', { weight: -1 }), { code: 'OPTION_INVALID' })
    assert.deepEqual(hubs.A.applications(), [])
  })
})

describe('the configuration of several registrars', () => {
  const EVERYBODY = { level: 'cluster' } as const

  it('is what the first says that has an item, and told when that changes', async () => {
    const hubs = new TwoHubs()
    hubs.B.setConfig(EVERYBODY, 'there', 'early')
    const a = await hubs.begin('a@h', BOTH)
    hubs.B.setConfig(EVERYBODY, 'colour', 'blue')
    await hubs.pass()
    hubs.A.setConfig(EVERYBODY, 'colour', 'red')
    await hubs.pass()
    hubs.B.setConfig(EVERYBODY, 'colour', 'green')
    await hubs.pass()
    assert.deepEqual({ ...a.registrar.config() }, { colour: 'red', there: 'early' })
    hubs.A.removeConfig(EVERYBODY, 'colour')
    await hubs.pass()
    assert.deepEqual({ ...a.registrar.config(['colour', 'none']) }, { colour: 'green' })
    assert.deepEqual(a.words, [
      'config colour undefined blue',
      'config colour blue red',
      'config colour red green',
    ])
  })

  it('tells of a bad entry unless another one hides it', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', BOTH)
    hubs.B.setConfig(EVERYBODY, 'n', 'int:many')
    await hubs.pass()
    hubs.A.setConfig(EVERYBODY, 'n', 'int:7')
    await hubs.pass()
    hubs.B.setConfig(EVERYBODY, 'n', 'int:more')
    await hubs.pass()
    assert.deepEqual(a.words, ['config-invalid n', 'config n undefined 7'])
  })
})

describe('a composite registrar', () => {
  it('says which of its registrars is cut off, and is connected while one is', async () => {
    const hubs = new TwoHubs()
    const a = await hubs.begin('a@h', BOTH)
    hubs.A.cutOff('a@h')
    await hubs.pass()
    assert.deepEqual(a.words, ['disconnected memory memory hub'])
    const { kind, state, server } = a.registrar.info()
    assert.deepEqual([kind, state], ['composite', 'connected'])
    assert.equal(server, 'memory memory hub (disconnected), memory memory hub (connected)')
    hubs.B.cutOff('a@h')
    assert.equal(a.registrar.info().state, 'disconnected')
  })

  it('takes the answer of whoever knows first where a node is', async () => {
    const hubs = new TwoHubs()
    const place = { transport: 'tcp', host: 'far', port: 1, path: '' } as const
    const found = { node: 'far@x', creation: 0, addresses: [place] } as unknown as NodeRoute
    const never = new Promise<undefined>(() => {})
    const asking = (registrar: Registrar, answer: ReturnType<Registrar['resolve']>): Registrar =>
      Object.assign(Object.create(registrar), { resolve: () => answer })
    const table: readonly (readonly ReturnType<Registrar['resolve']>[])[] = [
      [never, found],
      [never, Promise.resolve(found)],
      [undefined, Promise.resolve(found)],
      [Promise.reject(failed('x')), Promise.resolve(found)],
      [Promise.resolve({ ...found, addresses: [] }), Promise.resolve(found)],
    ]
    for (const [one, other] of table) {
      const parts = [asking(hubs.of('A'), one), asking(hubs.of('B'), other)]
      const registrar = compositeRegistrar(parts)
      assert.equal(await registrar.resolve('far@x'), found)
    }
    const nobody = compositeRegistrar([asking(hubs.of('A'), undefined)])
    assert.equal(nobody.resolve('far@x'), undefined)
  })

  it('knows the birth of a node of a list as soon as another registrar tells it', async () => {
    const hubs = new TwoHubs()
    const list = staticRegistrar({
      nodes: { 'b@h': 'tcp://10.0.0.2:11144' },
      applications: [{ node: 'b@h', name: 'old' }],
    })
    const a = hubs.make('a@h', composite([list, hubs.of('B')]))
    await a.start()
    assert.deepEqual([a.names, a.where()], [['b@h'], ['old b@h']])
    const b = await hubs.begin('b@h', ['B'])
    b.put('shop')
    await hubs.pass()
    assert.equal((await a.registrar.resolve('b@h'))?.creation, b.creation)
    assert.deepEqual(a.where(), ['shop b@h'])
    await b.stop()
    await hubs.pass()
    // The list says that it is there, whoever comes and goes.
    assert.deepEqual(a.names, ['b@h'])
  })
})
