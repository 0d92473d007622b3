/**
 * The log of a real node in virtual time: sources, levels, processes as sinks, counts.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type LogRecord, memorySink, message, protocol, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'

const Speaker = protocol('speaker', {
  say: message<string>(),
  pin: message<string | undefined>(),
  fail: message(),
})

const speaker = actor(Speaker, {
  on: {
    say: (_state, text, context) => context.log.info(text, { length: text.length }),
    pin: (_state, sink, context) => context.log.pin(sink),
    fail: () => {
      throw new TypeError('boom')
    },
  },
})

const Collector = protocol('collector', { stop: message() })
const collector = actor(Collector, {
  init: (records: LogRecord[]) => records,
  on: { stop: (_records, _nothing, context) => context.stop('normal') },
  handleLog: (records, record, context) => {
    records.push(record)
    context.log.info('collected')
  },
})

describe('the log of a node', () => {
  it('names the process that speaks', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(speaker, { name: 'ada' })
    test.node.send('ada', 'say', 'hello')
    await test.clock.settle()
    const [record] = test.log
    assert.equal(record?.message, 'hello')
    assert.deepEqual(record?.fields, { length: 5 })
    const { source } = record ?? {}
    assert.ok(source?.kind === 'process')
    assert.equal(source.pid.id, pid.id)
    assert.deepEqual([source.name, source.behaviour], ['ada', 'speaker'])
  })

  it('tells why a process crashed, with its stack', async () => {
    await using test = await testNode()
    await test.node.spawn(speaker, { name: 'ada' })
    test.node.send('ada', 'fail')
    await test.clock.settle()
    const record = test.log.find(({ level }) => level === 'error')
    assert.match(record?.message ?? '', /TypeError: boom/)
    assert.match(String(record?.fields['stack']), /log-node/)
  })

  it('has a level that processes follow until they have their own', async () => {
    await using test = await testNode({ logLevel: 'error' })
    const { node, clock, log } = test
    const one = await node.spawn(speaker)
    const two = await node.spawn(speaker)
    const quiet = await node.spawn(speaker, { logLevel: 'silent' })
    const all = async (text: string): Promise<void> => {
      for (const pid of [one, two, quiet]) node.send(pid, 'say', text)
      await clock.settle()
    }
    await all('a')
    assert.equal(log.length, 0)
    node.log.setProcessLevel(one, 'info')
    await all('b')
    assert.equal(log.length, 1)
    node.log.setLevel('debug')
    await all('c')
    assert.equal(log.length, 3)
    node.kill(two)
    const unknown = (thrown: unknown): boolean => TroupeError.is(thrown, 'PROCESS_UNKNOWN')
    assert.throws(() => node.log.setProcessLevel(two, 'info'), unknown)
  })

  it('can have a process as a sink, which leaves when it ends', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const records: LogRecord[] = []
    const pid = await node.spawn(collector, { name: 'collector', args: [records] })
    node.log.addProcess('collector', pid, 'info')
    node.log.info('one')
    await clock.settle()
    assert.deepEqual(
      records.map(({ message: said }) => said),
      ['one'],
    )
    node.send('collector', 'stop')
    await clock.settle()
    assert.deepEqual(
      node.log.sinks().map(({ name }) => name),
      ['test-log'],
    )
    node.log.info('two')
    assert.equal(node.log.counts().lost, 0)
  })

  it('sends what a process has pinned to one sink alone', async () => {
    const audit = memorySink({ name: '.audit' })
    await using test = await testNode({ logSinks: [audit] })
    await test.node.spawn(speaker, { name: 'ada' })
    test.node.send('ada', 'pin', '.audit')
    test.node.send('ada', 'say', 'secretly')
    test.node.send('ada', 'pin', undefined)
    test.node.send('ada', 'say', 'openly')
    await test.clock.settle()
    assert.deepEqual(audit.messages(), ['secretly'])
    assert.deepEqual(
      test.log.map(({ message: said }) => said),
      ['openly'],
    )
  })

  it('survives a sink that throws', async () => {
    const write = (): never => {
      throw new TypeError('disk full')
    }
    await using test = await testNode({ logSinks: [{ name: 'disk', write }] })
    test.node.log.info('one')
    test.node.log.info('two')
    assert.equal(test.node.log.counts().lost, 2)
    assert.deepEqual(
      test.log.map(({ message: said }) => said),
      ['one', 'a log sink failed; what it loses is counted', 'two'],
    )
  })

  it('closes its sinks when the node has stopped', async () => {
    const told: string[] = []
    const sink = {
      name: 'file',
      write: () => {},
      close: async () => void told.push('closed'),
    }
    const test = await testNode({ logSinks: [sink] })
    await test.stop()
    assert.deepEqual(told, ['closed'])
  })
})
