/**
 * apps/system/program-host: where the figures of a machine come from: the system that this program
 * runs on.
 *
 * Files are read by Node's own threads, never by the one that runs the node. What this system does
 * not tell is undefined.
 *
 * @source elixir-cluster 6.2 (OS data); proc(5); Node.js os, fs, process
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { opendir, readdir, readFile, stat, statfs } from 'node:fs/promises'
import { freemem, loadavg, totalmem } from 'node:os'
import type { Worker } from 'node:worker_threads'
import type {
  DiskSheet,
  HostContainer,
  HostMemory,
  HostSheet,
  HostWorker,
} from '#cluster/remote/host-sheets'
import {
  coresIn,
  filesMaxIn,
  type GroupPlaces,
  groupsIn,
  type Mount,
  memoryIn,
  mountsIn,
  threadIn,
  throttlingIn,
} from './host-text.js'

/** A thread as it is read: its share is worked out by whoever reads it twice. */
export interface ThreadReading {
  readonly id: number
  readonly name: string
  readonly cpuMs: number
}

/** What can be read of a machine. Each answers undefined, or rejects, when it is not told. */
export interface ProgramHost {
  load(): HostSheet['load']
  memory(): Promise<HostMemory | undefined>
  mounts(): Promise<readonly Mount[] | undefined>
  disk(mount: Mount): Promise<DiskSheet | undefined>
  files(): Promise<HostSheet['files']>
  /** Read at once; asked only while few files are open. */
  resources(): HostSheet['resources']
  threads(): Promise<
    { readonly total: number; readonly rows: readonly ThreadReading[] } | undefined
  >
  workers(): { readonly total: number; readonly rows: readonly HostWorker[] }
  container(): Promise<HostContainer>
  stop(): void
}

/** Threads and workers that are told. */
const THREADS_MAX = 64
const TYPES_MAX = 32
const OPEN_FILES_COUNTED_MAX = 200_000
const TEXT_CHARS_MAX = 262_144

/** That of this program. */
export function programHost(): ProgramHost {
  const workers = new Workers()
  const isLinux = process.platform === 'linux'
  return {
    load: () => {
      const [one = 0, five = 0, fifteen = 0] = loadavg()
      return process.platform === 'win32' ? undefined : { one, five, fifteen }
    },
    memory: () => (isLinux ? linuxMemory() : otherMemory()),
    mounts: async () => {
      // Elsewhere the disk that the program works on is the one that is known.
      if (!isLinux) return [{ mount: process.cwd(), kind: process.platform }]
      return mountsIn(await textOf('/proc/self/mounts'))
    },
    disk,
    files,
    resources,
    threads: async () => (isLinux ? threads() : undefined),
    workers: () => workers.sheets(),
    container,
    stop: () => workers.stop(),
  }
}

const textOf = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8')).slice(0, TEXT_CHARS_MAX)

const linuxMemory = async (): Promise<HostMemory | undefined> =>
  memoryIn(await textOf('/proc/meminfo'))

async function otherMemory(): Promise<HostMemory> {
  const [totalBytes, availableBytes] = [totalmem(), freemem()]
  return {
    ...{ totalBytes, availableBytes, usedBytes: totalBytes - availableBytes },
    ...{ cachedBytes: undefined, swapTotalBytes: undefined, swapUsedBytes: undefined },
  }
}

async function disk({ mount, kind }: Mount): Promise<DiskSheet | undefined> {
  const { bsize, blocks, bfree, bavail } = await statfs(mount)
  if (blocks === 0) return undefined
  return {
    ...{ mount, kind, sizeBytes: blocks * bsize },
    usedBytes: (blocks - bfree) * bsize,
    availableBytes: bavail * bsize,
  }
}

async function files(): Promise<HostSheet['files']> {
  const folder = process.platform === 'linux' ? '/proc/self/fd' : '/dev/fd'
  if (process.platform === 'win32') return undefined
  // Newer kernels tell the count as the size; older ones let them be counted.
  const { size } = await stat(folder)
  const open = process.platform === 'linux' && size > 0 ? size : await countIn(folder)
  const limits = await textOf('/proc/self/limits').catch(() => '')
  return { open, max: filesMaxIn(limits) }
}

async function countIn(folder: string): Promise<number> {
  let count = 0
  for await (const _entry of await opendir(folder, { bufferSize: 256 })) {
    count += 1
    if (count >= OPEN_FILES_COUNTED_MAX) break
  }
  // The folder itself was open while it was counted.
  return Math.max(0, count - 1)
}

function resources(): HostSheet['resources'] {
  const counts = new Map<string, number>()
  for (const type of process.getActiveResourcesInfo()) {
    if (counts.size >= TYPES_MAX && !counts.has(type)) continue
    counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return Object.fromEntries(counts)
}

async function threads(): ReturnType<ProgramHost['threads']> {
  const ids = (await readdir('/proc/self/task')).map(Number).filter(Number.isSafeInteger)
  const read = ids.slice(0, THREADS_MAX).map(async (id): Promise<ThreadReading | undefined> => {
    const text = await textOf(`/proc/self/task/${id}/stat`).catch(() => '')
    const found = threadIn(text)
    return found === undefined ? undefined : { id, ...found }
  })
  const rows = (await Promise.all(read)).filter((one) => one !== undefined)
  return { total: ids.length, rows }
}

async function container(): Promise<HostContainer> {
  const limit = process.constrainedMemory()
  // Without a limit some systems tell the highest number they know.
  const isLimited = limit > 0 && limit <= Number.MAX_SAFE_INTEGER
  const groups = groupsIn(await textOf('/proc/self/cgroup').catch(() => ''))
  const [cores, throttling] = await Promise.all([coresOf(groups), throttlingOf(groups)])
  return {
    memoryLimitBytes: isLimited ? limit : undefined,
    memoryAvailableBytes: process.availableMemory(),
    cores,
    ...throttling,
  }
}

/** The narrowest of all groups that the program is in. */
async function coresOf(groups: readonly GroupPlaces[]): Promise<number | undefined> {
  const rules = groups.flatMap(({ version, folders }) =>
    folders.map(async (folder) => {
      if (version === 2) return coresIn(await textOf(`${folder}/cpu.max`))
      const quota = await textOf(`${folder}/cpu.cfs_quota_us`)
      return coresIn(`${quota.trim()} ${await textOf(`${folder}/cpu.cfs_period_us`)}`)
    }),
  )
  const settled = await Promise.allSettled(rules)
  const cores = settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined))
  const narrowest = Math.min(...cores.filter((one) => one !== undefined))
  return Number.isFinite(narrowest) ? narrowest : undefined
}

async function throttlingOf(
  groups: readonly GroupPlaces[],
): Promise<Pick<HostContainer, 'throttled' | 'throttledMs'>> {
  for (const folder of groups.flatMap(({ folders }) => folders)) {
    const found = throttlingIn(await textOf(`${folder}/cpu.stat`).catch(() => ''))
    if (found.throttled !== undefined) return found
  }
  return { throttled: undefined, throttledMs: undefined }
}

/** Node tells of each worker that is begun. */
const CHANNEL = 'worker_threads'

class Workers {
  readonly #all = new Map<Worker, ReturnType<Worker['performance']['eventLoopUtilization']>>()
  readonly #begun = (told: unknown): void => {
    const { worker } = told as { readonly worker: Worker }
    this.#all.set(worker, worker.performance.eventLoopUtilization())
    worker.once('exit', () => this.#all.delete(worker))
  }

  constructor() {
    subscribe(CHANNEL, this.#begun)
  }

  sheets(): ReturnType<ProgramHost['workers']> {
    const rows: HostWorker[] = []
    for (const [worker, before] of [...this.#all].slice(0, THREADS_MAX)) {
      const { utilization } = worker.performance.eventLoopUtilization(before)
      this.#all.set(worker, worker.performance.eventLoopUtilization())
      rows.push({ id: worker.threadId, utilisation: utilization })
    }
    return { total: this.#all.size, rows }
  }

  stop(): void {
    unsubscribe(CHANNEL, this.#begun)
    this.#all.clear()
  }
}
