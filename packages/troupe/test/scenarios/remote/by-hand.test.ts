/** What another node may send to `system.remote` by hand, and what the log tells of it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Pid, processName } from 'troupe'
import { B, child, family } from './family.js'

describe('what another node sends by hand', () => {
  const remote = processName('system.remote', undefined, B)

  it('cannot make a process whose parent is of a third node', () =>
    family(async ({ a, b, settle }) => {
      const forged = {
        ...{ factory: 'child', args: [], link: true },
        parent: { kind: 'pid', node: 'c@stage', id: 7, creation: 1 },
      }
      await assert.rejects(settle(a.call(remote, 'spawn', forged)), { code: 'NOT_ALLOWED' })
      const count = b.processes().length
      assert.equal(b.processes().length, count)
    }))

  const misfits: readonly unknown[] = [
    ...[undefined, 7, 'child', [], {}, { factory: 7, args: [] }, { factory: 'child' }],
    { factory: 'child', args: [], parent: 'a' },
    { factory: 'child', args: [], link: 'yes' },
    { factory: 'child', args: [], name: '' },
    { factory: 'child', args: [], env: [] },
    { factory: 'child', args: Array(300).fill(0) },
    { factory: 'x'.repeat(300), args: [] },
  ]
  it('and is no spawn is refused before anything looks at it', () =>
    family(async ({ a, b, settle }) => {
      const before = [b.processes().length, b.whereis('system.remote')]
      for (const misfit of misfits) {
        await assert.rejects(settle(a.call(remote, 'spawn', misfit)), { code: 'MESSAGE_INVALID' })
      }
      assert.deepEqual([b.processes().length, b.whereis('system.remote')], before)
    }))

  it('in the name of another node is told of in its own name', () =>
    family(async ({ a, b, settle }) => {
      b.remote.denySpawn('child')
      b.remote.allowSpawn('child', child, { nodes: ['c@stage'] })
      const forged = { factory: 'child', args: [], node: 'c@stage', from: 'c@stage' }
      await assert.rejects(settle(a.call(remote, 'spawn', forged)), { code: 'NOT_ALLOWED' })
      const [info] = b.remote.allowed().filter(({ name }) => name === 'child')
      assert.deepEqual([info?.used, info?.refused], [0, 1])
    }))

  const reserved: readonly Readonly<Record<string, string>>[] = [
    { name: 'system' },
    { name: 'system.remote' },
    { name: 'system.kid' },
    { application: 'system' },
  ]
  it('makes no process that would pass for one of Troupe', () =>
    family(async ({ a, b, settle }) => {
      const before = b.processes().length
      for (const wanted of reserved) {
        const forged = { factory: 'child', args: [], ...wanted }
        await assert.rejects(settle(a.call(remote, 'spawn', forged)), { code: 'NOT_ALLOWED' })
      }
      assert.equal(b.processes().length, before)
      const free = { factory: 'child', args: [], name: 'systematic' }
      assert.ok(b.isAlive((await settle(a.call(remote, 'spawn', free))) as Pid))
    }))

  const asked = { factory: 'child', args: [] }

  it('and is never taken over ends after a minute', () =>
    family(async ({ a, b, settle, pass }) => {
      const made = await settle(a.call(remote, 'spawn', asked))
      await pass(59_000)
      assert.ok(b.isAlive(made as Pid))
      await pass(2_000)
      assert.ok(!b.isAlive(made as Pid))
    }))

  it('and is given up ends at once; a third node has no say in it', () =>
    family(async ({ a, b, third, settle, pass }) => {
      const c = await third()
      const [made, other] = [
        (await settle(a.call(remote, 'spawn', asked))) as Pid,
        (await settle(a.call(remote, 'spawn', asked))) as Pid,
      ]
      c.send(remote, 'settleSpawn', { pid: made, keep: false })
      await pass(100)
      assert.ok(b.isAlive(made))
      a.send(remote, 'settleSpawn', { pid: other, keep: false })
      await pass(100)
      assert.deepEqual([b.isAlive(made), b.isAlive(other)], [true, false])
    }))

  it('and never taken over, 10,000 times, makes no more', () =>
    family(async ({ a, b, settle }) => {
      const calls = Array.from({ length: 10_010 }, () => a.call(remote, 'spawn', asked))
      const outcomes = await settle(Promise.allSettled(calls))
      const refused = outcomes.filter(({ status }) => status === 'rejected')
      assert.equal(refused.length, 10)
      assert.equal((refused[0] as PromiseRejectedResult).reason.code, 'NOT_ALLOWED')
      assert.ok(b.processes().length < 10_010)
    }))

  it('does not end a process that was taken over', () =>
    family(async ({ a, b, spawn, pass }) => {
      const made = await spawn('child')
      a.send(remote, 'settleSpawn', { pid: made, keep: false })
      await pass(100)
      assert.ok(b.isAlive(made))
    }))
})

describe('the log of a node', () => {
  it('tells who spawned what, and once for many times who was refused', async () => {
    const told: string[] = []
    const write = ({ message }: { message: string }): void => void told.push(message)
    await family(
      async ({ spawn }) => {
        await spawn('child')
        for (let i = 0; i < 20; i += 1) await assert.rejects(spawn('ghost'))
      },
      { logSinks: [{ name: 'told', write }] },
    )
    assert.deepEqual(
      told.filter((line) => line.includes('a@stage') && line.includes('spawn')),
      ['a@stage did: spawn of child', 'refused to a@stage: spawn of ghost: SPAWN_UNKNOWN'],
    )
  })
})
