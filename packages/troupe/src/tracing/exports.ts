/**
 * tracing/exports: brings finished spans to those who take them away, in batches.
 *
 * Each exporter has its own queue, so that a slow one costs nobody else anything. Nothing waits for
 * one: what finds its queue full is counted as dropped.
 * Limits: `QUEUED_MAX` spans of `QUEUED_BYTES_MAX` wait for one exporter; `BATCH_MAX` in a batch;
 * one batch at a time; `EXPORTERS_MAX` of them.
 */
import {
  type Exporter,
  type ExporterInfo,
  type Pid,
  type ProcessExporter,
  requireOption,
  type Span,
  type SpanExporter,
  type TracerHome,
  TroupeError,
} from '#contract'
import type { OneSpan } from './span.js'
import { requireExporter } from './tracing-options.js'

const EXPORTERS_MAX = 32
const QUEUED_MAX = 8_192
const QUEUED_BYTES_MAX = 16_777_216
const BATCH_MAX = 512
/** A batch that is not full leaves after so long. */
const BATCH_AFTER_MS = 1_000
/** At the stop an exporter has so long for all that waits. */
const STOP_MS = 5_000
/** Longest wait for a process to answer one batch. */
const PROCESS_TIMEOUT_MS = 10_000
/** A failing exporter is told of in the log once in so long. */
const WARN_EVERY_MS = 60_000

/** One exporter and what waits for it. */
class Export {
  readonly exporter: SpanExporter
  exported = 0
  dropped = 0
  failed = 0
  readonly #home: TracerHome
  #queue: OneSpan[] = []
  /** What each of them weighed when it came. */
  #weights: number[] = []
  #bytes = 0
  #cancel: (() => void) | undefined
  #running: Promise<void> | undefined
  #warnedMs = Number.NEGATIVE_INFINITY

  constructor(exporter: SpanExporter, home: TracerHome) {
    this.exporter = exporter
    this.#home = home
  }

  get queued(): number {
    return this.#queue.length
  }

  offer(span: OneSpan): void {
    const isFull = this.#queue.length >= QUEUED_MAX
    if (isFull || this.#bytes + span.bytes > QUEUED_BYTES_MAX) {
      this.dropped += 1
      return
    }
    this.#queue.push(span)
    this.#weights.push(span.bytes)
    this.#bytes += span.bytes
    if (this.#running !== undefined) return
    if (this.#queue.length >= BATCH_MAX) this.#flushSoon(0)
    else if (this.#queue.length === 1) this.#flushSoon(BATCH_AFTER_MS)
  }

  #flushSoon(delayMs: number): void {
    this.#cancel?.()
    this.#cancel = this.#home.clock.after(delayMs, () => {
      this.#cancel = undefined
      this.#begin()
    })
  }

  #begin(): void {
    if (this.#running !== undefined) return
    this.#running = this.#sendAll().finally(() => {
      this.#running = undefined
      if (this.#queue.length > 0) this.#flushSoon(BATCH_AFTER_MS)
    })
  }

  /** Batch by batch, while full ones wait; what comes meanwhile waits for its time. */
  async #sendAll(): Promise<void> {
    do await this.#sendBatch()
    while (this.#queue.length >= BATCH_MAX)
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#queue.splice(0, BATCH_MAX)
    for (const bytes of this.#weights.splice(0, BATCH_MAX)) this.#bytes -= bytes
    if (batch.length === 0) return
    try {
      await this.exporter.export(batch)
      this.exported += batch.length
    } catch (thrown) {
      this.failed += batch.length
      this.#warn(thrown)
    }
  }

  #warn(thrown: unknown): void {
    const nowMs = this.#home.clock.nowMs()
    if (nowMs - this.#warnedMs < WARN_EVERY_MS) return
    this.#warnedMs = nowMs
    const { exporter, failed } = this
    const error = thrown instanceof Error ? thrown.message : String(thrown)
    this.#home.warn('spans could not be exported', { exporter: exporter.name, failed, error })
  }

  /** Gives all that waits away, and ends; what takes too long is counted as dropped. */
  async stop(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const drain = async (): Promise<void> => {
      await this.#running
      this.#cancel?.()
      while (this.#queue.length > 0) await this.#sendBatch()
      await this.exporter.stop?.()
    }
    await this.#within(drain().catch((thrown: unknown) => this.#warn(thrown)))
    this.dropped += this.#queue.length
    this.#queue = []
  }

  #within(done: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#home.clock.after(STOP_MS, () => {
        this.#warn(
          new TroupeError('CALL_TIMEOUT', {
            ...{ to: this.exporter.name, request: 'stop', timeoutMs: STOP_MS },
          }),
        )
        resolve()
      })
      void done.then(() => {
        cancel()
        resolve()
      })
    })
  }
}

/** What hands spans to a process: each a value of its own, as a message is. */
const handing = ({ name, to, timeoutMs }: ProcessExporter, home: TracerHome): SpanExporter => ({
  name,
  export: async (spans) => {
    await home.hand(to, spans.map(plainSpan), timeoutMs ?? PROCESS_TIMEOUT_MS)
  },
})

function plainSpan(span: Span): Span {
  const { traceId, spanId, parentId, traceState, node, kind, name, from, to } = span
  const { behaviour, application, isRemote, sentMs, deliveredMs, processedMs, failed } = span
  return {
    ...{ traceId, spanId, parentId, traceState, node, kind, name, from, to },
    ...{ behaviour, application, isRemote, sentMs, deliveredMs, processedMs, failed },
    attributes: { ...span.attributes },
  }
}

export class Exports {
  readonly #home: TracerHome
  /** Processes among them. */
  readonly #sinks = new Map<string, ProcessExporter>()
  readonly #exports = new Map<string, Export>()
  #all: readonly Export[] = []

  constructor(home: TracerHome) {
    this.#home = home
  }

  /** NAME_TAKEN, OPTION_INVALID. */
  add(exporter: Exporter): void {
    requireExporter(exporter)
    const { name } = exporter
    if (this.#exports.has(name)) {
      throw new TroupeError('NAME_TAKEN', { name, holder: 'another exporter' })
    }
    const hasRoom = this.#exports.size < EXPORTERS_MAX
    requireOption(hasRoom, 'exporter', name, `there are ${EXPORTERS_MAX} already`)
    const isProcess = 'kind' in exporter && exporter.kind === 'process'
    const taker = isProcess ? handing(exporter, this.#home) : (exporter as SpanExporter)
    if (isProcess) this.#sinks.set(name, exporter)
    this.#exports.set(name, new Export(taker, this.#home))
    this.#all = [...this.#exports.values()]
  }

  async remove(name: string): Promise<boolean> {
    const known = this.#exports.get(name)
    if (known === undefined) return false
    this.#exports.delete(name)
    this.#sinks.delete(name)
    this.#all = [...this.#exports.values()]
    await known.stop()
    return true
  }

  offer(span: OneSpan): void {
    for (const one of this.#all) one.offer(span)
  }

  /** True for a process of this node that takes spans away. */
  isSink(process: Pid): boolean {
    for (const { to } of this.#sinks.values()) if (this.#home.find(to) === process) return true
    return false
  }

  infos(): readonly ExporterInfo[] {
    return this.#all.map(({ exporter, exported, queued, dropped, failed }) => ({
      ...{ name: exporter.name, exported, queued, dropped, failed },
    }))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#exports.keys()].map((name) => this.remove(name)))
  }
}
