/**
 * Hostile names, values and actors on a node that is looked at: they come as text, or cut.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, protocol, supervisor } from 'troupe'
import { systemStage } from './system-kit.js'

const Odd = protocol('odd', { any: message<unknown>() })
const oddActor = (inspect: () => Readonly<Record<string, unknown>>) =>
  actor(Odd, { on: { any: () => new Promise(() => {}) }, inspect })

const cycle: Record<string, unknown> = {}
cycle['self'] = cycle
const refusing = new Proxy(
  {},
  {
    get: () => {
      throw new Error('no')
    },
    ownKeys: () => {
      throw new Error('no')
    },
  },
)

describe('what a process says of itself', () => {
  it('is told, cut or named, whatever it is, and the process goes on', () =>
    systemStage(async (stage) => {
      const { b } = stage
      const says: readonly (() => Readonly<Record<string, unknown>>)[] = [
        () => cycle,
        () => refusing,
        () => ({ big: 'x'.repeat(5_000_000) }),
        () => ({ many: Array.from({ length: 100_000 }, (_, at) => at) }),
        () => ({ function: () => 1, symbol: Symbol('s'), bigint: 2n ** 70n }),
        () => JSON.parse('{ "__proto__": { "polluted": 1 }, "constructor": 2 }'),
        () => 'no object' as never,
        () => null as never,
        () => {
          throw new Error('not today')
        },
      ]
      for (const inspect of says) {
        const pid = await b.spawn(oddActor(inspect))
        const sheet = await stage.ask('process', { pid })
        assert.ok(JSON.stringify(sheet).length < 30_000)
        assert.ok(b.isAlive(pid))
      }
      assert.equal(({} as { polluted?: unknown }).polluted, undefined)
    }))

  it('and what waits for it is told without its payload ever being run', () =>
    systemStage(
      async (stage) => {
        const { b } = stage
        const pid = await b.spawn(oddActor(() => ({})))
        for (const payload of [1, cycle, refusing, 'y'.repeat(100_000), null]) {
          b.send(pid, 'any', payload)
        }
        await stage.pass(5)
        const { waiting } = await stage.ask('process', { pid, messages: 100 })
        assert.equal(waiting.length, 4)
        assert.ok(JSON.stringify(waiting).length < 10_000)
      },
      { payloads: true },
    ))
})

describe('names and lines', () => {
  it('of any kind are told as they are, cut to their length', () =>
    systemStage(async (stage) => {
      const { b } = stage
      const name = '<script>\u202e\u0000"\n'
      const named = actor(Odd, { name: 'n'.repeat(10_000), on: { any: () => {} } })
      await b.spawn(named, { name })
      const { rows } = await stage.ask('processes', { search: '<script>' })
      assert.equal(rows[0]?.name, name)
      assert.ok((rows[0]?.behaviour.length ?? 0) < 300)
      b.log.info('z'.repeat(1_000_000), { deep: cycle, odd: refusing })
      const logs = await stage.ask('logs', { limit: 1 })
      assert.ok(JSON.stringify(logs).length < 10_000)
    }))

  it('of a supervisor with very many children do not come all at once', () =>
    systemStage(async (stage) => {
      const { b } = stage
      const quiet = actor(Odd, { on: { any: () => {} } })
      const children = Array.from({ length: 300 }, (_, at) => ({
        name: `child-${at}`,
        start: quiet,
        registered: false,
      }))
      const pid = await stage.settle(b.spawn(supervisor({ children }), { name: 'big' }))
      const sheet = await stage.ask('process', { pid, children: true })
      assert.equal(sheet.links.length, 100)
      assert.ok(sheet.relationsLeftOut >= 200)
      assert.equal(sheet.children?.length, 300)
    }))
})
