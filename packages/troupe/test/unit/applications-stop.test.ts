/**
 * How applications stop: on request, by their mode, in reverse order, bounded in time.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { code, crash, make, member } from '#test/unit/applications-kit'

const forEver = (): Promise<never> => new Promise(() => {})

describe('a stop', () => {
  it('is stop, members in reverse order one after another, terminate, then a notice', async () => {
    const { clock, told, notices, table, load } = make()
    load({ name: 'shop', members: [member('a'), member('b', { endMs: 50 }), member('c')] })
    await table.start('shop')
    told.length = 0
    await clock.until(table.stop('shop'))
    assert.deepEqual(told, [
      'shop: stop',
      'c ends: shutdown',
      'b ends: shutdown',
      'a ends: shutdown',
      'shop: terminate',
    ])
    assert.equal(clock.nowMs(), 50)
    assert.deepEqual(notices[1], {
      kind: 'application-stopped',
      name: 'shop',
      mode: 'temporary',
      reason: 'shutdown',
    })
  })

  it('takes every other process with it before terminate runs', async () => {
    const { clock, told, create, processes, table, load } = make()
    load({ name: 'shop', members: [member('a', { children: 2 })] })
    await table.start('shop')
    create('shop', 'outside', { endMs: 30 })
    create('other', 'of another', {})
    told.length = 0
    await clock.until(table.stop('shop'))
    assert.deepEqual(told, [
      'shop: stop',
      'a ends: shutdown',
      'a.1 ends: shutdown',
      'a.2 ends: shutdown',
      'outside ends: shutdown',
      'shop: terminate',
    ])
    assert.equal(processes.size, 1)
  })

  it('by force kills what runs, also of dependants and also when it stops already', async () => {
    const { clock, told, table, load } = make()
    const stuck = (name: string) => member(name, { endMs: Number.POSITIVE_INFINITY })
    load({ name: 'store', members: [stuck('disk')] })
    load({ name: 'shop', dependsOn: ['store'], members: [stuck('till')], stop: forEver })
    await clock.until(table.start('shop'))
    told.length = 0
    const stopping = table.stop('store')
    await clock.advance(100)
    await clock.until(table.stop('store', { force: true }))
    await stopping
    assert.ok(clock.nowMs() < 200, 'nothing was waited for')
    assert.deepEqual(
      told.filter((line) => line.includes('kill')),
      ['till ends: killed', 'disk ends: killed'],
    )
    assert.equal(table.info('store')?.state, 'loaded')
    await assert.rejects(table.stop('store', { force: 'yes' as never }), code('OPTION_INVALID'))
  })

  it('by force leaves the next start and stop their time', async () => {
    const { clock, told, table, load } = make()
    load({ name: 'shop', members: [member('a', { endMs: 50 })] })
    await table.start('shop')
    await clock.until(table.stop('shop', { force: true }))
    await table.start('shop')
    told.length = 0
    await clock.until(table.stop('shop'))
    assert.ok(told.includes('a ends: shutdown'))
  })

  it('kills a member that does not end in its time, and goes on', async () => {
    const { clock, told, logged, table, load } = make()
    const stuck = member('stuck', { endMs: Number.POSITIVE_INFINITY })
    load({ name: 'shop', members: [member('a'), stuck, member('c')], stopTimeoutMs: 200 })
    await table.start('shop')
    told.length = 0
    await clock.until(table.stop('shop'))
    assert.deepEqual(told.slice(1, 4), [
      'c ends: shutdown',
      'stuck ends: killed',
      'a ends: shutdown',
    ])
    assert.equal(clock.nowMs(), 200)
    assert.deepEqual(logged, ['a member did not end in time and is killed'])
  })

  it('kills what is left of its descendants, also what is born meanwhile', async () => {
    const env = make()
    const { clock, told, create, table, load, verbs } = env
    let births = 0
    const { kill } = verbs
    Object.assign(verbs, {
      kill: (pid: Parameters<typeof kill>[0]) => {
        births += 1
        if (births < 4) create('shop', `born ${births}`, { endMs: Number.POSITIVE_INFINITY })
        kill(pid)
      },
    })
    load({ name: 'shop', members: [member('a')], stopTimeoutMs: 100 })
    await table.start('shop')
    create('shop', 'stray', { endMs: Number.POSITIVE_INFINITY })
    await clock.until(table.stop('shop'))
    assert.equal(env.processes.size, 0)
    assert.ok(told.includes('born 3 ends: killed'))
    assert.equal(told.at(-1), 'shop: terminate')
  })

  it('waits 15 s for the stop callback and no longer', async () => {
    const { clock, told, logged, table, load } = make()
    load({ name: 'shop', members: [member('a')], stop: forEver })
    await table.start('shop')
    await clock.until(table.stop('shop'))
    assert.equal(clock.nowMs(), 15_000)
    assert.deepEqual(logged, ['stop did not finish in time'])
    assert.equal(told.at(-1), 'shop: terminate')
  })

  it('goes on when stop or terminate throw', async () => {
    const { logged, table, load } = make()
    const boom = (): never => {
      throw new TypeError('boom')
    }
    load({ name: 'shop', members: [member('a')], stop: boom, terminate: boom })
    await table.start('shop')
    await table.stop('shop')
    assert.deepEqual(logged, ['stop failed', 'terminate failed'])
    assert.equal(table.info('shop')?.state, 'loaded')
  })

  it('of what does not run has no effect', async () => {
    const { told, table, load } = make()
    load({ name: 'shop', members: [] })
    await table.stop('shop')
    assert.deepEqual(told, [])
  })

  it('goes on when its caller waits no longer, who is told APPLICATION_STOP_TIMEOUT', async () => {
    const { clock, table, load } = make()
    load({ name: 'shop', members: [member('a', { endMs: 500 })] })
    await table.start('shop')
    const stopping = table.stop('shop', { timeoutMs: 100 })
    stopping.catch(() => {})
    await assert.rejects(clock.until(stopping), code('APPLICATION_STOP_TIMEOUT'))
    assert.equal(clock.nowMs(), 100)
    assert.equal(table.info('shop')?.state, 'stopping')
    await clock.advance(400)
    assert.equal(table.info('shop')?.state, 'loaded')
    await assert.rejects(table.stop('shop', { timeoutMs: 0 }), code('OPTION_INVALID'))
  })

  it('stops dependants first and leaves dependencies running', async () => {
    const { notices, table, load } = make()
    load({ name: 'web', members: [member('w')], dependsOn: ['shop'] })
    load({ name: 'shop', members: [member('s')], dependsOn: ['disk'] })
    load({ name: 'disk', members: [member('d')] })
    await table.start('web')
    notices.length = 0
    await table.stop('shop')
    assert.deepEqual(
      notices.map(({ name }) => name),
      ['web', 'shop'],
    )
    assert.deepEqual(table.running(), ['disk'])
  })

  it('can be followed by a start', async () => {
    const { told, table, load } = make()
    load({ name: 'shop', members: [member('a')] })
    await table.start('shop')
    const steps = [table.stop('shop'), table.start('shop')]
    await Promise.all(steps)
    assert.equal(table.info('shop')?.state, 'running')
    assert.equal(told.filter((step) => step === 'a starts').length, 2)
    assert.equal(table.info('shop')?.processes, 1)
  })

  it('asked for during a start waits for it', async () => {
    const { clock, told, table, load } = make()
    load({ name: 'shop', members: [member('a', { startMs: 100 })] })
    const starting = table.start('shop')
    await clock.until(table.stop('shop'))
    await starting
    assert.deepEqual(told.slice(-3), ['shop: stop', 'a ends: shutdown', 'shop: terminate'])
  })
})

describe('a mode', () => {
  it('temporary goes on until the last member has ended', async () => {
    const { clock, end, notices, table, load } = make()
    load({ name: 'shop', members: [member('a'), member('b')] })
    await table.start('shop')
    end('a', crash)
    await clock.settle()
    assert.equal(table.info('shop')?.state, 'running')
    end('b', 'normal')
    await clock.settle()
    assert.equal(table.info('shop')?.state, 'loaded')
    assert.equal(notices.at(-1)?.reason, 'normal')
  })

  it('transient stops when a member ends abnormally, and says why', async () => {
    const { clock, end, told, notices, table, load } = make()
    load({ name: 'shop', members: [member('a'), member('b'), member('c')], mode: 'transient' })
    await table.start('shop')
    end('c', 'normal')
    await clock.settle()
    assert.equal(table.info('shop')?.state, 'running')
    end('b', crash)
    await clock.settle()
    assert.equal(table.info('shop')?.state, 'loaded')
    assert.equal(notices.at(-1)?.reason, crash)
    assert.deepEqual(told.slice(-3), ['shop: stop', 'a ends: shutdown', 'shop: terminate'])
  })

  it('permanent stops when any member ends', async () => {
    const { clock, end, table, load } = make()
    load({ name: 'shop', members: [member('a'), member('b')] })
    await table.start('shop', { mode: 'permanent' })
    end('a', 'normal')
    await clock.settle()
    assert.equal(table.info('shop')?.state, 'loaded')
  })

  it('that stops an application stops its dependants first', async () => {
    const { clock, end, notices, table, load } = make()
    load({ name: 'web', members: [member('w')], dependsOn: ['shop'] })
    load({ name: 'shop', members: [member('s')], mode: 'permanent' })
    await table.start('web')
    end('s', crash)
    await clock.settle()
    assert.deepEqual(
      notices.slice(2).map(({ name, reason }) => [name, reason]),
      [
        ['web', 'shutdown'],
        ['shop', crash],
      ],
    )
  })

  it('lets a start succeed whose only member is done at once', async () => {
    const { clock, end, notices, table, load } = make()
    load({ name: 'job', members: [member('a')], start: () => end('a', 'normal') })
    await table.start('job')
    await clock.settle()
    assert.deepEqual(
      notices.map(({ kind, reason }) => [kind, reason]),
      [
        ['application-started', undefined],
        ['application-stopped', 'normal'],
      ],
    )
  })

  it('says nothing about a run that was started later', async () => {
    const { clock, end, told, table, load } = make()
    load({ name: 'shop', members: [member('a')], mode: 'permanent' })
    load({ name: 'web', members: [member('w', { startMs: 100 })], dependsOn: ['shop'] })
    await table.start('shop')
    // The start of web holds the turn of shop, so the stop, the start and what the mode decides
    // about the crash wait for it in this order.
    const changes = [table.start('web'), table.stop('shop'), table.start('shop')]
    end('a', crash)
    await clock.until(Promise.all(changes))
    await clock.settle()
    assert.equal(table.info('shop')?.state, 'running')
    assert.equal(told.filter((step) => step === 'a starts').length, 2)
  })
})

describe('the end of a node', () => {
  it('stops all applications, the one started last first, and starts no more', async () => {
    const { notices, table, load } = make()
    for (const name of ['c', 'a', 'b']) load({ name, members: [member(`m${name}`)] })
    for (const name of ['a', 'b', 'c']) await table.start(name)
    notices.length = 0
    const both = [table.stopAll(), table.stopAll()]
    await assert.rejects(table.start('a'), code('NODE_STOPPED'))
    assert.throws(() => load({ name: 'd', members: [] }), code('NODE_STOPPED'))
    await Promise.all(both)
    assert.deepEqual(
      notices.map(({ name }) => name),
      ['c', 'b', 'a'],
    )
  })

  it('waits for nothing after its time is over', async () => {
    const { clock, told, processes, table, load } = make()
    const stuck = member('stuck', { endMs: Number.POSITIVE_INFINITY, children: 3 })
    load({ name: 'a', members: [member('early')], stop: forEver, terminate: forEver })
    load({ name: 'b', members: [stuck], stop: forEver, terminate: forEver })
    await table.start('a')
    await table.start('b')
    await clock.until(table.stopAll(100))
    assert.equal(clock.nowMs(), 100)
    assert.equal(processes.size, 0)
    assert.deepEqual(told.slice(-2), ['stuck.3 ends: killed', 'early ends: shutdown'])
    assert.equal(clock.pending(), 0)
  })

  it('breaks off a start between two members', async () => {
    const { clock, told, table, load } = make()
    load({ name: 'shop', members: [member('a', { startMs: 100 }), member('b', { startMs: 100 })] })
    const starting = table.start('shop')
    starting.catch(() => {})
    await clock.advance(50)
    await clock.until(table.stopAll())
    await assert.rejects(starting, code('APPLICATION_START_FAILED'))
    assert.deepEqual(told, ['shop: init', 'a starts', 'a ends: shutdown', 'shop: terminate'])
  })
})
