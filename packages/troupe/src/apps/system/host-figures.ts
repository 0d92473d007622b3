/**
 * apps/system/host-figures: the sheet of a machine: read when it is asked for, kept some seconds.
 *
 * Whoever asks while it is being read waits for that reading. A part that does not answer in time
 * is left out and named, and is not begun again before it has answered: a disk that hangs keeps one
 * reading waiting, not one for each who asks.
 *
 * @source elixir-cluster 6.2 (OS data), 6.5
 */
import { availableParallelism } from 'node:os'
import type { DiskSheet, HostContainer, HostSheet, HostThread } from '#cluster/remote/host-sheets'
import type { ProgramHost, ThreadReading } from './program-host.js'

/** A sheet is given again for so long, in milliseconds. */
export const HOST_KEPT_MS = 5_000
/** Longest time for one reading: what is not there then is left out. */
export const HOST_READING_MS = 1_000
const DISKS_MAX = 16
/** Above so many open files what keeps the loop alive takes too long to be counted in one turn. */
const COUNTED_FILES_MAX = 8_192

/** What the sheet is made with. */
export interface HostVerbs {
  readonly node: string
  nowMs(): number
  wallMs(): number
  /** Gives what takes it back. */
  after(delayMs: number, run: () => void): () => void
}

/** What is read at once or later. */
type Part<T> = T | undefined | Promise<T | undefined>

const NO_CONTAINER: HostContainer = Object.freeze({
  ...{ memoryLimitBytes: undefined, memoryAvailableBytes: undefined, cores: undefined },
  ...{ throttled: undefined, throttledMs: undefined },
})

export class HostFigures {
  readonly #host: ProgramHost
  readonly #verbs: HostVerbs
  readonly #waiting = new Set<string>()
  #reading: Promise<HostSheet> | undefined
  #keptUntilMs = Number.POSITIVE_INFINITY
  #before: { readonly atMs: number; readonly cpuMs: ReadonlyMap<number, number> } | undefined

  constructor(host: ProgramHost, verbs: HostVerbs) {
    this.#host = host
    this.#verbs = verbs
  }

  /** Never rejects. */
  sheet(): Promise<HostSheet> {
    if (this.#reading !== undefined && this.#verbs.nowMs() < this.#keptUntilMs) return this.#reading
    this.#keptUntilMs = Number.POSITIVE_INFINITY
    this.#reading = this.#read().finally(() => {
      this.#keptUntilMs = this.#verbs.nowMs() + HOST_KEPT_MS
    })
    return this.#reading
  }

  async #read(): Promise<HostSheet> {
    let cancel = (): void => {}
    const late = new Promise<undefined>((resolve) => {
      cancel = this.#verbs.after(HOST_READING_MS, () => resolve(undefined))
    })
    try {
      return await this.#readUntil(late)
    } finally {
      cancel()
    }
  }

  async #readUntil(late: Promise<undefined>): Promise<HostSheet> {
    const host = this.#host
    const unread: string[] = []
    const part = async <T>(name: string, read: () => Part<T>): Promise<T | undefined> => {
      const value = await this.#part(name, read, late)
      if (value === undefined) unread.push(name)
      return value
    }
    const [load, memory, mounts, files, threads, workers, container] = await Promise.all([
      part('load', () => host.load()),
      part('memory', () => host.memory()),
      part('disks', () => host.mounts()),
      part('files', () => host.files()),
      part('threads', () => host.threads()),
      part('workers', () => host.workers()),
      part('container', () => host.container()),
    ])
    const looked = (mounts ?? []).slice(0, DISKS_MAX)
    const isFew = files === undefined || files.open <= COUNTED_FILES_MAX
    const [resources, ...disks] = await Promise.all([
      part('resources', () => (isFew ? host.resources() : undefined)),
      ...looked.map((mount) => part<DiskSheet>(`disk ${mount.mount}`, () => host.disk(mount))),
    ])
    return {
      ...{ node: this.#verbs.node, timeMs: this.#verbs.wallMs(), cores: availableParallelism() },
      ...{ load, memory, files, threadsTotal: threads?.total },
      threads: this.#withShares(threads?.rows ?? []),
      ...{ workersTotal: workers?.total ?? 0, workers: workers?.rows ?? [] },
      container: container ?? NO_CONTAINER,
      disks: disks.filter((one) => one !== undefined),
      disksLeftOut: Math.max(0, (mounts?.length ?? 0) - DISKS_MAX),
      ...{ resources, unread },
    }
  }

  /** One that still waits from an earlier reading is not asked again. */
  async #part<T>(
    name: string,
    read: () => Part<T>,
    late: Promise<undefined>,
  ): Promise<T | undefined> {
    if (this.#waiting.has(name)) return undefined
    this.#waiting.add(name)
    const reading = (async () => read())()
    const done = reading.catch(() => undefined).finally(() => this.#waiting.delete(name))
    return Promise.race([done, late])
  }

  #withShares(rows: readonly ThreadReading[]): readonly HostThread[] {
    const atMs = this.#verbs.nowMs()
    const before = this.#before
    const spanMs = before === undefined ? 0 : atMs - before.atMs
    this.#before = { atMs, cpuMs: new Map(rows.map(({ id, cpuMs }) => [id, cpuMs])) }
    return rows.map((row) => {
      const earlierMs = before?.cpuMs.get(row.id)
      const isKnown = earlierMs !== undefined && spanMs > 0
      const share = isKnown ? Math.max(0, (row.cpuMs - earlierMs) / spanMs) : undefined
      return { ...row, utilisation: share }
    })
  }
}
