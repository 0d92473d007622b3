/**
 * apps/system/program-sheet: the operating system's process that a node runs in, in figures.
 *
 * Loop delay and utilisation are those since the last question, or of the last seconds when
 * nobody asked for long: figures of an hour would tell nothing.
 */
import { availableParallelism, hostname, release } from 'node:os'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { ProgramSheet } from '#cluster/remote/system-sheets'

/** What is asked again and again: all but the time zone. */
export type ProgramSample = Omit<ProgramSheet, 'timeZone'>

/** Where the figures of a program come from. */
export interface ProgramFigures {
  sheet(): ProgramSample
  /** Where nobody has asked yet, finding it takes 8 MB: not before a viewer wants to know. */
  timeZone(): string
  stop(): void
}

/** How often the loop's lateness is measured, in milliseconds. */
const RESOLUTION_MS = 50
const NS_PER_MS = 1e6

/** Those of this program. */
export function programFigures(): ProgramFigures {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let usage = performance.eventLoopUtilization()
  const machine = machineOf()
  const late = (valueNs: number): number =>
    Number.isFinite(valueNs) ? Math.max(0, valueNs / NS_PER_MS - RESOLUTION_MS) : 0
  const sheet = (): ProgramSample => {
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    const since = performance.eventLoopUtilization(usage)
    usage = performance.eventLoopUtilization()
    const isIdle = delay.count === 0
    const loopDelayMs = isIdle ? 0 : late(delay.mean)
    const loopDelayMaxMs = isIdle ? 0 : late(delay.max)
    const loopDelayP99Ms = isIdle ? 0 : Math.min(loopDelayMaxMs, late(delay.percentile(99)))
    delay.reset()
    return {
      osPid: process.pid,
      nodeVersion: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      ...machine,
      cores: availableParallelism(),
      memory: {
        rssBytes: rss,
        heapUsedBytes: heapUsed,
        heapTotalBytes: heapTotal,
        externalBytes: external,
      },
      cpuUserMs: user / 1_000,
      cpuSystemMs: system / 1_000,
      loopDelayMs,
      loopDelayMaxMs,
      loopDelayP99Ms,
      utilisation: since.utilization,
    }
  }
  const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
  return { sheet, timeZone, stop: () => void delay.disable() }
}

const PARTS = ['v8', 'uv', 'openssl'] as const

/** What does not change while the program runs; never how it was started: that may hold secrets. */
function machineOf() {
  const versions = PARTS.map((part) => [part, process.versions[part] ?? ''] as const)
  return {
    ...{ hostName: hostname(), osRelease: release() },
    versions: Object.freeze(Object.fromEntries(versions)),
  }
}

/** What the event loop did since the last look for the history. */
export interface ProgramStretch {
  /** The highest. */
  readonly loopDelayMaxMs: number
  readonly utilisation: number
}

/** Asks for the figures once in a while, whoever asks how often: each wants those of a while. */
export class SampledProgram {
  readonly #figures: ProgramFigures
  readonly #nowMs: () => number
  #sheet: ProgramSample | undefined
  #atMs: number
  #stretchMs = 0
  #busyMs = 0
  #loopDelayMaxMs = 0

  constructor(figures: ProgramFigures, nowMs: () => number) {
    this.#figures = figures
    this.#nowMs = nowMs
    this.#atMs = nowMs()
  }

  whole(): ProgramSheet {
    return { ...this.sheet(), timeZone: this.#figures.timeZone() }
  }

  sheet(): ProgramSample {
    const nowMs = this.#nowMs()
    if (this.#sheet !== undefined && nowMs - this.#atMs < SAMPLE_MS) return this.#sheet
    const sheet = this.#figures.sheet()
    this.#stretchMs += nowMs - this.#atMs
    this.#busyMs += sheet.utilisation * (nowMs - this.#atMs)
    this.#loopDelayMaxMs = Math.max(this.#loopDelayMaxMs, sheet.loopDelayMaxMs)
    this.#sheet = sheet
    this.#atMs = nowMs
    return sheet
  }

  /** All samples since this was asked last, whoever asked for them meanwhile. */
  stretch(): ProgramStretch {
    this.sheet()
    const utilisation = this.#stretchMs === 0 ? 0 : this.#busyMs / this.#stretchMs
    const loopDelayMaxMs = this.#loopDelayMaxMs
    this.#stretchMs = 0
    this.#busyMs = 0
    this.#loopDelayMaxMs = 0
    return { loopDelayMaxMs, utilisation }
  }

  stop(): void {
    this.#figures.stop()
  }
}

const SAMPLE_MS = 500
