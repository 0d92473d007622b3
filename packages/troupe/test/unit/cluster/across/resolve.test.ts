/**
 * cluster/registrar/across: where a node of another host is, asked by its name.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { routeOf, Town, type TownHost } from './town.js'

/** Two hosts that do not list each other; `host2` is the name of the second. */
function strangers(seed = 1) {
  const town = new Town(seed)
  town.names.set('host2', ['10.0.0.2'])
  const one = town.open('10.0.0.1', ['a@host1'])
  const two = town.open('10.0.0.2', ['b@host2'])
  return { town, one, two }
}

const asked = (host: TownHost): number => host.left.filter(({ bytes }) => bytes[5] === 1).length

describe('resolve', () => {
  it('asks the host in the name, at the usual port', async () => {
    const { town, one } = strangers()
    const found = await town.clock.until(one.across.resolve('b@host2'))
    assert.deepEqual(found, routeOf('b@host2', '10.0.0.2'))
    assert.ok(town.clock.nowMs() < 20)
  })

  it('asks every host of the list when the name leads nowhere', async () => {
    const town = new Town()
    const one = town.open('10.0.0.1', [], { hosts: ['10.0.0.3', '10.0.0.2'] })
    town.open('10.0.0.2', ['b@nowhere'])
    town.open('10.0.0.3', [])
    const found = await town.clock.until(one.across.resolve('b@nowhere'))
    assert.equal(found?.node, 'b@nowhere')
  })

  it('asks again when questions and answers are lost', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { town, one } = strangers(seed)
      town.network.set({ lossChance: 0.3 })
      const found = await town.clock.until(one.across.resolve('b@host2'))
      assert.equal(found?.node, 'b@host2', `seed ${seed}`)
    }
  })

  it('answers undefined within 3 s when nobody answers, and never rejects', async () => {
    const { town, one } = strangers()
    town.network.block('10.0.0.2', '10.0.0.1')
    assert.equal(await town.clock.until(one.across.resolve('b@host2')), undefined)
    assert.ok(town.clock.nowMs() <= 3_001)
  })

  it('answers undefined at once when all who are asked say so', async () => {
    const { town, one } = strangers()
    assert.equal(await town.clock.until(one.across.resolve('ghost@host2')), undefined)
    assert.ok(town.clock.nowMs() < 20)
  })

  it('asks nobody for a name that leads to this machine, to nowhere or to nothing', async () => {
    const { town, one } = strangers()
    const names = ['b@localhost', 'b@127.0.0.1', 'b@0.0.0.0', 'b@255.255.255.255', 'b@224.0.0.1']
    names.push('b@2130706433', 'b@ghost', '', 'b', 'b@', 'b@host 2', `b@${'x'.repeat(2_000)}`)
    for (const name of names) {
      assert.equal(await town.clock.until(one.across.resolve(name)), undefined, name)
    }
    assert.equal(one.left.length, 0)
    assert.ok(town.clock.nowMs() < 20)
  })

  it('answers at once for a node of its own host, which asks itself', async () => {
    const { town, one } = strangers()
    town.names.set('host1', ['10.0.0.1'])
    assert.equal(await town.clock.until(one.across.resolve('ghost@host1')), undefined)
    assert.ok(town.clock.nowMs() < 20)
    assert.equal(one.refused['reflected'], 1)
  })

  it('asks once for all who ask, and not again for a while', async () => {
    const { town, one } = strangers()
    const all = [1, 2, 3].map(() => one.across.resolve('b@host2'))
    await town.clock.until(Promise.all(all))
    await town.clock.until(one.across.resolve('b@host2'))
    assert.equal(asked(one), 1)
    await town.clock.advance(5_001)
    await town.clock.until(one.across.resolve('b@host2'))
    assert.equal(asked(one), 2)
  })

  it('remembers briefly that a node is unknown', async () => {
    const { town, one, two } = strangers()
    await town.clock.until(one.across.resolve('late@host2'))
    two.table.set([{ route: routeOf('late@host2', '10.0.0.2'), applications: [] }])
    assert.equal(await town.clock.until(one.across.resolve('late@host2')), undefined)
    await town.clock.advance(1_001)
    assert.equal((await town.clock.until(one.across.resolve('late@host2')))?.node, 'late@host2')
  })

  it('goes on with what it knew, as suspect, while the host is silent', async () => {
    const { town, one } = strangers()
    await town.clock.until(one.across.resolve('b@host2'))
    town.network.partition(['10.0.0.1'], ['10.0.0.2'])
    await town.clock.advance(6_000)
    assert.equal((await town.clock.until(one.across.resolve('b@host2')))?.state, 'suspect')
    await town.clock.advance(40_000)
    assert.equal(await town.clock.until(one.across.resolve('b@host2')), undefined)
  })

  it('finds a node of a host whose clock is a day behind', async () => {
    const { town, one } = strangers()
    town.network.host('10.0.0.3').skewWall(-86_400_000)
    town.names.set('host3', ['10.0.0.3'])
    town.open('10.0.0.3', ['c@host3'])
    assert.equal((await town.clock.until(one.across.resolve('c@host3')))?.node, 'c@host3')
    assert.ok(town.clock.nowMs() < 20)
  })

  it('gives no address of a node that listens on its own machine only, and says so', async () => {
    const { town, one, two } = strangers()
    const route = routeOf('b@host2', '127.0.0.1')
    two.table.set([{ route, applications: [] }])
    const found = await town.clock.until(one.across.resolve('b@host2'))
    assert.deepEqual(found?.addresses, [])
    assert.equal(found?.liveness, undefined)
    assert.deepEqual(one.codes, ['node-unreachable'])
    assert.match(one.problems[0]?.text ?? '', /network.acceptors .* advertisedHost/)
    assert.deepEqual(two.codes, ['node-homebound'])
  })

  it('never answers with what would be dialled at our own machine', async () => {
    const { town, one, two } = strangers()
    // A server that tells its table as it is: the addresses are taken out by who asks, too.
    const addresses = ['127.0.0.1', '0.0.0.0', '::1', 'localhost', '10.0.0.2'].map((host) => ({
      ...{ transport: 'tcp', host, port: 11_144, path: '' },
    }))
    two.table.set([{ route: routeOf('b@host2', '10.0.0.2', { addresses }), applications: [] }])
    const found = await town.clock.until(one.across.resolve('b@host2'))
    assert.deepEqual(
      found?.addresses.map(({ host }) => host),
      ['10.0.0.2'],
    )
  })

  it('asks nobody for, and remembers nothing of, what is no name of a node', async () => {
    const town = new Town()
    const one = town.open('10.0.0.1', [], { hosts: ['10.0.0.2'] })
    town.open('10.0.0.2', ['b@two'])
    await town.clock.advance(1_000)
    const names = ['', 'b', 'b two@two', 'b@', '@two', `${'x'.repeat(500)}@two`, 'b@t\u202ewo']
    for (const name of names) assert.equal(await one.across.resolve(name), undefined)
    assert.equal(asked(one), 0)
    assert.equal((await town.clock.until(one.across.resolve('b@two')))?.node, 'b@two')
  })

  it('keeps to a number of searches at once', async () => {
    const { town, one } = strangers()
    town.network.block('10.0.0.2', '10.0.0.1')
    const all = Array.from({ length: 300 }, (_, at) => one.across.resolve(`n${at}@10.0.0.2`))
    assert.deepEqual(new Set(await town.clock.until(Promise.all(all))), new Set([undefined]))
    assert.equal(one.refused['crowded'], 44)
  })
})
