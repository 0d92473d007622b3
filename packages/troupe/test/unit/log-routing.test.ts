/**
 * The log of a node: levels, sinks, pinning, failing sinks, processes as sinks.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type LogRecord, type LogSink, type LogSource, Pid, TroupeError } from '#contract'
import { Log, type LogVerbs, memorySink } from '#runtime/log/index'
import { virtualClock } from '#testing/virtual-clock'

const counter = Pid.of('unit@test', 7, 1)
const other = Pid.of('unit@test', 8, 1)

const source = (pid = counter): LogSource => ({
  kind: 'process',
  pid,
  name: 'counter',
  behaviour: 'counterActor',
  application: undefined,
})

function make(verbs: Partial<LogVerbs> = {}) {
  const clock = virtualClock({ startWallMs: 1_000 })
  const sink = memorySink()
  const sent: { readonly pid: Pid; readonly record: LogRecord }[] = []
  const sendRecord = (pid: Pid, record: LogRecord): boolean => sent.push({ pid, record }) > 0
  const log = new Log({
    clock,
    source: { kind: 'node', node: 'unit@test' },
    level: 'info',
    sinks: [sink],
    sendRecord,
    setProcessLevel: () => true,
    ...verbs,
  })
  return { clock, sink, sent, log }
}

const failing = (name = 'broken'): LogSink => ({
  name,
  write: () => {
    throw new TypeError('disk full')
  },
})

const code = (expected: string) => (thrown: unknown) =>
  TroupeError.is(thrown) && thrown.code === expected

describe('a record', () => {
  it('holds the time, level, source, message and fields', () => {
    const { log, sink } = make()
    log.warning('low', { left: 3 })
    assert.deepEqual(sink.records(), [
      {
        timeMs: 1_000,
        level: 'warning',
        source: { kind: 'node', node: 'unit@test' },
        message: 'low',
        fields: { left: 3 },
        pinned: undefined,
      },
    ])
  })

  it('carries the fields of its logger and its own, which win', () => {
    const { log, sink } = make()
    log.with({ a: 1, b: 1 }).with({ b: 2, c: 2 }).info('x', { c: 3 })
    assert.deepEqual(sink.records()[0]?.fields, { a: 1, b: 2, c: 3 })
  })

  it('is written although one of its fields cannot be read', () => {
    const { log, sink } = make()
    const hostile = Object.defineProperty({}, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no')
      },
    })
    log.with({ a: 1 }).info('x', hostile)
    assert.equal(sink.records()[0]?.fields['a'], 1)
    assert.match(String(sink.records()[0]?.fields['unreadable']), /cannot be read/)
  })

  it('asks for its source only when its level is on', () => {
    const { log } = make()
    let asked = 0
    const logger = log.forProcess(() => {
      asked += 1
      return source()
    })
    logger.debug('quiet')
    assert.equal(asked, 0)
    logger.info('loud')
    assert.equal(asked, 1)
  })
})

describe('a level', () => {
  it('lets through what is at or above it', () => {
    const { log, sink } = make({ level: 'warning' })
    log.trace('1')
    log.debug('2')
    log.info('3')
    log.warning('4')
    log.error('5')
    assert.deepEqual(sink.messages(), ['4', '5'])
  })

  it('of the node is followed by processes that have none of their own', () => {
    const { log, sink } = make()
    const follower = log.forProcess(() => source())
    const independent = log.forProcess(() => source(), 'error')
    log.setLevel('debug')
    follower.debug('follows')
    independent.debug('does not')
    assert.deepEqual(sink.messages(), ['follows'])
    assert.equal(follower.level, 'debug')
    assert.equal(independent.level, 'error')
  })

  it('set on a process changes neither the node nor other processes', () => {
    const { log, sink } = make()
    const one = log.forProcess(() => source())
    const two = log.forProcess(() => source(other))
    one.with({ a: 1 }).setLevel('trace')
    one.trace('one')
    two.trace('two')
    log.trace('node')
    assert.deepEqual(sink.messages(), ['one'])
    log.setLevel('silent')
    one.trace('one again')
    two.error('two again')
    assert.deepEqual(sink.messages(), ['one', 'one again'])
  })

  it('can be shared by the processes of an application', () => {
    const { log, sink } = make()
    const cell = { level: 'silent' as const, rank: 5 }
    log.forProcess(() => source(), cell).error('x')
    assert.deepEqual(sink.messages(), [])
  })

  it('silent lets nothing through', () => {
    const { log, sink } = make({ level: 'silent' })
    log.error('x')
    assert.deepEqual(sink.messages(), [])
    assert.equal(log.counts().error, 0)
  })

  it('that is none is refused with OPTION_INVALID', () => {
    const { log } = make()
    const refused = code('OPTION_INVALID')
    assert.throws(() => log.setLevel('loud' as 'info'), refused)
    assert.throws(() => log.setLevel('constructor' as 'info'), refused)
    assert.throws(() => log.forProcess(() => source()).setLevel('loud' as 'info'), refused)
    assert.throws(() => make({ level: 'loud' as 'info' }), refused)
  })

  it('of a process is set through the node', () => {
    const asked: unknown[] = []
    const setProcessLevel = (pid: Pid, level: unknown): boolean => {
      asked.push([pid, level])
      return pid === counter
    }
    const { log } = make({ setProcessLevel })
    log.setProcessLevel(counter, 'debug')
    assert.deepEqual(asked, [[counter, 'debug']])
    assert.throws(() => log.setProcessLevel(other, 'debug'), code('PROCESS_UNKNOWN'))
  })
})

describe('sinks', () => {
  it('all get each record, each from its own level up', () => {
    const errors = memorySink({ name: 'errors', level: 'error' })
    const { log, sink } = make()
    log.addSink(errors)
    log.info('a')
    log.error('b')
    assert.deepEqual(sink.messages(), ['a', 'b'])
    assert.deepEqual(errors.messages(), ['b'])
    assert.deepEqual(log.sinks(), [
      { name: 'memory', level: 'trace' },
      { name: 'errors', level: 'error' },
    ])
  })

  it('have names of their own', () => {
    const { log } = make()
    assert.throws(() => log.addSink(memorySink()), code('LOGGER_TAKEN'))
    assert.throws(() => log.addProcess('memory', counter), code('LOGGER_TAKEN'))
    assert.throws(() => log.addSink({ name: '', write: () => {} }), code('OPTION_INVALID'))
    assert.throws(() => log.addSink({ name: 'x' } as unknown as LogSink), code('OPTION_INVALID'))
  })

  it('leave, are closed, and get nothing more', () => {
    let closed = 0
    const { log, sink } = make()
    const close = (): void => {
      closed += 1
    }
    log.addSink({ name: 'closing', write: () => {}, close })
    log.removeSink('closing')
    log.removeSink('memory')
    log.info('x')
    assert.equal(closed, 1)
    assert.deepEqual(sink.messages(), [])
    assert.throws(() => log.removeSink('memory'), code('LOGGER_UNKNOWN'))
  })

  it('may be added by a sink that is writing', () => {
    const late = memorySink({ name: 'late' })
    const { log } = make()
    log.addSink({
      name: 'adding',
      write: () => {
        if (log.sinks().length === 2) log.addSink(late)
      },
    })
    log.info('first')
    log.info('second')
    assert.deepEqual(late.messages(), ['second'])
  })

  it('that fail are counted and cost the others nothing', () => {
    const { log, sink } = make({ sinks: [] })
    log.addSink(failing())
    log.addSink(sink)
    log.info('a')
    log.info('b')
    assert.deepEqual(sink.messages().toSorted(), [
      'a',
      'a log sink failed; what it loses is counted',
      'b',
    ])
    assert.equal(log.counts().lost, 2)
    assert.equal(log.counts().info, 2)
    assert.equal(log.counts().warning, 1)
  })

  it('that fail are named once', () => {
    const { log, sink } = make()
    log.addSink(failing())
    for (let i = 0; i < 5; i += 1) log.info('x')
    const told = sink.records().filter(({ level }) => level === 'warning')
    assert.equal(told.length, 1)
    assert.deepEqual(told[0]?.fields, { sink: 'broken', problem: 'TypeError: disk full' })
  })

  it('that all fail end nothing', () => {
    const { log } = make({ sinks: [failing('a'), failing('b')] })
    log.info('x')
    assert.equal(log.counts().lost, 4)
  })

  it('that reject later are counted too', async () => {
    const { log, clock } = make({ sinks: [] })
    log.addSink({ name: 'later', write: (async () => Promise.reject('no')) as () => void })
    log.info('x')
    await clock.settle()
    assert.equal(log.counts().lost, 1)
  })

  it('that log while they write do not call themselves for ever', () => {
    const { log, sink } = make()
    log.addSink({ name: 'chatty', write: ({ message }) => log.info(`wrote ${message}`) })
    log.info('x')
    assert.deepEqual(sink.messages(), ['x', 'wrote x'])
    assert.equal(log.counts().lost, 1)
  })
})

describe('pinning', () => {
  it('sends all records of a process to one sink alone', () => {
    const audit = memorySink({ name: '.audit' })
    const { log, sink } = make()
    log.addSink(audit)
    const logger = log.forProcess(() => source())
    logger.pin('.audit')
    logger.with({ a: 1 }).info('paid')
    log.info('open')
    assert.deepEqual(audit.messages(), ['paid'])
    assert.equal(audit.records()[0]?.pinned, '.audit')
    assert.deepEqual(sink.messages(), ['open'])
    logger.pin(undefined)
    logger.info('back')
    assert.deepEqual(sink.messages(), ['open', 'back'])
  })

  it('to a sink that is not there is refused with LOGGER_UNKNOWN', () => {
    const { log } = make()
    assert.throws(() => log.forProcess(() => source()).pin('.audit'), code('LOGGER_UNKNOWN'))
  })

  it('to a sink that has left counts the records as lost', () => {
    const { log, sink } = make()
    log.addSink(memorySink({ name: '.audit' }))
    const logger = log.forProcess(() => source())
    logger.pin('.audit')
    log.removeSink('.audit')
    logger.info('paid')
    assert.equal(log.counts().lost, 1)
    assert.deepEqual(sink.messages(), [])
  })
})

describe('a process as a sink', () => {
  it('gets records in its log queue from its level up', () => {
    const { log, sent } = make()
    log.addProcess('watcher', counter, 'warning')
    log.info('a')
    log.error('b')
    assert.deepEqual(
      sent.map(({ pid, record }) => [pid, record.message]),
      [[counter, 'b']],
    )
  })

  it('leaves when it ends', () => {
    const { log, sent } = make()
    log.addProcess('watcher', counter)
    log.processEnded(other)
    assert.equal(log.sinks().length, 2)
    log.processEnded(Pid.of('unit@test', 7, 1))
    log.info('x')
    assert.equal(log.sinks().length, 1)
    assert.deepEqual(sent, [])
  })

  it('does not get what it or another such process says', () => {
    const { log, sent, sink } = make()
    log.addProcess('one', counter)
    log.addProcess('two', other)
    log.forProcess(() => source(counter)).info('from one')
    log.forProcess(() => source(Pid.of('unit@test', 9, 1))).info('from a third')
    assert.deepEqual(
      sent.map(({ record }) => record.message),
      ['from a third', 'from a third'],
    )
    assert.deepEqual(sink.messages(), ['from one', 'from a third'])
  })

  it('that cannot take a record costs that record, counted', () => {
    const { log } = make({ sendRecord: () => false })
    log.addProcess('full', counter)
    log.info('x')
    assert.equal(log.counts().lost, 1)
  })
})

describe('the end of a log', () => {
  it('closes every sink once and counts later records as lost', async () => {
    let closed = 0
    const { log, sink } = make()
    const close = async (): Promise<void> => {
      closed += 1
    }
    log.addSink({ name: 'file', write: () => {}, close })
    await Promise.all([log.stop(), log.stop()])
    assert.equal(closed, 1)
    log.error('late')
    assert.deepEqual(sink.messages(), [])
    assert.equal(log.counts().lost, 1)
    assert.throws(() => log.addSink(memorySink()), code('NODE_STOPPED'))
    assert.throws(() => log.addProcess('x', counter), code('NODE_STOPPED'))
  })

  it('does not wait for ever for a sink that never closes', async () => {
    const { log, clock } = make()
    log.addSink({ name: 'stuck', write: () => {}, close: () => new Promise(() => {}) })
    await clock.until(log.stop())
    assert.equal(clock.nowMs(), 5_000)
  })

  it('counts a sink that fails to close', async () => {
    const { log } = make()
    log.addSink({ name: 'bad', write: () => {}, close: () => Promise.reject(new Error('no')) })
    await log.stop()
    assert.equal(log.counts().lost, 1)
  })
})
