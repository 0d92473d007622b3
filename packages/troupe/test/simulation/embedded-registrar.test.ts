/**
 * The registrar of one host among many nodes: whoever serves may die, freeze or stop.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Town } from './embedded-kit.js'
import { townOf, trial } from './embedded-trial.js'

const SEEDS = 8

describe('the registrar of one host', () => {
  it('is served by the first node, and all know each other soon', async () => {
    const town = new Town(1)
    const first = town.start('a')
    await town.until(() => first.isJoined, 500)
    assert.equal(first.member.isServing, true)
    town.start('b')
    const knownMs = await town.until(() => town.isWhole, 300)
    assert.ok(knownMs !== undefined && knownMs < 50)
    assert.deepEqual(first.events, [{ kind: 'node-joined', node: 'b@sim', creation: 1_002 }])
  })

  it('is taken over when its server dies or freezes, and nobody is lost or told so', async (t) => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const took = await trial(seed, { nodes: 8, changes: 4 })
      t.diagnostic(`seed ${seed}: ${took.map(Math.round).join(' ')} ms`)
    }
  })

  it('is served by one alone when many nodes start at the same moment', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const town = await townOf(seed, 20)
      const servers = town.running.filter(({ member }) => member.isServing)
      assert.equal(servers.length, 1, `seed ${seed}`)
    }
  })

  it('is handed over at once when its server stops', async () => {
    const town = await townOf(3, 5)
    const server = town.server
    assert.ok(server !== undefined)
    town.residents.delete(server.node)
    await server.member.stop()
    const isHanded = () => town.server !== undefined && town.isWhole
    const tookMs = await town.until(isHanded, 1_000)
    assert.ok(tookMs !== undefined && tookMs < 100, `${tookMs}`)
    for (const { events } of town.running) {
      const left = events.filter(({ kind }) => kind === 'node-left')
      assert.deepEqual(left, [
        { kind: 'node-left', node: server.node, creation: server.creation, cause: 'left' },
      ])
    }
  })

  it('lists who was killed as suspect at once, and as lost a second later', async () => {
    const town = await townOf(4, 4)
    const victim = town.running.find(({ member }) => !member.isServing)
    const other = town.running.find((one) => one !== victim)
    assert.ok(victim !== undefined && other !== undefined)
    town.crash(victim)
    await town.clock.advance(20)
    assert.equal(other.table.resolve(victim.node)?.state, 'suspect')
    const goneMs = await town.until(() => other.table.resolve(victim.node) === undefined, 3_000)
    assert.ok(goneMs !== undefined && goneMs < 1_200, `${goneMs}`)
  })

  it('forgets a server that was killed as soon as any other node', async () => {
    const town = await townOf(5, 6)
    const server = town.server
    assert.ok(server !== undefined)
    town.crash(server)
    const isGone = () => town.running.every(({ table }) => table.resolve(server.node) === undefined)
    const goneMs = await town.until(isGone, 4_000)
    assert.ok(goneMs !== undefined && goneMs < 1_600, `${goneMs}`)
  })

  it('goes on without a server among nodes that must not serve, until one comes', async () => {
    const town = new Town(6)
    const first = town.start('a')
    const second = town.start('b', { serves: false })
    const third = town.start('c', { hidden: true })
    await town.until(() => [first, second, third].every(({ isJoined }) => isJoined), 1_000)
    assert.deepEqual(
      third.table.nodes().map(({ node }) => node),
      ['a@sim', 'b@sim'],
    )
    assert.deepEqual(
      first.table.nodes().map(({ node }) => node),
      ['b@sim'],
    )
    town.crash(first)
    await town.clock.advance(5_000)
    assert.equal(town.server, undefined)
    // What was known last holds.
    assert.notEqual(third.table.resolve('b@sim'), undefined)
    town.start('d')
    await town.until(() => third.table.resolve('d@sim') !== undefined, 3_000)
    assert.deepEqual(town.wrong, [])
  })
})

describe('the name of a node', () => {
  it('is refused to a second program as long as the first one lives, and told', async () => {
    const town = await townOf(7, 3)
    const twin = town.start('twin')
    await town.until(() => town.isWhole, 500)
    const liar = town.impostor('liar', 'twin@sim', 6_000)
    await town.until(() => liar.refused.length > 0, 500)
    assert.deepEqual(liar.refused, ['NODE_NAME_TAKEN'])
    const told = twin.events.filter(({ kind }) => kind === 'node-duplicate')
    assert.equal(told.length, 1)
  })

  it('goes to a new life as soon as the old one was killed', async () => {
    const town = await townOf(8, 3)
    const old = town.running.find(({ member }) => !member.isServing)
    assert.ok(old !== undefined)
    town.crash(old)
    const born = town.start(old.host.name)
    const takenMs = await town.until(() => born.isJoined, 500)
    assert.ok(takenMs !== undefined && takenMs < 50, `${takenMs}`)
    assert.deepEqual(born.refused, [])
  })

  it('goes to a new life after the server was killed together with the old one', async () => {
    const town = await townOf(9, 6)
    const { server } = town
    const old = town.running.find(({ member }) => !member.isServing)
    assert.ok(old !== undefined && server !== undefined)
    town.crash(server)
    town.crash(old)
    const born = town.start(old.host.name)
    const takenMs = await town.until(() => born.isJoined, 2_000)
    assert.ok(takenMs !== undefined && takenMs < 1_200, `${takenMs}`)
    assert.equal(town.wrong.length, 0)
  })

  it('is not given to who knows its birth and not its secret', async () => {
    const town = await townOf(10, 3)
    const victim = town.start('victim')
    await town.until(() => town.isWhole, 500)
    const liar = town.impostor('liar', 'victim@sim', victim.creation)
    await town.until(() => liar.refused.length > 0, 500)
    assert.deepEqual(liar.refused, ['NODE_NAME_TAKEN'])
    assert.equal(victim.isJoined, true)
  })
})
