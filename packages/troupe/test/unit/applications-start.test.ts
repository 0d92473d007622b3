/**
 * How applications start: in order, after what they need, and undone when they cannot.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ApplicationContext, type ApplicationSpec, TroupeError } from '#contract'
import { code, crash, make, member } from '#test/unit/applications-kit'

const states = (table: ReturnType<typeof make>['table']): Record<string, string> =>
  Object.fromEntries(table.infos().map(({ name, state }) => [name, state]))

describe('loading', () => {
  it('takes a name once and gives it back', () => {
    const { table, load } = make()
    load({ name: 'shop', members: [] })
    assert.throws(() => load({ name: 'shop', members: [] }), code('APPLICATION_BUSY'))
    table.unload('shop')
    assert.throws(() => table.unload('shop'), code('APPLICATION_UNKNOWN'))
    load({ name: 'shop', members: [] })
    assert.deepEqual(states(table), { shop: 'loaded' })
  })

  it('is not undone while the application runs or changes', async () => {
    const { clock, table, load } = make()
    load({ name: 'shop', members: [member('a', { startMs: 100, endMs: 100 })] })
    const starting = table.start('shop')
    assert.equal(table.info('shop')?.state, 'starting')
    assert.throws(() => table.unload('shop'), code('APPLICATION_BUSY'))
    await clock.until(starting)
    assert.throws(() => table.unload('shop'), code('APPLICATION_RUNNING'))
    const stopping = table.stop('shop')
    assert.throws(() => table.unload('shop'), code('APPLICATION_BUSY'))
    await clock.until(stopping)
    table.unload('shop')
  })
})

describe('a start', () => {
  it('is init, members in order, then start, then a notice', async () => {
    const { clock, told, notices, table, load } = make()
    load({ name: 'shop', members: [member('a', { startMs: 50 }), member('b')] })
    await clock.until(table.start('shop'))
    assert.deepEqual(told, ['shop: init', 'a starts', 'b starts', 'shop: start'])
    assert.deepEqual(notices, [
      { kind: 'application-started', name: 'shop', mode: 'temporary', reason: undefined },
    ])
  })

  it('tells members their application, environment and level', async () => {
    const { launches, table, load } = make()
    const env = { Region: 'eu', size: 1 }
    load({ name: 'shop', members: [member('a')], env, logLevel: 'debug' })
    await table.start('shop', { env: { SIZE: 2 } })
    assert.deepEqual(launches, [
      { application: 'shop', env: { region: 'eu', size: 2 }, logLevel: 'debug' },
    ])
    await table.stop('shop')
    await table.start('shop', { logLevel: 'error' })
    assert.deepEqual(launches[1]?.logLevel, 'error')
    assert.deepEqual(launches[1]?.env, { region: 'eu', size: 1 })
  })

  it('shows itself in info', async () => {
    const { clock, table, load } = make()
    const roles = { front: 'a' }
    const more = { description: 'sells', version: '1.2.3', weight: 0, tags: ['eu'], roles }
    load({ name: 'shop', members: [member('a', { children: 2 })], ...more })
    const loaded = { name: 'shop', ...more, dependsOn: [], mode: 'temporary', own: false }
    const idle = { state: 'loaded', uptimeMs: 0, processes: 0 }
    assert.deepEqual(table.info('shop'), { ...loaded, ...idle })
    await table.start('shop', { mode: 'permanent' })
    await clock.advance(250)
    const running = { state: 'running', uptimeMs: 250, processes: 3, mode: 'permanent' }
    assert.deepEqual(table.info('shop'), { ...loaded, ...running })
    assert.equal(table.info('nobody'), undefined)
  })

  it('of a running application is refused with APPLICATION_RUNNING', async () => {
    const { table, load } = make()
    load({ name: 'shop', members: [member('a')] })
    const both = [table.start('shop'), table.start('shop')]
    const [first, second] = await Promise.allSettled(both)
    assert.equal(first?.status, 'fulfilled')
    assert.ok(second?.status === 'rejected' && code('APPLICATION_RUNNING')(second.reason))
  })

  it('of what is not loaded is refused with APPLICATION_UNKNOWN', async () => {
    const { table } = make()
    await assert.rejects(table.start('shop'), code('APPLICATION_UNKNOWN'))
    await assert.rejects(table.stop('shop'), code('APPLICATION_UNKNOWN'))
  })

  it('refuses wrong options', async () => {
    const { table, load } = make()
    load({ name: 'shop', members: [] })
    const wrong = { mode: 'eternal' } as unknown as { mode: 'permanent' }
    await assert.rejects(table.start('shop', wrong), code('OPTION_INVALID'))
    assert.deepEqual(states(table), { shop: 'loaded' })
  })

  it('may have no members: the application runs until it is stopped', async () => {
    const { told, table, load } = make()
    load({ name: 'library', members: [] })
    await table.start('library')
    assert.deepEqual(states(table), { library: 'running' })
    await table.stop('library')
    assert.deepEqual(told, [
      'library: init',
      'library: start',
      'library: stop',
      'library: terminate',
    ])
  })
})

describe('a start that fails', () => {
  const failed = (problem: RegExp) => (thrown: unknown) =>
    TroupeError.is(thrown, 'APPLICATION_START_FAILED') &&
    problem.test(String(thrown.detail.problem))

  it('in init leaves nothing behind and does not terminate', async () => {
    const { told, notices, table, load } = make()
    const init = (): never => {
      throw new TypeError('no database')
    }
    load({ name: 'shop', members: [member('a')], init })
    await assert.rejects(table.start('shop'), failed(/TypeError: no database/))
    assert.deepEqual([told, notices, states(table)], [[], [], { shop: 'loaded' }])
  })

  it('gives the cause', async () => {
    const { table, load } = make()
    const cause = new TypeError('no database')
    load({ name: 'shop', members: [], init: () => Promise.reject(cause) })
    const thrown = await table.start('shop').catch((error: unknown) => error)
    assert.equal((thrown as Error).cause, cause)
  })

  it('in an init that takes too long is given up after 15 s', async () => {
    const { clock, table, load } = make()
    load({ name: 'shop', members: [], init: () => new Promise(() => {}) })
    const starting = table.start('shop')
    starting.catch(() => {})
    await assert.rejects(clock.until(starting), failed(/init did not finish within 15000 ms/))
    assert.equal(clock.nowMs(), 15_000)
  })

  it('in a member stops those before it in reverse order, then terminates', async () => {
    const { told, notices, table, load } = make()
    load({ name: 'shop', members: [member('a'), member('b'), member('c', { fails: true })] })
    await assert.rejects(table.start('shop'), failed(/it said no/))
    assert.deepEqual(told, [
      'shop: init',
      'a starts',
      'b starts',
      'b ends: shutdown',
      'a ends: shutdown',
      'shop: terminate',
    ])
    assert.deepEqual([notices, states(table)], [[], { shop: 'loaded' }])
  })

  it('because a member crashed meanwhile is undone too', async () => {
    const { clock, end, table, load } = make()
    load({ name: 'shop', members: [member('a'), member('b', { startMs: 100 })], mode: 'transient' })
    const starting = table.start('shop')
    starting.catch(() => {})
    await clock.advance(50)
    end('a', crash)
    await assert.rejects(clock.until(starting), failed(/a member ended: crash \(Error: boom\)/))
    assert.deepEqual(states(table), { shop: 'loaded' })
  })

  it('can be tried again', async () => {
    let tries = 0
    const { table, load } = make()
    const init = (): void => {
      tries += 1
      if (tries === 1) throw new TypeError('not yet')
    }
    load({ name: 'shop', members: [member('a')], init })
    await assert.rejects(table.start('shop'), failed(/not yet/))
    await table.start('shop')
    assert.deepEqual(states(table), { shop: 'running' })
  })
})

describe('the callback after a start', () => {
  it('does not undo it: a throw is logged', async () => {
    const { logged, table, load } = make()
    const start = (): never => {
      throw new TypeError('no')
    }
    load({ name: 'shop', members: [member('a')], start })
    await table.start('shop')
    assert.deepEqual([states(table), logged], [{ shop: 'running' }, ['start failed']])
  })

  it('is waited for until its time is over', async () => {
    const { clock, logged, table, load } = make()
    const start = (): Promise<void> => new Promise(() => {})
    load({ name: 'shop', members: [member('a')], start, startTimeoutMs: 70 })
    await clock.until(table.start('shop'))
    assert.deepEqual([clock.nowMs(), logged], [70, ['start did not finish in time']])
  })

  it('knows its name, mode, environment and the time it has left', async () => {
    const { clock, table, load } = make()
    const seen: unknown[] = []
    const start = async (context: ApplicationContext): Promise<void> => {
      seen.push(context.name, context.mode, context.env('REGION'), context.env('from-node'))
      seen.push(context.remainingMs())
      await new Promise<void>((resolve) => clock.after(400, resolve))
      seen.push(context.remainingMs())
    }
    load({ name: 'shop', members: [], start, env: { region: 'eu' }, startTimeoutMs: 1_000 })
    await clock.until(table.start('shop', { mode: 'transient' }))
    assert.deepEqual(seen, ['shop', 'transient', 'eu', 'node', 1_000, 600])
  })

  it('may be a method of an object', async () => {
    class Shop implements ApplicationSpec {
      readonly name = 'shop'
      readonly members = []
      calls = 0
      init(): void {
        this.calls += 1
      }
      terminate(): void {
        this.calls += 10
      }
    }
    const { table } = make()
    const shop = new Shop()
    table.load(shop)
    await table.start('shop')
    await table.stop('shop')
    assert.equal(shop.calls, 11)
  })
})

describe('dependencies', () => {
  const chain = (env: ReturnType<typeof make>): void => {
    env.load({ name: 'web', members: [member('w')], dependsOn: ['shop'] })
    env.load({ name: 'shop', members: [member('s')], dependsOn: ['disk'], mode: 'transient' })
    env.load({ name: 'disk', members: [member('d')], mode: 'permanent' })
  }

  it('are started first, each in its own mode, and left alone when they run', async () => {
    const env = make()
    chain(env)
    await env.table.start('disk')
    await env.table.start('web', { mode: 'transient', env: { a: 1 } })
    assert.deepEqual(
      env.notices.map(({ name, mode }) => [name, mode]),
      [
        ['disk', 'permanent'],
        ['shop', 'transient'],
        ['web', 'transient'],
      ],
    )
    assert.deepEqual(env.launches[1]?.env, {})
    assert.deepEqual(env.table.running(), ['disk', 'shop', 'web'])
  })

  it('that are not loaded, or go in a circle, are told by APPLICATION_DEPENDENCY', async () => {
    const { table, load, told } = make()
    load({ name: 'web', members: [], dependsOn: ['shop'] })
    await assert.rejects(table.start('web'), /web needs shop, which is not loaded/)
    load({ name: 'shop', members: [], dependsOn: ['disk'] })
    await assert.rejects(table.start('web'), /needs disk, which is not loaded \(needed by shop\)/)
    load({ name: 'disk', members: [], dependsOn: ['shop'] })
    const circle = /needs itself in a circle: shop -> disk -> shop/
    await assert.rejects(table.start('web'), circle)
    await assert.rejects(table.start('web'), code('APPLICATION_DEPENDENCY'))
    assert.deepEqual(told, [])
  })

  it('that do not start are named, with the reason', async () => {
    const { table, load } = make()
    load({ name: 'web', members: [], dependsOn: ['shop'] })
    load({ name: 'shop', members: [member('s', { fails: true })] })
    const told = /web needs shop, which does not start: .*it said no/
    await assert.rejects(table.start('web'), told)
    assert.deepEqual(states(table), { web: 'loaded', shop: 'loaded' })
  })

  it('are shared by starts at the same time', async () => {
    const { clock, table, load, told } = make()
    load({ name: 'a', members: [], dependsOn: ['base'] })
    load({ name: 'b', members: [], dependsOn: ['base'] })
    load({ name: 'base', members: [member('m', { startMs: 100 })] })
    await clock.until(Promise.all([table.start('a'), table.start('b')]))
    assert.equal(told.filter((step) => step === 'm starts').length, 1)
    assert.deepEqual(states(table), { a: 'running', b: 'running', base: 'running' })
  })

  it('do not hold up applications that do not share them', async () => {
    const { clock, table, load } = make()
    load({ name: 'slow', members: [member('m', { startMs: 10_000 })] })
    load({ name: 'quick', members: [] })
    const slow = table.start('slow')
    await clock.until(table.start('quick'))
    assert.equal(clock.nowMs(), 0)
    await clock.until(slow)
  })
})
