/**
 * A node looked at by another one: the node itself and its processes.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, protocol } from 'troupe'
import { codeOf, systemStage } from './system-kit.js'

const Idle = protocol('idle', { wait: message<number>() })
const idleActor = actor(Idle, { on: { wait: () => {} } })
const stuckActor = actor(Idle, { name: 'stuck', on: { wait: () => new Promise(() => {}) } })

describe('a node looked at by another one', () => {
  it('shows itself with nothing deployed on it', () =>
    systemStage(
      async (stage) => {
        const sheet = await stage.ask('node')
        assert.equal(sheet.name, 'b@stage')
        assert.equal(sheet.processes, 3)
        assert.deepEqual(sheet.applications, [])
        assert.deepEqual(sheet.envKeys, ['region'])
        assert.equal(sheet.env, undefined)
        assert.deepEqual(sheet.allows, { inspect: true, manage: false })
        assert.equal(sheet.program.osPid, 7)
      },
      {},
      { env: { region: 'eu' } },
    ))

  it('shows values of its environment only where its owner says so, and no secrets', () =>
    systemStage(
      async (stage) => {
        const sheet = await stage.ask('node')
        assert.deepEqual(sheet.env, { region: 'eu', password: '[redacted]' })
      },
      { envValues: true },
      { env: { region: 'eu', password: 'x' } },
    ))

  it('names its zombies, the newest first and at most twenty, until they settle', () =>
    systemStage(async (stage) => {
      const { b, pass, ask } = stage
      const settles: (() => void)[] = []
      const behaviour = actor(Idle, {
        name: 'hanging',
        on: { wait: () => new Promise<void>((resolve) => settles.push(resolve)) },
      })
      for (let at = 0; at < 22; at += 1) {
        const pid = await b.spawn(behaviour, { name: `hanging-${at}` })
        b.send(pid, 'wait', at)
        await pass(1_000)
        b.kill(pid)
      }
      await pass(2_000)
      const { zombies, lastZombies } = await ask('node')
      assert.deepEqual([zombies, lastZombies.length], [22, 20])
      const [{ pid, name, ...newest } = assert.fail('no zombie')] = lastZombies
      assert.deepEqual([pid.node, name], ['b@stage', 'hanging-21'])
      assert.deepEqual([newest.behaviour, newest.message], ['hanging', 'wait'])
      // The question itself is some milliseconds on its way.
      const seconds = [newest.handlingMs, newest.endedForMs].map((one) => Math.floor(one / 1_000))
      assert.deepEqual(seconds, [3, 2])
      for (const settle of settles) settle()
      await pass(10)
      const after = await ask('node')
      assert.deepEqual([after.zombies, after.lastZombies], [0, []])
    }))

  it('has the application as its own, which nobody stops, changes or unloads', () =>
    systemStage(async (stage) => {
      const { b } = stage
      assert.deepEqual(
        b.applications().map(({ name, own }) => [name, own]),
        [['system', true]],
      )
      assert.equal(await codeOf(b.stopApplication('system')), 'NOT_ALLOWED')
      assert.throws(() => b.unloadApplication('system'), { code: 'NOT_ALLOWED' })
      assert.throws(() => b.changeApplication('system', { weight: 0 }), { code: 'NOT_ALLOWED' })
      assert.throws(() => b.loadApplication({ name: 'system', members: [] }), {
        code: 'NAME_INVALID',
      })
    }))
})

describe('the processes of a node', () => {
  it('come with the fullest mailbox first', () =>
    systemStage(async (stage) => {
      const { b } = stage
      for (let at = 0; at < 5; at += 1) {
        const pid = await b.spawn(stuckActor, { name: `stuck-${at}` })
        for (let sent = 0; sent <= at * 2; sent += 1) b.send(pid, 'wait', sent)
      }
      const { rows, total, scanned, next } = await stage.ask('processes', {
        top: 'mailbox',
        limit: 2,
      })
      assert.deepEqual(
        rows.map(({ name, mailbox, state }) => [name, mailbox, state]),
        [
          ['stuck-4', 8, 'waiting'],
          ['stuck-3', 6, 'waiting'],
        ],
      )
      assert.deepEqual([total, scanned], [8, 8])
      const second = await stage.ask('processes', { top: 'mailbox', limit: 2, cursor: next ?? '' })
      assert.deepEqual(
        second.rows.map(({ name }) => name),
        ['stuck-2', 'stuck-1'],
      )
    }))

  it('come in pages that miss none and repeat none', () =>
    systemStage(async (stage) => {
      for (let at = 0; at < 25; at += 1) await stage.b.spawn(idleActor)
      for (const top of [undefined, 'age'] as const) {
        const seen: number[] = []
        let cursor: string | undefined
        do {
          const page = await stage.ask('processes', {
            limit: 7,
            ...(top === undefined ? {} : { top }),
            ...(cursor === undefined ? {} : { cursor }),
          })
          assert.ok(page.rows.length <= 7)
          seen.push(...page.rows.map(({ pid }) => pid.id))
          cursor = page.next
        } while (cursor !== undefined)
        assert.deepEqual(
          seen.sort((one, other) => one - other),
          stage.b.processes().map(({ id }) => id),
        )
      }
    }))

  it('are found by name, behaviour, application, state, kind and text', () =>
    systemStage(async (stage) => {
      const { b } = stage
      await b.spawn(idleActor, { name: 'Shop-Front' })
      const stuck = await b.spawn(stuckActor, { name: 'shop-back' })
      b.send(stuck, 'wait', 1)
      const namesOf = async (given: object): Promise<readonly unknown[]> => {
        const { rows } = await stage.ask('processes', given)
        return rows.map(({ name }) => name)
      }
      assert.deepEqual(await namesOf({ name: 'shop' }), ['shop-back'])
      assert.deepEqual(await namesOf({ search: 'SHOP' }), ['Shop-Front', 'shop-back'])
      assert.deepEqual(await namesOf({ behaviour: 'stuck' }), ['shop-back'])
      assert.deepEqual(await namesOf({ state: 'waiting' }), ['shop-back'])
      assert.deepEqual(await namesOf({ application: 'system' }), [
        'system.supervisor',
        'system',
        'system.remote',
      ])
      assert.deepEqual(await namesOf({ kind: 'system' }), ['system'])
      assert.deepEqual(await namesOf({ name: 'shop', state: 'init' }), [])
    }))

  it('are refused in words for what cannot be asked', () =>
    systemStage(async (stage) => {
      const a = await stage.third()
      const hostile: readonly unknown[] = [
        null,
        7,
        'all',
        [],
        { limit: 501 },
        { limit: 0 },
        { limit: 1.5 },
        { limit: '9' },
        { limit: Number.NaN },
        { top: 'everything' },
        { top: '__proto__' },
        { state: 'zombie' },
        { search: 'x'.repeat(10_000) },
        { name: {} },
        { applications: 'shop' },
        { cursor: 'abc' },
        { cursor: '~~~~~~~~' },
        { cursor: `${stage.b.creation.toString(36)}~processes-mailbox~1~2` },
        { cursor: `${stage.b.creation.toString(36)}~processes-all~-1` },
        { cursor: `${stage.b.creation.toString(36)}~processes-all~NaN` },
        { cursor: `1~processes-all~1` },
        { cursor: `${stage.b.creation.toString(36)}~names~1` },
      ]
      for (const given of hostile) {
        const code = await codeOf(stage.askAnything(a, 'processes', given))
        assert.equal(code, 'OPTION_INVALID', JSON.stringify(given))
      }
      assert.equal(await codeOf(stage.askAnything(a, 'nothing', 1)), 'MESSAGE_UNKNOWN')
      await stage.ask('node')
    }))
})
