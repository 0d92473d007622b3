/**
 * The unit kit around supervisors and pools, with simulated children.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { prepareUnit, unitKit } from 'troupe/testing'
import { actor, pool, supervisor } from '#actor'
import { custom, eventName, message, type Pid, protocol, request, TroupeError } from '#contract'

const Stock = protocol('stock', { take: message<number>(), left: request<void, number>() })
const stock = actor(Stock, {
  on: { take() {}, left: () => 0 },
  handleEvent() {},
})
const till = actor(protocol('till', {}), { on: {} })

const shop = supervisor({
  type: 'rest-for-one',
  children: [
    { name: 'stock', start: stock },
    { name: 'till', start: till },
  ],
})

describe('a supervisor in the kit', () => {
  it('runs with simulated children, whose ends the test decides', async () => {
    await using kit = await prepareUnit(shop)
    kit.onSpawn().giveProbes()
    await kit.start()
    kit.expect.spawned().times(2)
    const mark = kit.mark()
    const [first, second] = kit.children
    await first?.end(custom('fire'))
    const names = kit.expect.spawned({ outcome: 'started' }).since(mark).times(2)
    assert.deepEqual(
      names.map(({ name }) => name),
      ['stock', 'till'],
    )
    kit.expect.exited({ to: second as never, reason: 'shutdown' }).once()
    assert.equal(kit.children.length, 4)
    assert.equal((await kit.call('counters')).restarts, 2)
  })

  it('shows its back-off in virtual time', async () => {
    const backoff = { immediate: 0, firstMs: 100, jitter: 0 } as const
    const patient = supervisor({ backoff, children: [{ name: 'stock', start: stock }] })
    await using kit = await prepareUnit(patient)
    kit.onSpawn(stock).giveProbes()
    await kit.start()
    const mark = kit.mark()
    await kit.children[0]?.end(custom('fire'))
    kit.expect.timers({ ms: 100 }).once()
    await kit.advance(99)
    kit.expect.spawned().since(mark).never()
    await kit.advance(1)
    kit.expect.spawned().since(mark).once()
  })

  it('shows what follows when a child never starts', async () => {
    await using kit = await prepareUnit(shop)
    kit.onSpawn(stock).giveProbes()
    kit.onSpawn(till).fail(new TroupeError('NAME_TAKEN', { name: 'till', holder: 'another' }))
    const starting = kit.start()
    const refused = assert.rejects(starting, { code: 'INIT_FAILED' })
    await kit.advance(60_000)
    await refused
    kit.expect.spawned({ name: 'till', outcome: 'failed' }).atLeast(2)
    kit.expect.exited({ to: kit.children[0] as never, reason: 'shutdown' }).once()
  })

  it('ends its children in reverse order', async () => {
    await using kit = await prepareUnit(shop)
    kit.onSpawn().giveProbes()
    await kit.start()
    await kit.deliver.exit('shutdown', { from: kit.parent })
    const exits = kit.expect.exited().times(2)
    assert.deepEqual(
      exits.map(({ to }) => to),
      [...kit.children].reverse().map(({ pid }) => pid),
    )
    kit.expect.ended('shutdown')
  })
})

describe('a pool in the kit', () => {
  it('spreads messages and requests over simulated workers', async () => {
    const stocks = pool({ worker: stock, size: 2 })
    await using kit = await prepareUnit(stocks)
    kit.onSpawn(stock).giveProbes()
    await kit.start()
    const [first, second] = kit.children
    for (const i of [1, 2, 3]) await kit.send('take', i)
    assert.deepEqual([first?.messages('take'), second?.messages('take')], [[1, 3], [2]])
    second?.onCall('left').reply(7)
    assert.equal(await kit.call('left'), 7)
    kit.expect.forwarded().times(4)
  })

  it('spreads the publications of an event', async () => {
    const stocks = pool({ worker: stock, size: 2, subscribe: [eventName('deliveries')] })
    await using kit = await prepareUnit(stocks)
    kit.onSpawn(stock).giveProbes()
    const deliveries = await kit.event<number>('deliveries')
    await kit.start()
    for (const i of [1, 2]) await deliveries.publish(i)
    assert.deepEqual(
      kit.children.map(({ received }) => received.length),
      [1, 1],
    )
  })

  it('replaces a worker that has ended', async () => {
    await using kit = await prepareUnit(pool({ worker: stock, size: 1 }))
    kit.onSpawn(stock).giveProbes()
    await kit.start()
    await kit.children[0]?.end(custom('fire'))
    await kit.send('take', 1)
    assert.deepEqual(kit.children[1]?.messages('take'), [1])
  })
})

describe('the kit and what surrounds its subject', () => {
  it('gives the subject the options of its start: name, environment, link', async () => {
    const Asked = protocol('asked', {
      env: request<string, unknown>(),
      who: request<void, unknown>(),
    })
    const asked = actor(Asked, {
      on: {
        env: (_state, key, context) => context.env(key),
        who: (_state, _nothing, { name, parent }) => [name, parent],
      },
    })
    const options = { name: 'asked', env: { level: 3 }, link: true }
    await using kit = await unitKit(asked, { options, node: { env: { LEVEL: 1, other: 2 } } })
    assert.deepEqual([await kit.call('env', 'Level'), await kit.call('env', 'other')], [3, 2])
    assert.deepEqual(await kit.call('who'), ['asked', kit.parent.pid])
    await kit.parent.end('shutdown')
    kit.expect.ended('shutdown')
  })

  it('starts at the wall clock time that it is given', async () => {
    const Dated = protocol('dated', { today: request<void, number>() })
    const dated = actor(Dated, { on: { today: (_state, _nothing, context) => context.wallMs() } })
    await using kit = await unitKit(dated, { startWallMs: Date.UTC(2030, 0, 1) })
    await kit.advance(1_000)
    assert.equal(await kit.call('today'), Date.UTC(2030, 0, 1) + 1_000)
  })

  it('sends in the name of a probe', async () => {
    const From = protocol('from', { ask: request<void, Pid | undefined>(), tell: message() })
    const from = actor(From, {
      on: { ask: (_state, _nothing, context) => context.from, tell() {} },
    })
    await using kit = await unitKit(from)
    const probe = await kit.probe('asker')
    assert.equal(await kit.call('ask', undefined, { from: probe }), probe.pid)
    await kit.send('tell', undefined, { from: probe, priority: 'max' })
    kit.expect.received({ message: 'tell', from: probe }).once()
    assert.match(kit.print(), /received tell from asker/)
  })
})
