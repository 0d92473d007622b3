/**
 * Names and aliases: whom they lead to, and when they lead nowhere.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Alias, type ProcessContext, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'
import { type Player, play } from '#test/scenarios/scripted'

type TestNode = Awaited<ReturnType<typeof testNode>>

/** Does something in the name of a player; gives what it gives, or the code it throws. */
async function does<T>(test: TestNode, player: Player, act: (context: ProcessContext) => T) {
  let outcome: T | string | undefined
  test.node.send(player.pid, 'act', (context) => {
    try {
      outcome = act(context)
    } catch (error) {
      if (!TroupeError.is(error)) throw error
      outcome = error.code
    }
  })
  await test.clock.settle()
  return outcome
}

describe('a name', () => {
  it('leads to its holder, and to nobody once the holder has ended', async () => {
    await using test = await testNode()
    const { node, clock } = test
    for (const end of ['exit', 'kill'] as const) {
      const { pid, seen } = await play(node, { name: 'baker' })
      assert.equal(node.whereis('baker'), pid)
      assert.equal(node.send('baker', 'note' as never, 'bread'), undefined)
      await clock.settle()
      assert.deepEqual(seen, ['bread'])
      if (end === 'exit') node.exit(pid, 'shutdown')
      else node.kill(pid)
      await clock.settle()
      assert.equal(node.whereis('baker'), undefined)
      assert.equal(node.send('baker', 'note' as never, 'late'), 'NAME_UNKNOWN')
      assert.equal(node.info().names, 0)
    }
  })

  it('is held by one process at a time, and free once it is given up', async () => {
    await using test = await testNode()
    const { node } = test
    const [first, second] = [await play(node, { name: 'baker' }), await play(node)]
    await assert.rejects(play(node, { name: 'baker' }), { code: 'NAME_TAKEN' })
    assert.equal(await does(test, second, (context) => context.register('baker')), 'NAME_TAKEN')
    assert.equal(await does(test, first, (context) => context.register('smith')), 'NOT_ALLOWED')
    await does(test, first, (context) => context.unregister())
    await does(test, second, (context) => context.register('baker'))
    assert.equal(node.whereis('baker'), second.pid)
    assert.equal(node.processes().length, 2)
  })

  it('may be any text, also what every object has as a property', async () => {
    await using test = await testNode()
    const { node } = test
    for (const name of ['__proto__', 'constructor', 'toString', ' ', '名前', 'a'.repeat(255)]) {
      const { pid } = await play(node, { name })
      assert.equal(node.whereis(name), pid)
    }
    assert.equal(node.whereis('hasOwnProperty'), undefined)
  })

  it('that cannot be is refused, and nothing is left behind', async () => {
    await using test = await testNode()
    const { node } = test
    const player = await play(node)
    const wrong: readonly unknown[] = ['', 'a'.repeat(256), 'é'.repeat(128), 5, null, {}]
    for (const name of [...wrong, Symbol('x'), Object.create(null)]) {
      await assert.rejects(play(node, { name: name as string }), { code: 'NAME_INVALID' })
      const outcome = await does(test, player, (context) => context.register(name as string))
      assert.equal(outcome, 'NAME_INVALID')
    }
    assert.deepEqual([node.processes().length, node.info().names], [1, 0])
  })
})

describe('an alias', () => {
  it('leads to its owner until it is deleted', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node)
    const alias = (await does(test, player, (context) => context.createAlias())) as Alias
    assert.equal(node.send(alias, 'note', 'one'), undefined)
    await clock.settle()
    await does(test, player, (context) => context.deleteAlias(alias))
    assert.equal(node.send(alias, 'note', 'two'), 'ALIAS_UNKNOWN')
    await assert.rejects(node.call(alias, 'ask'), { code: 'ALIAS_UNKNOWN' })
    assert.deepEqual([player.seen, node.info().aliases], [['one'], 0])
    const again = await does(test, player, (context) => context.deleteAlias(alias))
    assert.equal(again, 'ALIAS_UNKNOWN')
  })

  it('leads to nobody once its owner has ended', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node)
    const alias = (await does(test, player, (context) => context.createAlias())) as Alias
    node.kill(player.pid)
    await clock.settle()
    assert.equal(node.send(alias, 'note', 'late'), 'ALIAS_UNKNOWN')
    assert.equal(node.info().aliases, 0)
  })

  it('may be deleted by its owner alone', async () => {
    await using test = await testNode()
    const [owner, other] = [await play(test.node), await play(test.node)]
    const alias = (await does(test, owner, (context) => context.createAlias())) as Alias
    const outcome = await does(test, other, (context) => context.deleteAlias(alias))
    assert.equal(outcome, 'ALIAS_NOT_OWNED')
    const far = { ...alias, node: 'far@localhost' }
    const refused = await does(test, owner, (context) => context.deleteAlias(far))
    assert.equal(refused, 'ALIAS_UNKNOWN')
    assert.equal(test.node.send(alias, 'note', 'still'), undefined)
  })
})

describe('a pid', () => {
  it('of a process that has ended reaches nobody, also when its place is used again', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const first = await play(node)
    // A copy, as one that came from elsewhere: it has nothing but its numbers.
    const { kind, id, node: home, creation } = first.pid
    const address = { kind, id, node: home, creation } as typeof first.pid
    node.send(address, 'note', 'mine')
    await clock.settle()
    node.kill(first.pid)
    await clock.settle()
    const others = []
    for (let i = 0; i < 10; i += 1) others.push(await play(node))
    assert.equal(node.send(address, 'note', 'not yours'), 'PROCESS_UNKNOWN')
    assert.equal(node.isAlive(address), false)
    await clock.settle()
    assert.deepEqual([first.seen, others.flatMap(({ seen }) => seen)], [['mine'], []])
  })

  it('of an earlier life of the node is told as such', async () => {
    await using test = await testNode()
    const { node } = test
    const { pid } = await play(node)
    const earlier = { kind: 'pid', id: pid.id, node: pid.node, creation: pid.creation - 1 } as const
    assert.equal(node.send(earlier, 'note', 'x'), 'PROCESS_INCARNATION')
    assert.equal(node.isAlive(earlier), false)
  })

  it('of another node is not mistaken for an own one born in the same millisecond', async () => {
    await using test = await testNode()
    const { node } = test
    const player = await play(node)
    const { id, creation } = player.pid
    const far = { kind: 'pid', id, node: 'far@localhost', creation } as const
    assert.equal(node.isAlive(far), false)
    assert.equal(node.processInfo(far), undefined)
    assert.equal(await node.ended(far), 'no-connection')
    assert.equal(await does(test, player, (context) => context.mailboxLength(far)), undefined)
    assert.equal(node.send(far, 'note', 'x'), 'NO_ROUTE')
    assert.deepEqual(player.seen, [])
  })
})
