/**
 * pino-sink: records to pino: an instance of yours, or any transport that pino can load.
 *
 * A transport runs in a worker thread of pino's own. One that fails makes `write` throw, so that
 * the log of the node counts what is lost; it never ends the program.
 *
 * @source pino 10, docs/transports.md; ergo-features 16
 */
import { type Logger, pino, type TransportMultiOptions, type TransportSingleOptions } from 'pino'
import {
  LOG_LEVELS,
  type LogLevel,
  type LogRecord,
  type LogSink,
  type LogThreshold,
  plainRecord,
  secretNames,
  TroupeError,
} from 'troupe'

export interface PinoSinkOptions {
  /**
   * A pino logger of yours. It is flushed at the end and not closed: whoever made it does that.
   * Its own level counts too.
   */
  readonly pino?: Logger
  /** Otherwise where pino sends records, such as `{ target: 'pino-pretty' }`; default stdout. */
  readonly transport?: TransportSingleOptions | TransportMultiOptions
  /** Name among the sinks of a node; default `pino`. */
  readonly name?: string
  /** The lowest level it takes; default `trace`. */
  readonly level?: LogThreshold
  /** Words in field names that mark secrets; default `REDACTED_WORDS` of troupe. */
  readonly redact?: readonly string[]
}

/** A sink whose end can be awaited. */
export interface PinoSink extends LogSink {
  /** Hands over all that waits; ends what the sink has made itself. Again: without effect. */
  close(): Promise<void>
}

const METHODS = Object.freeze({
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warning: 'warn',
  error: 'error',
} as const satisfies Record<LogLevel, string>)

/**
 * Makes a sink for pino; OPTION_INVALID names a wrong option.
 *
 * A line has pino's form: `level` as a number, `msg`, `time` in milliseconds; then who speaks
 * (`node`, `pid`, `name`, …) and `fields`.
 *
 * @example
 * const sink = pinoSink({ transport: { target: 'pino-pretty' } })
 * const node = await startNode('shop@localhost', { logSinks: [sink] })
 */
export function pinoSink(options: PinoSinkOptions = {}): PinoSink {
  const { name = 'pino', level = 'trace' } = options
  const levels: readonly unknown[] = [...LOG_LEVELS, 'silent']
  refuse(!levels.includes(level), 'level', level, `one of ${levels.join(', ')}`)
  const both = options.pino !== undefined && options.transport !== undefined
  refuse(both, 'transport', 'given', 'give either pino or transport')
  const isSecret = secretNames(options.redact)
  const way = options.pino === undefined ? ownWay(options) : givenWay(options.pino)
  const write = (record: LogRecord): void => {
    const { time: _iso, level: _name, message, ...rest } = plainRecord(record, isSecret)
    way.requireOpen()
    const told = way.keepsTime ? rest : { time: record.timeMs, ...rest }
    way.logger[METHODS[record.level]](told, String(message))
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= way.close()
    return closing
  }
  return Object.freeze({ name, level, write, close })
}

/** How records reach pino and how that ends. */
interface Way {
  readonly logger: Logger
  /** It writes the time itself. */
  readonly keepsTime: boolean
  /** Throws what broke it. */
  requireOpen(): void
  close(): Promise<void>
}

function givenWay(logger: Logger): Way {
  refuse(typeof logger.info !== 'function', 'pino', logger, 'give a logger made by pino()')
  const close = (): Promise<void> => flush(logger)
  return { logger, keepsTime: true, requireOpen: () => {}, close }
}

const flush = (logger: Logger): Promise<void> =>
  new Promise((resolve) => {
    // A logger on a plain stream has nothing to flush and never calls back.
    if (typeof logger.flush !== 'function') resolve()
    else logger.flush(() => resolve())
  })

/** The stream of a transport or of standard output, as far as the sink uses it. */
interface PinoStream {
  readonly ready?: boolean
  readonly writable?: boolean
  write(text: string): unknown
  end(): void
  ref?(): void
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: 'ready' | 'close' | 'error', listener: () => void): unknown
}

function ownWay({ transport }: PinoSinkOptions): Way {
  const stream: PinoStream =
    transport === undefined ? pino.destination({ sync: false }) : openTransport(transport)
  let broken: Error | undefined
  stream.on('error', (error) => {
    broken = error
  })
  const settings = { level: 'trace', base: null, timestamp: false }
  const isBroken = (): boolean => broken !== undefined
  const requireOpen = (): void => {
    if (broken !== undefined) throw broken
  }
  const close = async (): Promise<void> => {
    if (isBroken()) return
    // To end a worker that has not begun would hold the whole thread until it has.
    if (stream.ready === false) await one(stream, 'ready')
    if (isBroken()) return
    // pino lets the program end without its worker; here somebody waits for it.
    stream.ref?.()
    const closed = one(stream, 'close')
    stream.end()
    await closed
  }
  return { logger: pino(settings, stream), keepsTime: false, requireOpen, close }
}

function openTransport(transport: TransportSingleOptions | TransportMultiOptions): PinoStream {
  try {
    return pino.transport(transport as TransportSingleOptions)
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown)
    const value = JSON.stringify(transport)
    throw new TroupeError('OPTION_INVALID', { option: 'transport', value, problem }, thrown)
  }
}

/** Waits for an event, or for the failure that means it will not come. */
const one = (stream: PinoStream, event: 'ready' | 'close'): Promise<void> =>
  new Promise((resolve) => {
    stream.once(event, resolve)
    stream.once('error', resolve)
  })

function refuse(wrong: boolean, option: string, value: unknown, problem: string): void {
  if (wrong) throw new TroupeError('OPTION_INVALID', { option, value: String(value), problem })
}
