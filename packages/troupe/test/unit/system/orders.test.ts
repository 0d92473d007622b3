/**
 * What other nodes may have done on a node: nothing until it is allowed, and everything audited.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type AuditSheet,
  actor,
  type LogRecord,
  message,
  Pid,
  processName,
  protocol,
  request,
  type StandardSchema,
  type SystemOrder,
} from 'troupe'
import { followerOfB } from './follower-kit.js'
import { codeOf, type SystemStage, systemStage } from './system-kit.js'

const number: StandardSchema<number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] },
  },
} as StandardSchema<number>

const Stock = protocol('stock', {
  add: message(number),
  count: request<void, number>(),
  fails: request<void, number>(),
})
const stockActor = actor(Stock, {
  init: () => ({ count: 0 }),
  on: {
    add: (state, by) => {
      state.count += by
    },
    count: (state) => state.count,
    fails: () => {
      throw new Error('on purpose')
    },
  },
})

const ALLOWED = { manage: ['a@stage'] }

async function stockOf({ b, settle }: SystemStage): Promise<Pid<typeof Stock>> {
  return settle(b.spawn(stockActor, { name: 'stock' }))
}

const auditOf = async (stage: SystemStage): Promise<readonly unknown[]> => {
  const { rows } = await stage.ask('audit', {})
  return rows.map(({ node, operation, subject, outcome }) => [node, operation, subject, outcome])
}

describe('an order of another node', () => {
  it('is denied, logged, published and kept unless it is allowed', () =>
    systemStage(async (stage) => {
      const pid = await stockOf(stage)
      const follower = await followerOfB(stage)
      await follower.begin({ of: 'audit' })
      const orders: readonly SystemOrder[] = [
        { do: 'kill', pid },
        { do: 'exit', pid },
        { do: 'send', to: 'stock', message: 'add', payload: 1 },
        { do: 'call', to: 'stock', request: 'count' },
        { do: 'log-level', level: 'silent' },
        { do: 'application-stop', name: 'system' },
        { do: 'application-start', name: 'system' },
        { do: 'application-change', name: 'system', weight: 0 },
        { do: 'disconnect', node: 'a@stage' },
        { do: 'connect', node: 'a@stage' },
        { do: 'drain' },
        { do: 'env', key: 'region', value: 'us' },
        { do: 'application-unload', name: 'system' },
        { do: 'log-sink-level', sink: 'kept', level: 'silent' },
        { do: 'leader-step-down', clusterId: 'keep' },
        { do: 'config-put', item: 'workers', level: 'global', value: 1 },
        { do: 'config-delete', item: 'workers', level: 'global' },
        { do: 'cron-enable', name: 'nightly' },
        { do: 'cron-disable', name: 'nightly' },
      ]
      for (const order of orders) {
        assert.equal(await codeOf(stage.ask('manage', order)), 'NOT_ALLOWED', order.do)
      }
      assert.ok(stage.b.isAlive(pid))
      assert.equal(stage.b.env('region'), undefined)
      const audit = await auditOf(stage)
      assert.equal(audit.length, orders.length)
      assert.deepEqual(audit.at(-1), ['a@stage', 'kill', `<b@stage.${pid.id}>`, 'NOT_ALLOWED'])
      const { rows } = await stage.ask('logs', { level: 'warning', search: 'refused to a@stage' })
      assert.equal(rows.length, orders.length)
      await stage.pass(500)
      assert.equal(follower.records().length, orders.length)
      assert.equal((follower.records()[0] as AuditSheet).operation, 'kill')
    }))

  it('drains the node, and is answered before that is done', () =>
    systemStage(async (stage) => {
      const never = { do: 'drain', deadlineMs: -1 } as const
      assert.equal(await codeOf(stage.ask('manage', never)), 'OPTION_INVALID')
      assert.deepEqual(await stage.ask('manage', { do: 'drain', deadlineMs: 5_000 }), {
        value: undefined,
      })
      assert.equal(stage.b.running, true)
      await stage.settle(stage.b.stopped)
    }, ALLOWED))

  it('is carried out for a node that may, and audited', () =>
    systemStage(async (stage) => {
      const pid = await stockOf(stage)
      const add = { do: 'send', to: pid, message: 'add', payload: 5 } as const
      assert.deepEqual(await stage.ask('manage', add), { value: undefined })
      const count = { do: 'call', to: 'stock', request: 'count' } as const
      assert.deepEqual(await stage.ask('manage', count), { value: 5 })
      await stage.ask('manage', { do: 'env', key: 'Region', value: 'us' })
      assert.equal(stage.b.env('region'), 'us')
      await stage.ask('manage', { do: 'log-level', level: 'debug' })
      assert.equal(stage.b.log.level, 'debug')
      await stage.ask('manage', { do: 'log-level', pid, level: 'error' })
      await stage.ask('manage', { do: 'exit', pid, reason: 'shutdown' })
      await stage.pass(10)
      assert.equal(stage.b.isAlive(pid), false)
      assert.deepEqual(await auditOf(stage), [
        ['a@stage', 'exit', `<b@stage.${pid.id}>`, 'done'],
        ['a@stage', 'log-level', 'error', 'done'],
        ['a@stage', 'log-level', 'debug', 'done'],
        ['a@stage', 'env', 'Region', 'done'],
        ['a@stage', 'call', 'stock count', 'done'],
        ['a@stage', 'send', `<b@stage.${pid.id}> add`, 'done'],
      ])
    }, ALLOWED))

  it('starts, changes and stops an application', () =>
    systemStage(async (stage) => {
      const { b } = stage
      b.loadApplication({ name: 'shop', members: [{ name: 'stock', start: stockActor }] })
      await stage.ask('manage', { do: 'application-start', name: 'shop', mode: 'permanent' })
      assert.equal(b.applicationInfo('shop')?.mode, 'permanent')
      await stage.ask('manage', { do: 'application-change', name: 'shop', weight: 0 })
      assert.equal(b.applicationInfo('shop')?.weight, 0)
      await stage.ask('manage', { do: 'application-stop', name: 'shop' })
      assert.equal(b.applicationInfo('shop')?.state, 'loaded')
      await stage.ask('manage', { do: 'application-unload', name: 'shop' })
      assert.equal(b.applicationInfo('shop'), undefined)
    }, ALLOWED))

  it('stops an application by force, whatever its processes do', () =>
    systemStage(async (stage) => {
      const { b } = stage
      const deaf = actor(Stock, {
        on: { add: () => {}, count: () => 0, fails: () => 0 },
        terminate: () => new Promise(() => {}),
      })
      b.loadApplication({ name: 'shop', members: [{ name: 'stock', start: deaf }] })
      await stage.ask('manage', { do: 'application-start', name: 'shop' })
      await stage.ask('manage', { do: 'application-stop', name: 'shop', force: true })
      assert.equal(b.applicationInfo('shop')?.state, 'loaded')
    }, ALLOWED))

  it('changes the level of one sink of the log', () =>
    systemStage(async (stage) => {
      const lines: string[] = []
      const sink = { name: 'kept', write: ({ message }: LogRecord) => void lines.push(message) }
      stage.b.log.addSink(sink)
      await stage.ask('manage', { do: 'log-sink-level', sink: 'kept', level: 'error' })
      stage.b.log.info('calm')
      stage.b.log.error('loud')
      assert.deepEqual(lines, ['loud'])
      const wrong = { do: 'log-sink-level', sink: 'ghost', level: 'error' } as const
      assert.equal(await codeOf(stage.ask('manage', wrong)), 'LOGGER_UNKNOWN')
    }, ALLOWED))

  it('is allowed to the nodes that are named, and to no other', () =>
    systemStage(async (stage) => {
      const c = await stage.third()
      const order = { do: 'env', key: 'region', value: 'us' }
      assert.equal(await codeOf(stage.askAnything(c, 'manage', order)), 'NOT_ALLOWED')
      assert.equal(await codeOf(stage.askAnything(stage.b, 'manage', order)), 'NOT_ALLOWED')
      await stage.askAnything(stage.a, 'manage', order)
    }, ALLOWED))

  it('reaches none of the own processes of Troupe', () =>
    systemStage(async (stage) => {
      for (const name of ['system', 'system.supervisor', 'system.remote']) {
        const found = stage.b.whereis(name) as Pid
        const pid = Pid.of(found.node, found.id, found.creation)
        for (const order of [
          { do: 'kill', pid },
          { do: 'exit', pid },
          { do: 'send', to: name, message: 'x' },
          { do: 'log-level', pid, level: 'silent' },
        ] as const) {
          assert.equal(await codeOf(stage.ask('manage', order)), 'NOT_ALLOWED')
        }
      }
      const stop = { do: 'application-stop', name: 'system' } as const
      assert.equal(await codeOf(stage.ask('manage', stop)), 'NOT_ALLOWED')
    }, ALLOWED))

  it('is checked by the schema of whoever it goes to', () =>
    systemStage(async (stage) => {
      await stockOf(stage)
      await stage.ask('manage', { do: 'send', to: 'stock', message: 'add', payload: 'much' })
      const { value } = await stage.ask('manage', { do: 'call', to: 'stock', request: 'count' })
      assert.equal(value, 0)
    }, ALLOWED))

  it('that cannot be is refused by its code, and audited', () =>
    systemStage(async (stage) => {
      const pid = await stockOf(stage)
      const { a, b } = stage
      const codes: readonly (readonly [unknown, string])[] = [
        [undefined, 'OPTION_INVALID'],
        ['kill', 'OPTION_INVALID'],
        [{ do: 'explode' }, 'OPTION_INVALID'],
        [{ do: '__proto__' }, 'OPTION_INVALID'],
        [{ do: 'constructor', pid }, 'OPTION_INVALID'],
        [{ do: 'kill' }, 'OPTION_INVALID'],
        [{ do: 'kill', pid: 'stock' }, 'OPTION_INVALID'],
        [{ do: 'kill', pid, force: true }, 'OPTION_INVALID'],
        [{ do: 'kill', pid: Pid.of(b.name, 999, b.creation) }, 'PROCESS_UNKNOWN'],
        [{ do: 'kill', pid: Pid.of('a@stage', 1, 1) }, 'PROCESS_UNKNOWN'],
        [{ do: 'exit', pid, reason: { kind: 'odd' } }, 'OPTION_INVALID'],
        [{ do: 'send', to: 'nobody', message: 'x' }, 'NAME_UNKNOWN'],
        [{ do: 'send', to: 'stock', message: 7 }, 'OPTION_INVALID'],
        [{ do: 'call', to: 'stock', request: 'nothing' }, 'MESSAGE_UNKNOWN'],
        [{ do: 'call', to: 'stock', request: 'count', timeoutMs: 1e9 }, 'OPTION_INVALID'],
        [{ do: 'log-level', level: 'loud' }, 'OPTION_INVALID'],
        [{ do: 'application-start', name: 'shop' }, 'APPLICATION_UNKNOWN'],
        [{ do: 'application-change', name: 'shop', weight: -1 }, 'OPTION_INVALID'],
        [{ do: 'env', key: '' }, 'OPTION_INVALID'],
        [{ do: 'cron-enable', name: 'nightly' }, 'CRON_JOB_UNKNOWN'],
        [{ do: 'call', to: 'stock', request: 'fails' }, 'HANDLER_FAILED'],
      ]
      for (const [given, code] of codes) {
        assert.equal(await codeOf(stage.askAnything(a, 'manage', given)), code, String(code))
      }
      assert.equal((await auditOf(stage)).length, codes.length)
    }, ALLOWED))

  it('that is denied again and again is one record, and pushes none out', () =>
    systemStage(async (stage) => {
      for (let at = 0; at < 50; at += 1) {
        await codeOf(stage.ask('manage', { do: 'env', key: `key-${at}` }))
      }
      const { rows } = await stage.ask('audit', {})
      assert.deepEqual(
        rows.map(({ operation, times }) => [operation, times]),
        [['env', 50]],
      )
    }))
})

describe('a spawn for another node', () => {
  it('that is refused again and again is one record, whatever was wrong', () =>
    systemStage(async (stage) => {
      const to = processName('system.remote', undefined, stage.b.name)
      stage.b.remote.allowSpawn('stock', stockActor, { args: number })
      const spawn = (factory: string): Promise<string> =>
        codeOf(stage.settle(stage.a.call(to, 'spawn', { factory, args: [] })))
      for (let at = 0; at < 50; at += 1) {
        assert.equal(await spawn(`ghost-${at}`), 'SPAWN_UNKNOWN')
        assert.equal(await spawn('stock'), 'MESSAGE_INVALID')
      }
      const { rows } = await stage.ask('audit', {})
      assert.deepEqual(
        rows.map(({ outcome, times }) => [outcome, times]),
        [
          ['MESSAGE_INVALID', 50],
          ['SPAWN_UNKNOWN', 50],
        ],
      )
    }))
})

describe('the event audit', () => {
  it('is heard on its node and by no other', () =>
    systemStage(async (stage) => {
      assert.ok(stage.b.events().some(({ event }) => event.name === 'audit'))
      const Hearer = protocol('hearer', { hear: request<string, void>() })
      const hearer = actor(Hearer, {
        on: {
          hear: async (_state, node, context) => {
            await context.subscribe({ kind: 'event', name: 'audit', node })
          },
        },
      })
      const far = await stage.settle(stage.a.spawn(hearer))
      assert.equal(
        await codeOf(stage.settle(stage.a.call(far, 'hear', 'b@stage'))),
        'HANDLER_FAILED',
      )
      const near = await stage.settle(stage.b.spawn(hearer))
      await stage.settle(stage.b.call(near, 'hear', 'b@stage'))
    }))
})
