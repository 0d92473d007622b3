/**
 * Hostile names, values and actors on a node that is looked at: they come as text, or cut.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  actor,
  message,
  processName,
  protocol,
  supervisor,
  systemProtocol,
  TroupeError,
} from 'troupe'
import { ORDERS } from '#apps/system/orders'
import { aloneStage, systemStage } from './system-kit.js'

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

const FIELDS = [
  ...['top', 'limit', 'cursor', 'name', 'behaviour', 'application', 'state', 'kind', 'search'],
  ...['pid', 'children', 'messages', 'below', 'depthMax', 'prefix', 'level', 'cause', 'of'],
  ...['perSecondMax', 'follow', 'do', 'to', 'message', 'request', 'payload', 'reason', 'node'],
]
const SOME = [...Object.keys(ORDERS), 'mailbox', 'logs', 'system', 'all', 1, 0, -1, '']
const fieldValue = fc.oneof(fc.anything(), fc.constantFrom<unknown>(...SOME))
const question = fc.oneof(
  fc.anything({ withNullPrototype: true, withMap: true, withBigInt: true }),
  fc.dictionary(fc.constantFrom(...FIELDS), fieldValue, { maxKeys: 4 }),
)

describe('any question with any payload', () => {
  it('is answered or refused by its code, and the process that answers goes on', () =>
    aloneStage(
      async ({ b, settle }) => {
        const before = b.whereis('system')
        const names = Object.keys(systemProtocol.messages)
        const payloads = fc.sample(question, { numRuns: 2_000, seed: 5 })
        const to = processName('system')
        for (let from = 0; from < payloads.length; from += 20) {
          const some = payloads.slice(from, from + 20)
          const asked = some.map((given, at) =>
            b.call(to, names[(from + at) % names.length] ?? '', given),
          )
          for (const result of await settle(Promise.allSettled(asked))) {
            if (result.status === 'fulfilled') continue
            assert.ok(TroupeError.is(result.reason), String(result.reason))
            assert.notEqual(result.reason.code, 'HANDLER_FAILED', result.reason.message)
            assert.notEqual(result.reason.code, 'CALLEE_ENDED')
          }
        }
        assert.equal(b.whereis('system'), before)
      },
      { perSecondMax: 1e9, totalPerSecondMax: 1e9, manage: ['*@*'] },
    ))
})
