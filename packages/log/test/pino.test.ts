/**
 * Records through pino: instances of the user, transports in worker threads, failures.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { pinoSink } from '@troupe/log'
import { pino } from 'pino'
import { type LogLevel, type LogRecord, Pid, TroupeError } from 'troupe'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-log-'))
})

afterEach(() => rm(folder, { recursive: true }))

const record = (level: LogLevel, fields: LogRecord['fields'] = {}): LogRecord => ({
  timeMs: 1_234,
  level,
  source: {
    kind: 'process',
    pid: Pid.of('shop@localhost', 7, 1),
    name: 'till',
    behaviour: 'tillActor',
    application: 'shop',
  },
  message: `a ${level}`,
  fields,
  pinned: undefined,
})

/** A pino logger of the user, and the objects it has written. */
function own(level = 'trace') {
  const written: Record<string, unknown>[] = []
  const write = (line: string): void => void written.push(JSON.parse(line))
  return { written, logger: pino({ level, base: null }, { write }) }
}

describe('a logger of the user', () => {
  it('gets each level as pino knows it', () => {
    const { written, logger } = own()
    const sink = pinoSink({ pino: logger })
    for (const level of ['trace', 'debug', 'info', 'warning', 'error'] as const) {
      sink.write(record(level))
    }
    assert.deepEqual(
      written.map(({ level, msg }) => [level, msg]),
      [
        [10, 'a trace'],
        [20, 'a debug'],
        [30, 'a info'],
        [40, 'a warning'],
        [50, 'a error'],
      ],
    )
  })

  it('gets source and fields, without secrets, whatever they hold', () => {
    const { written, logger } = own()
    const cyclic: Record<string, unknown> = { token: 't' }
    cyclic['self'] = cyclic
    pinoSink({ pino: logger }).write(record('info', { big: 1n, cyclic }))
    const { time, ...rest } = written[0] ?? {}
    assert.equal(typeof time, 'number')
    assert.deepEqual(rest, {
      level: 30,
      node: 'shop@localhost',
      pid: '<shop@localhost.7>',
      name: 'till',
      behaviour: 'tillActor',
      application: 'shop',
      fields: { big: '1', cyclic: { token: '[redacted]', self: '[circular]' } },
      msg: 'a info',
    })
  })

  it('keeps its own level and is not closed', async () => {
    const { written, logger } = own('error')
    const sink = pinoSink({ pino: logger, name: 'mine', level: 'info' })
    assert.deepEqual([sink.name, sink.level], ['mine', 'info'])
    sink.write(record('info'))
    await sink.close()
    sink.write(record('error'))
    assert.equal(written.length, 1)
  })
})

describe('a transport', () => {
  it('has everything written when the sink is closed', async () => {
    const destination = join(folder, 'shop.log')
    const sink = pinoSink({ transport: { target: 'pino/file', options: { destination } } })
    for (let i = 0; i < 1_000; i += 1) sink.write(record('info', { i }))
    await sink.close()
    await sink.close()
    const lines = (await readFile(destination, 'utf8')).trim().split('\n')
    assert.equal(lines.length, 1_000)
    const { level, time, msg, fields } = JSON.parse(lines[999] ?? '')
    assert.deepEqual(
      { level, time, msg, fields },
      {
        level: 30,
        time: 1_234,
        msg: 'a info',
        fields: { i: 999 },
      },
    )
  })

  it('may be several, each from its own level up', async () => {
    const [all, errors] = [join(folder, 'all.log'), join(folder, 'errors.log')]
    const targets = [
      { target: 'pino/file', level: 'trace', options: { destination: all } },
      { target: 'pino/file', level: 'error', options: { destination: errors } },
    ]
    const sink = pinoSink({ transport: { targets } })
    sink.write(record('info'))
    sink.write(record('error'))
    await sink.close()
    assert.equal((await readFile(all, 'utf8')).trim().split('\n').length, 2)
    assert.equal((await readFile(errors, 'utf8')).trim().split('\n').length, 1)
  })

  it('that breaks makes the sink throw and ends nothing', async () => {
    const destination = join(folder, 'no', 'such', 'folder.log')
    const sink = pinoSink({ transport: { target: 'pino/file', options: { destination } } })
    const broken = (): boolean => {
      try {
        sink.write(record('info'))
        return false
      } catch {
        return true
      }
    }
    while (!broken()) await new Promise((resolve) => setImmediate(resolve))
    await sink.close()
  })
})

describe('wrong options', () => {
  it('are refused by name', () => {
    const refused = (option: string) => (thrown: unknown) =>
      TroupeError.is(thrown, 'OPTION_INVALID') && thrown.detail.option === option
    const { logger } = own()
    assert.throws(() => pinoSink({ level: 'loud' as 'info' }), refused('level'))
    assert.throws(() => pinoSink({ pino: {} as typeof logger }), refused('pino'))
    const both = { pino: logger, transport: { target: 'pino/file' } }
    assert.throws(() => pinoSink(both), refused('transport'))
    const missing = { transport: { target: 'no-such-transport-anywhere' } }
    assert.throws(() => pinoSink(missing), refused('transport'))
  })
})
