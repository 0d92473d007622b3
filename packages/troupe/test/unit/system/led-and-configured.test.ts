/**
 * What leads, serves and is configured on a node, as another one asks it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  type ElectionOptions,
  leader,
  locks,
  message,
  Pid,
  protocol,
  staticRegistrar,
} from 'troupe'
import { memoryHub, memoryRegistrar, virtualClock } from 'troupe/testing'
import { followerOfB } from './follower-kit.js'
import { codeOf, type SystemStage, systemStage } from './system-kit.js'

const Keeper = protocol('keeper', { go: message<void>() })
const ELECTION = { clusterId: 'keep', voters: ['b@stage'] }
const keeper = leader(Keeper, {
  election: (given: ElectionOptions) => given,
  init: (_given: ElectionOptions) => ({}),
  on: { go: () => {} },
})
const FAR = { clusterId: 'far', voters: ['c@stage'] }
const ALLOWED = { manage: ['a@stage'] }

async function led({ b, settle, pass }: SystemStage): Promise<Pid> {
  const pid = await settle(b.spawn(keeper, { name: 'keeper', args: [ELECTION] }))
  await pass(1_000)
  return pid
}

describe('what is led on a node', () => {
  it('is told with its role, its term and who led when', () =>
    systemStage(async (stage) => {
      const { node, id, creation } = await led(stage)
      const pid = Pid.of(node, id, creation)
      await stage.settle(stage.b.spawn(locks({ clusterId: 'doors', voters: ['b@stage'] })))
      await stage.settle(stage.b.spawn(keeper, { args: [FAR] }))
      await stage.pass(1_000)
      const { rows, next } = await stage.ask('leaders', {})
      assert.equal(next, undefined)
      const [first, doors, far] = rows
      assert.ok(first !== undefined && first.leaseLeftMs > 0)
      assert.deepEqual(
        { ...first, leaseLeftMs: 0, changes: first.changes.map(({ leader }) => leader) },
        {
          ...{ clusterId: 'keep', pid, name: 'keeper', role: 'leader', decidedBy: 'vote' },
          ...{ term: 1, leader: pid, leaseLeftMs: 0, voters: ['b@stage'], heard: [] },
          changes: ['b@stage'],
        },
      )
      assert.deepEqual([doors?.clusterId, doors?.role], ['doors', 'leader'])
      assert.deepEqual([far?.role, far?.leader, far?.changes], ['observer', undefined, []])
    }))

  it('comes in pages, without what only has such a name', () =>
    systemStage(async (stage) => {
      await led(stage)
      const other = actor(Keeper, { on: { go: () => {} } })
      await stage.settle(stage.b.spawn(other, { name: 'election/other' }))
      const first = await stage.ask('leaders', { limit: 1 })
      const rest = await stage.ask('leaders', { limit: 1, cursor: first.next ?? '' })
      assert.deepEqual([first.rows.length, rest.rows.length, rest.next], [1, 0, undefined])
    }))

  it('steps down when it is told to, and is told of as led anew', () =>
    systemStage(async (stage) => {
      const order = { do: 'leader-step-down', clusterId: 'keep' } as const
      assert.equal(await codeOf(stage.ask('manage', order)), 'NAME_UNKNOWN')
      await led(stage)
      assert.deepEqual(await stage.ask('manage', order), { value: true })
      await stage.pass(2_000)
      const { rows } = await stage.ask('leaders', {})
      assert.ok((rows[0]?.changes.length ?? 0) >= 3)
      const terms = rows[0]?.changes.map(({ term }) => term) ?? []
      assert.deepEqual(
        terms,
        [...terms].sort((one, other) => other - one),
      )
    }, ALLOWED))

  it('is shown and ended by its own node alone', () =>
    systemStage(async (stage) => {
      await led(stage)
      for (const word of ['sight', 'stepDown']) {
        const far = { kind: 'name', name: 'election/keep', node: 'b@stage' } as const
        const refused = stage.settle(stage.a.call(far, word))
        assert.equal(await codeOf(refused), 'NOT_ALLOWED', word)
      }
      const { rows } = await stage.ask('leaders', {})
      assert.equal(rows[0]?.role, 'leader')
    }, ALLOWED))
})

const LONG = 'x'.repeat(20_000)

describe('the configuration of a node', () => {
  const config = { workers: 4, password: 'open', port: '96', many: 2n ** 60n, long: LONG }
  const registrar = staticRegistrar({ config })

  it('is written where that is possible, for whom it is said', () => {
    // Nothing of the hub takes time: the node has a clock of its own.
    const run = (_delayMs: number, due: () => void) => {
      queueMicrotask(due)
      return () => false
    }
    const hub = memoryHub({ clock: { ...virtualClock(), after: run } })
    return systemStage(
      async (stage) => {
        const put = { do: 'config-put', item: 'workers', level: 'cluster', value: 4 } as const
        assert.deepEqual(await stage.ask('manage', put), { value: false })
        const own = { do: 'config-put', item: 'workers', level: 'node', value: 'int:5' } as const
        await stage.ask('manage', own)
        await stage.pass(1)
        const told = await stage.ask('config', {})
        const value = 'int:5'
        const typed = { type: 'string', whole: true, hidden: false } as const
        const row = { item: 'workers', value, ...typed, level: 'node', node: 'b@stage' } as const
        assert.deepEqual(told.rows, [row])
        const gone = { do: 'config-delete', item: 'workers', level: 'node' } as const
        assert.deepEqual(await stage.ask('manage', gone), { value: true })
        await stage.pass(1)
        assert.equal(stage.b.cluster.configItem('workers'), 4)
        const { rows } = await stage.ask('audit', {})
        assert.deepEqual(
          rows.map(({ operation, subject }) => [operation, subject]),
          [
            ['config-delete', 'workers'],
            ['config-put', 'workers'],
            ['config-put', 'workers'],
          ],
        )
      },
      ALLOWED,
      {},
      memoryRegistrar(hub),
    )
  })

  it('is told as it changes without its secrets', () => {
    const run = (_delayMs: number, due: () => void) => {
      queueMicrotask(due)
      return () => false
    }
    const hub = memoryHub({ clock: { ...virtualClock(), after: run } })
    return systemStage(
      async (stage) => {
        const follower = await followerOfB(stage)
        await follower.begin({ of: 'registrar' })
        for (const [item, value] of [
          ['password', 'open sesame'],
          ['workers', 4],
          ['password', 'open barley'],
        ] as const) {
          await stage.ask('manage', { do: 'config-put', item, level: 'cluster', value })
          await stage.pass(1_000)
        }
        assert.ok(!JSON.stringify(follower.told).includes('open'), 'the password is told')
        const changes = follower.records() as readonly { item: string; value: unknown }[]
        assert.deepEqual(
          changes.map(({ item, value }) => [item, value]),
          [
            ['password', '[redacted]'],
            ['workers', 4],
            ['password', '[redacted]'],
          ],
        )
      },
      ALLOWED,
      {},
      memoryRegistrar(hub),
    )
  })

  it('is refused in words where it cannot be written, or is none', () =>
    systemStage(
      async (stage) => {
        const put = { do: 'config-put', item: 'workers', level: 'cluster' }
        const codes: readonly (readonly [object, string])[] = [
          [{ value: 4 }, 'CONFIG_FIXED'],
          [{}, 'OPTION_INVALID'],
          [{ value: { a: 1 } }, 'CONFIG_INVALID'],
          [{ value: null }, 'CONFIG_INVALID'],
          [{ value: Number.NaN }, 'CONFIG_INVALID'],
          [{ value: 4, item: 'a/b' }, 'CONFIG_INVALID'],
          [{ value: 4, item: '__proto__' }, 'CONFIG_INVALID'],
          [{ value: 4, level: 'all' }, 'OPTION_INVALID'],
          [{ value: 4, node: 'b@stage' }, 'OPTION_INVALID'],
          [{ value: 4, level: 'node', node: 'c@stage' }, 'OPTION_INVALID'],
        ]
        for (const [given, code] of codes) {
          const asked = stage.askAnything(stage.a, 'manage', { ...put, ...given })
          assert.equal(await codeOf(asked), code, JSON.stringify(given))
        }
      },
      ALLOWED,
      {},
      staticRegistrar({ config: { workers: 4 } }),
    ))

  it('is told with its level and without its secrets', () =>
    systemStage(
      async (stage) => {
        const { rows } = await stage.ask('config', {})
        const at = { level: 'cluster', node: undefined } as const
        const seen = { whole: true, hidden: false, ...at }
        const [workers, password, port, many, long] = rows
        assert.deepEqual(workers, { item: 'workers', value: 4, type: 'number', ...seen })
        const hidden = { value: '[redacted]', type: 'string', whole: false, hidden: true }
        assert.deepEqual(password, { item: 'password', ...hidden, ...at })
        assert.deepEqual(port, { item: 'port', value: '96', type: 'string', ...seen })
        const value = '1152921504606846976'
        assert.deepEqual(many, { item: 'many', value, type: 'bigint', ...seen })
        assert.deepEqual([long?.whole, long?.hidden, long?.type], [false, false, 'string'])
      },
      {},
      {},
      registrar,
    ))
})
