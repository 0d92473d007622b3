/**
 * rotating-file-sink: records as lines of JSON in files that are changed by time or size.
 *
 * pino-roll opens the files; what is closed is compressed and the oldest deleted here, because
 * pino-roll forgets files that are compressed or of an earlier run. It changes a full file only
 * when nothing waits to be written, which under a steady load is never; so lines are held back
 * here from the moment a file is full until the next one is open. Writing never waits for the
 * disk. Limit: `bufferedBytesMax` waiting; a record beyond makes `write` throw, so that the log of
 * the node counts it as lost.
 *
 * @source ergo-features 16 (rotate logger)
 */
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import {
  type LogRecord,
  type LogSink,
  type LogThreshold,
  plainRecord,
  secretNames,
  TroupeError,
} from 'troupe'
import { flushAtExit, forgetAtExit } from './exit-flush.js'
import { buildRolling, type RollingStream } from './pino-roll.js'
import { type LogPath, logPath, surplus } from './rolled-files.js'
import {
  checkRotatingFile,
  ROTATING_FILE_DEFAULTS,
  type RotatingFileOptions,
} from './rotating-file-options.js'

/** A sink that writes files. */
export interface RotatingFileSink extends LogSink {
  readonly level: LogThreshold
  /** The file that is open now. */
  file(): string
  /** Failures of the disk, of compressing and of deleting so far. */
  errors(): number
  /** Writes all that waits, finishes compressing and closes the file; again: without effect. */
  close(): Promise<void>
}

/**
 * Opens a file for records and changes it by time, size or both.
 *
 * Settles when the file is open; rejects with OPTION_INVALID that names the option, also when
 * the file cannot be opened.
 *
 * @example
 * const file = await rotatingFileSink({ path: 'logs/shop.log', period: 'day', keep: 14 })
 * const node = await startNode('shop@localhost', { logSinks: [consoleSink(), file] })
 */
export async function rotatingFileSink(options: RotatingFileOptions): Promise<RotatingFileSink> {
  checkRotatingFile(options)
  const complete = { ...ROTATING_FILE_DEFAULTS, ...defined(options) }
  const path = logPath(complete.path)
  const stream = await open(path, complete)
  return new RotatingFile(stream, path, complete)
}

type Open = 'period' | 'periodMs' | 'sizeBytes' | 'redact'
type CompleteOptions = Required<Omit<RotatingFileOptions, Open>> & Pick<RotatingFileOptions, Open>

/** Without keys whose value is undefined, so that they do not hide a default. */
function defined(options: RotatingFileOptions): RotatingFileOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as unknown as RotatingFileOptions
}

const DATE_FORMATS = { day: 'yyyy-MM-dd', hour: 'yyyy-MM-dd-HH' } as const
const FREQUENCIES = { day: 'daily', hour: 'hourly' } as const

async function open(path: LogPath, options: CompleteOptions): Promise<RollingStream> {
  const { period, periodMs, sizeBytes, mode, bufferedBytesMax } = options
  const frequency = period === undefined ? periodMs : FREQUENCIES[period]
  const dateFormat = period === undefined ? 'yyyy-MM-dd-HHmmss' : DATE_FORMATS[period]
  try {
    const stream = await buildRolling({
      file: join(path.folder, path.base + path.extension),
      mkdir: true,
      mode,
      maxLength: bufferedBytesMax,
      ...(sizeBytes === undefined ? {} : { size: `${sizeBytes}b` }),
      ...(frequency === undefined ? {} : { frequency, dateFormat }),
    })
    await settled(stream)
    return stream
  } catch (thrown) {
    const problem = `it cannot be opened: ${thrown instanceof Error ? thrown.message : thrown}`
    throw new TroupeError(
      'OPTION_INVALID',
      { option: 'path', value: options.path, problem },
      thrown,
    )
  }
}

/** Waits until the stream has opened its file; rejects when it cannot. */
function settled(stream: RollingStream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('ready', resolve)
    stream.once('error', reject)
  })
}

class RotatingFile implements RotatingFileSink {
  readonly name: string
  readonly level: LogThreshold
  readonly #stream: RollingStream
  readonly #path: LogPath
  readonly #options: CompleteOptions
  readonly #isSecret: (name: string) => boolean
  /** The file that was opened last; while another is being opened the stream names that one. */
  #opened: string
  #errors = 0
  #dropped = false
  /** Lines for the next file, while the full one is being closed; undefined at other times. */
  #held: string[] | undefined
  #heldBytes = 0
  /** Compressing and deleting, one after another. */
  #tidying: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(stream: RollingStream, path: LogPath, options: CompleteOptions) {
    this.name = options.name
    this.level = options.level
    this.#stream = stream
    this.#path = path
    this.#options = options
    this.#isSecret = secretNames(options.redact)
    this.#opened = stream.file
    stream.on('ready', () => this.#rolled())
    // pino-roll heard of this write before, and waits for the drain if the file is full.
    stream.on('write', () => {
      if (stream.listenerCount('drain') > 0) this.#held ??= []
    })
    stream.on('error', (error) => this.#failed(error))
    stream.on('drop', () => {
      this.#dropped = true
    })
    flushAtExit(this)
    this.#tidy(undefined)
  }

  file(): string {
    return this.#opened
  }

  errors(): number {
    return this.#errors
  }

  readonly write = (record: LogRecord): void => {
    const line = `${JSON.stringify(plainRecord(record, this.#isSecret))}\n`
    if (this.#held === undefined) this.#stream.write(line)
    else this.#hold(this.#held, line)
    if (!this.#dropped) return
    this.#dropped = false
    const problem = `the disk does not keep up, ${this.#options.bufferedBytesMax} bytes wait`
    throw new TroupeError('NOT_ALLOWED', { operation: `writing to ${this.#opened}`, problem })
  }

  /** Writes all that waits, at once: the program is about to exit. */
  readonly flushSync = (): void => {
    this.#stream.flushSync()
    this.#release()
    this.#stream.flushSync()
  }

  readonly close = (): Promise<void> => {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // A stream that is told to end while it changes its file never ends: sonic-boom waits for a
    // file that it then refuses to open.
    while (this.#held !== undefined || this.#stream.file !== this.#opened) {
      await settled(this.#stream).catch(() => undefined)
    }
    await new Promise<void>((resolve) => {
      this.#stream.once('close', resolve)
      this.#stream.once('error', () => resolve())
      this.#stream.end()
    })
    forgetAtExit(this)
    await this.#tidying
  }

  #hold(held: string[], line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#heldBytes + bytes > this.#options.bufferedBytesMax) {
      this.#dropped = true
      return
    }
    this.#heldBytes += bytes
    held.push(line)
  }

  /** Hands over what was held back. */
  #release(): void {
    const held = this.#held
    this.#held = undefined
    this.#heldBytes = 0
    for (const line of held ?? []) this.#stream.write(line)
  }

  #rolled(): void {
    const closed = this.#opened
    this.#opened = this.#stream.file
    this.#release()
    if (closed !== this.#opened) this.#tidy(closed)
  }

  #failed(error: Error): void {
    this.#errors += 1
    // When the next file could not be opened, the stream goes on with the one before.
    this.#opened = this.#stream.file
    this.#release()
    this.#options.onError(error)
  }

  /** Compresses what was closed, then deletes what is too old. */
  #tidy(closed: string | undefined): void {
    this.#tidying = this.#tidying
      .then(async () => {
        if (closed !== undefined && this.#options.compress) await compress(closed)
        if (Number.isFinite(this.#options.keep)) await this.#prune()
      })
      .catch((error: Error) => {
        this.#errors += 1
        this.#options.onError(error)
      })
  }

  async #prune(): Promise<void> {
    const { folder } = this.#path
    const names = await readdir(folder)
    const old = surplus(names, this.#path, basename(this.#opened), this.#options.keep)
    for (const name of old) await rm(join(folder, name), { force: true })
  }
}

/** The compressed file appears under its name only when it is whole. */
async function compress(file: string): Promise<void> {
  // While it waited its turn it may have become surplus and been deleted.
  if (!existsSync(file)) return
  const unfinished = `${file}.gz.unfinished`
  try {
    await pipeline(createReadStream(file), createGzip(), createWriteStream(unfinished))
    await rename(unfinished, `${file}.gz`)
    await rm(file, { force: true })
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
