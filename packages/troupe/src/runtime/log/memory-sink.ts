/**
 * runtime/log/memory-sink: keeps the newest records, for tests and for whoever asks later.
 *
 * Keeps records as they are, secrets included; it prints nothing.
 * Limit: `lengthMax` records; beyond it the oldest leave and are counted in `dropped`.
 */
import { type LogRecord, type LogSink, type LogThreshold, requireOption } from '#contract'
import { requireLevel } from './level.js'

/** What `memorySink` may be told. */
export interface MemorySinkOptions {
  /** Name among the sinks of a node; default `memory`. */
  readonly name?: string
  /** The lowest level it keeps; default `trace`. */
  readonly level?: LogThreshold
  /** Most records kept; default 10,000. */
  readonly lengthMax?: number
}

/** A sink that can be asked for what it keeps. */
export interface MemorySink extends LogSink {
  /** What is kept, oldest first. */
  records(): readonly LogRecord[]
  /** The messages of what is kept, oldest first. */
  messages(): readonly string[]
  /** How many have left because there was no room. */
  dropped(): number
  clear(): void
}

export const MEMORY_SINK_DEFAULTS: Required<MemorySinkOptions> = Object.freeze({
  name: 'memory',
  level: 'trace',
  lengthMax: 10_000,
})

/**
 * Makes a sink that keeps records.
 *
 * @example
 * const sink = memorySink()
 * const node = await startNode('demo@localhost', { logSinks: [sink] })
 */
export function memorySink(options: MemorySinkOptions = {}): MemorySink {
  const { name, level, lengthMax } = { ...MEMORY_SINK_DEFAULTS, ...options }
  const goodLength = Number.isSafeInteger(lengthMax) && lengthMax > 0
  requireOption(goodLength, 'lengthMax', lengthMax, 'give a whole number above 0')
  requireLevel('level', level)
  let kept: LogRecord[] = []
  let dropped = 0
  /** The place of the oldest record once all places are taken. */
  let oldest = 0
  const records = (): readonly LogRecord[] => [...kept.slice(oldest), ...kept.slice(0, oldest)]
  const write = (record: LogRecord): void => {
    if (kept.length < lengthMax) {
      kept.push(record)
      return
    }
    kept[oldest] = record
    oldest = (oldest + 1) % lengthMax
    dropped += 1
  }
  const clear = (): void => {
    kept = []
    oldest = 0
    dropped = 0
  }
  const messages = (): readonly string[] => records().map((record) => record.message)
  return Object.freeze({ name, level, write, records, messages, clear, dropped: () => dropped })
}
