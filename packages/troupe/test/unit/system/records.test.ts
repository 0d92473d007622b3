/**
 * What a node keeps of its log and its dead letters, and who is told of it as it happens.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DeadLetterSheet, type LogSheet, Pid, processName } from 'troupe'
import { followerOfB } from './follower-kit.js'
import { aloneStage, codeOf, systemStage } from './system-kit.js'

describe('the log of a node', () => {
  it('is kept and told the newest first, filtered at the node, in pages', () =>
    systemStage(async (stage) => {
      const { log } = stage.b
      for (let at = 0; at < 6; at += 1) log.info(`sold ${at}`, { at, password: 'x' })
      log.warning('Out of stock', { item: 'fig' })
      const { rows, kept } = await stage.ask('logs', { search: 'sold', limit: 4 })
      assert.deepEqual(
        rows.map(({ message }) => message),
        ['sold 5', 'sold 4', 'sold 3', 'sold 2'],
      )
      assert.deepEqual(rows[0]?.fields, { at: 5, password: '[redacted]' })
      assert.ok(kept >= 7)
      const first = await stage.ask('logs', { search: 'sold', limit: 4 })
      log.info('sold meanwhile')
      const cursor = first.next ?? ''
      const second = await stage.ask('logs', { search: 'sold', limit: 4, cursor })
      assert.deepEqual(
        second.rows.map(({ message }) => message),
        ['sold 1', 'sold 0'],
        'what is newer moves nothing',
      )
      const warnings = await stage.ask('logs', { level: 'warning', search: 'STOCK' })
      assert.deepEqual(
        warnings.rows.map(({ message, level, source }) => [message, level, source.kind]),
        [['Out of stock', 'warning', 'node']],
      )
    }))

  it('keeps no more than it may, and nothing of the program', () =>
    systemStage(
      async (stage) => {
        const { log } = stage.b
        for (let at = 0; at < 30; at += 1) log.info(`line ${at}`, { big: 'y'.repeat(100_000) })
        const { rows, kept, gone } = await stage.ask('logs', { limit: 500 })
        assert.deepEqual([rows.length, kept], [10, 10])
        assert.ok(gone >= 20)
        assert.equal(rows[0]?.message, 'line 29')
        assert.ok(JSON.stringify(rows).length < 10 * 6_000)
      },
      { logRecordsMax: 10 },
    ))

  it('is told to a process that follows, from a level on', () =>
    systemStage(async (stage) => {
      const follower = await followerOfB(stage)
      await follower.begin({ of: 'logs', level: 'warning', search: 'stock' })
      stage.b.log.info('stock is fine')
      stage.b.log.warning('stock is low')
      stage.b.log.error('stock is gone')
      await stage.pass(500)
      assert.deepEqual(
        (follower.records() as readonly LogSheet[]).map(({ message }) => message),
        ['stock is low', 'stock is gone'],
      )
      assert.equal(follower.told.length, 1, 'they came together')
    }))

  it('in a storm is told at most so often, and what was left out is counted', () =>
    systemStage(async (stage) => {
      const follower = await followerOfB(stage)
      await follower.begin({ of: 'logs', perSecondMax: 50 })
      for (let at = 0; at < 10_000; at += 1) stage.b.log.info('storm')
      await stage.pass(999)
      assert.equal(follower.records().length, 50)
      assert.equal(follower.leftOut(), 9_950)
      await stage.pass(1_000)
      stage.b.log.info('calm')
      await stage.pass(500)
      assert.equal(follower.records().length, 51)
    }))
})

describe('the process that shows a node', () => {
  it('starts anew when it ends, and what was kept is still there', () =>
    systemStage(async (stage) => {
      const { b } = stage
      b.log.info('before its end')
      const before = b.whereis('system') as Pid
      b.kill(before)
      await stage.pass(1_000)
      assert.notEqual(b.whereis('system')?.id, before.id)
      const { rows } = await stage.ask('logs', { search: 'before its end' })
      assert.equal(rows.length, 1)
      const follower = await followerOfB(stage)
      await follower.begin({ of: 'logs' })
      b.log.info('after it')
      await stage.pass(500)
      assert.equal(follower.records().length, 1)
    }))

  it('keeps no records where none are wanted, and tells who follows all the same', () =>
    systemStage(
      async (stage) => {
        const { b } = stage
        b.log.info('nobody')
        assert.equal((await stage.ask('logs', {})).rows.length, 0)
        const follower = await followerOfB(stage)
        await follower.begin({ of: 'logs' })
        b.log.info('somebody')
        await stage.pass(500)
        assert.equal(follower.records().length, 1)
      },
      { logRecordsMax: 0 },
    ))
})

describe('dead letters', () => {
  it('are kept, told and followed, by cause', () =>
    systemStage(async (stage) => {
      const { b } = stage
      const follower = await followerOfB(stage)
      await follower.begin({ of: 'dead-letters', cause: 'process-unknown' })
      b.send(processName('nobody'), 'hello' as never)
      b.send(Pid.of(b.name, 4_711, b.creation), 'anybody')
      await stage.pass(500)
      const { rows, dropped } = await stage.ask('deadLetters', {})
      assert.deepEqual(
        rows.map(({ message, to, cause }) => [message, to, cause]),
        [
          ['anybody', '<b@stage.4711>', 'process-unknown'],
          ['hello', 'nobody', 'process-unknown'],
        ],
      )
      assert.equal(dropped['process-unknown'], 2)
      assert.deepEqual(
        (follower.records() as readonly DeadLetterSheet[]).map(({ message }) => message),
        ['hello', 'anybody'],
      )
      assert.equal((await stage.ask('deadLetters', { cause: 'mailbox-full' })).rows.length, 0)
    }))
})

describe('a follow', () => {
  it('ends when it is told to, and only by who began it', () =>
    systemStage(async (stage) => {
      const follower = await followerOfB(stage)
      const other = await followerOfB(stage)
      const { follow } = await follower.begin({ of: 'logs' })
      assert.equal(await other.end(follow), false)
      assert.equal(await follower.end(follow), true)
      assert.equal(await follower.end(follow), false)
      stage.b.log.info('nobody listens')
      await stage.pass(500)
      assert.deepEqual(follower.records(), [])
    }))

  it('ends with its process', () =>
    systemStage(async (stage) => {
      const { a, b } = stage
      const follower = await followerOfB(stage)
      await follower.begin({ of: 'logs' })
      const followsOf = async (): Promise<unknown> =>
        (await stage.ask('process', { name: 'system' })).inspected?.['follows']
      assert.equal(await followsOf(), 1)
      a.kill(follower.pid)
      await stage.pass(50)
      b.log.info('after its end')
      await stage.pass(500)
      assert.equal(await followsOf(), 0)
      const { rows } = await stage.ask('deadLetters', {})
      assert.deepEqual(rows, [], 'nothing was sent to it any more')
    }))

  it('ends with its node', () =>
    systemStage(async (stage) => {
      const c = await stage.third()
      const follower = await followerOfB(stage, c)
      await follower.begin({ of: 'logs' })
      await stage.settle(c.stop())
      await stage.pass(100)
      const { inspected } = await stage.ask('process', { name: 'system' })
      assert.equal(inspected?.['follows'], 0)
    }))

  it('ends after an hour, and tells so', () =>
    aloneStage(async (stage) => {
      const follower = await followerOfB(stage, stage.b)
      await follower.begin({ of: 'logs' })
      await stage.pass(3_600_500)
      assert.match(String(follower.told.at(-1)?.ended), /hour/)
      stage.b.log.info('too late')
      await stage.pass(500)
      assert.deepEqual(follower.records(), [])
    }))

  it('of the events of the node needs them to be there', () =>
    systemStage(async (stage) => {
      const follower = await followerOfB(stage)
      await follower.begin({ of: 'node' })
      const { b } = stage
      b.loadApplication({ name: 'shop', members: [] })
      await stage.settle(b.startApplication('shop'))
      await stage.pass(500)
      const [first] = follower.records() as readonly { kind: string; name: string }[]
      assert.deepEqual([first?.kind, first?.name], ['application-started', 'shop'])
      await follower.begin({ of: 'membership' })
      await follower.begin({ of: 'registrar' })
      await aloneStage(async (alone) => {
        const lonely = await followerOfB(alone)
        assert.equal(await codeOf(lonely.begin({ of: 'registrar' })), 'EVENT_UNKNOWN')
      })
    }))

  it('that is asked for again stands for the earlier one, and nothing is lost', () =>
    systemStage(async (stage) => {
      const follower = await followerOfB(stage)
      const other = await followerOfB(stage)
      await other.begin({ of: 'logs', level: 'warning' })
      // As of one whose answers all come too late.
      for (let at = 0; at < 40; at += 1) await follower.begin({ of: 'logs', level: 'warning' })
      stage.b.log.warning('before')
      const { follow } = await follower.begin({ of: 'logs', level: 'warning' })
      stage.b.log.warning('after')
      await stage.pass(500)
      const told = (follower.records() as readonly LogSheet[]).map(({ message }) => message)
      assert.deepEqual(told, ['before', 'after'])
      assert.ok(follower.told.every((one) => one.follow === follow))
      assert.equal(other.records().length, 2, 'that of another process goes on')
      const { inspected } = await stage.ask('process', { name: 'system' })
      assert.equal(inspected?.['follows'], 2)
    }))

  it('of a key stands for another of that key, and ends by it', () =>
    systemStage(async (stage) => {
      const follower = await followerOfB(stage)
      const logs = { of: 'logs', level: 'warning' } as const
      await follower.begin({ ...logs, key: 'mine' })
      await follower.begin({ ...logs, key: 'yours' })
      await follower.begin({ of: 'dead-letters', key: 'mine' })
      stage.b.log.warning('once')
      await stage.pass(500)
      assert.equal(follower.records().length, 1)
      assert.equal(await follower.end({ key: 'yours' }), true)
      assert.equal(await follower.end({ key: 'yours' }), false)
      stage.b.log.warning('twice')
      await stage.pass(500)
      assert.equal(follower.records().length, 1)
    }))

  it('cannot be had in numbers, by a node itself, or of what is not there', () =>
    systemStage(async (stage) => {
      const follower = await followerOfB(stage)
      for (let at = 0; at < 16; at += 1) await follower.begin({ of: 'logs', key: `${at}` })
      assert.equal(await codeOf(follower.begin({ of: 'logs' })), 'INSPECTION_LIMITED')
      const { a } = stage
      const codes: readonly (readonly [unknown, string])[] = [
        [{ of: 'logs' }, 'NOT_ALLOWED'],
        [{ of: 'everything' }, 'OPTION_INVALID'],
        [{}, 'OPTION_INVALID'],
        [{ of: 'logs', perSecondMax: 1_001 }, 'OPTION_INVALID'],
        [{ of: 'logs', level: 'loud' }, 'OPTION_INVALID'],
        [{ of: 'dead-letters', cause: 'bad luck' }, 'OPTION_INVALID'],
      ]
      for (const [given, code] of codes) {
        assert.equal(await codeOf(stage.askAnything(a, 'follow', given)), code)
      }
      for (const given of [
        undefined,
        {},
        { follow: -1 },
        { follow: 'all' },
        { follow: 1, key: 'a' },
      ]) {
        assert.equal(await codeOf(stage.askAnything(a, 'unfollow', given)), 'OPTION_INVALID')
      }
    }))
})
