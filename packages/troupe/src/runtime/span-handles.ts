/**
 * runtime/span-handles: the tracing of a process as its program sees it; nothing without a trace.
 *
 * @source ergo-features 17 (business spans, attributes)
 */
import {
  type AttributeValue,
  type OpenSpan,
  type ProcessTracing,
  requireOption,
  requireSampler,
  type Sampler,
  type SpanHandle,
  type TraceHeaders,
  type TraceparentOption,
} from '#contract'
import type { Kernel } from './kernel.js'
import type { Process } from './process.js'
import { codeOf } from './tracing-words.js'

/** What a process gets that is in no trace. */
const NO_SPAN: SpanHandle = Object.freeze({
  recording: false,
  setAttribute: () => NO_SPAN,
  run: <R>(run: () => R): R => run(),
  end: () => {},
  fail: () => {},
})

class OwnSpan implements SpanHandle {
  readonly #kernel: Kernel
  readonly #span: OpenSpan

  constructor(kernel: Kernel, span: OpenSpan) {
    this.#kernel = kernel
    this.#span = span
  }

  get recording(): boolean {
    return this.#span.recording
  }

  setAttribute(name: string, value: AttributeValue): this {
    this.#span.setAttribute(name, value)
    return this
  }

  run<R>(run: () => R): R {
    return this.#kernel.traces.within(this.#span, run)
  }

  end(): void {
    this.#span.close()
    this.#span.processed()
  }

  fail(problem: unknown): void {
    this.#span.close()
    // A word that a program gives itself is its own.
    this.#span.fail(typeof problem === 'string' ? problem : codeOf(problem))
  }
}

/** Begins a part of what the process does now. OPTION_INVALID. */
export function openSpan(kernel: Kernel, process: Process, name: string): SpanHandle {
  requireOption(typeof name === 'string' && name !== '', 'name', name, 'give the name of a span')
  const active = kernel.tracing?.active(process)
  return active === undefined ? NO_SPAN : new OwnSpan(kernel, active.open(name))
}

/** What `context.tracing` is. */
export class TracingOfProcess implements ProcessTracing {
  readonly #kernel: Kernel
  readonly #process: Process

  constructor(kernel: Kernel, process: Process) {
    this.#kernel = kernel
    this.#process = process
  }

  get #active(): OpenSpan | undefined {
    return this.#kernel.tracing?.active(this.#process)
  }

  get traceId(): string | undefined {
    return this.#active?.traceId
  }

  get headers(): TraceHeaders {
    const active = this.#active
    return active === undefined ? {} : this.#kernel.tracer.headersOf(active)
  }

  setAttribute(name: string, value: AttributeValue): void {
    this.#active?.setAttribute(name, value)
  }

  setPermanentAttribute(name: string, value: AttributeValue | undefined): void {
    this.#kernel.tracer.setAttribute(this.#process, name, value)
  }

  setSampler(sampler: Sampler | undefined): void {
    if (sampler !== undefined) requireSampler('sampler', sampler)
    this.#kernel.tracer.setSampler(this.#process, sampler)
  }

  keep(): <R>(run: () => R) => R {
    const active = this.#active
    const kernel = this.#kernel
    if (active === undefined) return (run) => run()
    return (run) => kernel.traces.within(active, run)
  }

  proceed<R>(headers: TraceHeaders, run: () => R): R {
    const span = this.#kernel.tracer.outside(headers)
    return span === undefined ? run() : this.#kernel.traces.within(span, run)
  }

  incoming(
    name: string,
    headers: TraceHeaders,
    traceparent: TraceparentOption = 'ignore',
  ): SpanHandle | undefined {
    const kernel = this.#kernel
    // Whoever is trusted may be the first one who wants something traced.
    const tracing = traceparent === 'trust' ? kernel.traces : kernel.tracing
    const span = tracing?.incoming(this.#process, name, headers, traceparent)
    return span === undefined ? undefined : new OwnSpan(kernel, span)
  }
}
