/** A process and its parent at another node, in virtual time: who hears of whose end. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatTarget, type Pid } from 'troupe'
import { brief, ending, family, parent, slow } from './family.js'

describe('a parent at another node', () => {
  it('is linked with its child while init runs', () =>
    family(async ({ b, begin, parent: pid, settle, until }) => {
      b.remote.allowSpawn('slow', slow)
      const made = begin('slow', { link: true, name: 'slow' })
      await until(() => b.whereis('slow') !== undefined)
      const info = b.processInfo(b.whereis('slow') as Pid)
      assert.equal(info?.state, 'init')
      assert.deepEqual(
        info.links.map((link) => formatTarget(link)),
        [formatTarget(pid)],
      )
      await settle(made)
    }))

  it('that is linked hears the end of its child once, and its reason', () =>
    family(async ({ a, spawn, settle, heard, pass }) => {
      const made = await spawn('child', { link: true })
      await settle(a.call(made, 'end', 'shutdown'))
      await pass(100)
      assert.deepEqual(await heard(), [['exit', String(made), 'shutdown']])
    }))

  it('that monitors hears the end of its child once, and its reason', () =>
    family(async ({ b, spawn, heard, pass }) => {
      const made = await spawn('child', { monitor: true })
      b.exit(made, 'shutdown')
      await pass(100)
      assert.deepEqual(await heard(), [['down', String(made), 'shutdown']])
    }))

  it('takes its linked child with it, which cannot trap that', () =>
    family(async ({ a, b, parent: pid, spawn, settle, until }) => {
      const made = await spawn('child', { link: true, trapExit: true })
      await settle(a.call(pid, 'end', 'shutdown'))
      await until(() => !b.isAlive(made))
    }))

  it('stops its child by an exit signal that cannot be trapped, linked or not', () =>
    family(async ({ a, b, spawn, settle, until, pass }) => {
      const made = await spawn('child', { trapExit: true })
      const bystander = await settle(a.spawn(parent))
      a.exit(made, 'shutdown')
      await pass(100)
      assert.ok(b.isAlive(made), 'of others it is trapped')
      await settle(a.call(bystander, 'end', 'normal'))
      const ender = await settle(a.spawn(ending))
      assert.ok(b.isAlive(made))
      const own = (await settle(a.call(ender, 'spawn', 'child'))) as Pid
      await settle(a.call(ender, 'stop', own))
      await until(() => !b.isAlive(own))
    }))

  it('whose node is lost leaves a linked child that ends with no-connection', () =>
    family(async ({ b, spawn, settle, cut }) => {
      const made = await spawn('child', { link: true, trapExit: true })
      const ended = b.ended(made)
      cut()
      assert.equal(await settle(ended), 'no-connection')
    }))

  it('whose node is lost leaves a child that is not linked alone', () =>
    family(async ({ b, spawn, cut, pass }) => {
      const made = await spawn('child')
      // Taken over: until then it is nobody's.
      await pass(100)
      cut()
      await pass(50_000)
      assert.ok(b.isAlive(made))
    }))

  it('that ends while the spawn is under way leaves no orphan', () =>
    family(async ({ a, b, parent: pid, begin, settle, until }) => {
      b.remote.allowSpawn('slow', slow)
      const before = b.processes().length
      const asked = begin('slow').catch(() => {})
      await until(() => b.processes().length > before)
      await settle(a.call(pid, 'end', 'shutdown'))
      await until(() => b.processes().length === before)
      await settle(asked)
    }))

  it('that waits no longer leaves no orphan either', () =>
    family(async ({ b, spawn, until, pass }) => {
      b.remote.allowSpawn('slow', slow)
      const before = b.processes().length
      await assert.rejects(spawn('slow', { timeoutMs: 100 }), { code: 'CALL_TIMEOUT' })
      assert.ok(b.processes().length > before)
      await pass(2_000)
      await until(() => b.processes().length === before)
    }))

  it('hears once and why, also when the child ends before it is taken over', () =>
    family(async ({ b, spawn, heard, pass }) => {
      b.remote.allowSpawn('brief', brief)
      const made = await spawn('brief', { link: true, monitor: true })
      await pass(100)
      assert.deepEqual((await heard()).map((one) => (one as unknown[]).join()).sort(), [
        `down,${made},shutdown`,
        `exit,${made},shutdown`,
      ])
    }))

  it('that does not trap ends with its linked child', () =>
    family(async ({ a, b, parent: pid, spawn, settle, until }) => {
      await settle(a.call(pid, 'trap', false))
      const made = await spawn('child', { link: true })
      b.exit(made, 'shutdown')
      await until(() => !a.isAlive(pid))
    }))
})
