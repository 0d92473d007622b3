/**
 * cluster/remote/host-sheets: the machine of a node and what its program holds of it: plain data.
 *
 * Read when somebody asks and kept for some seconds, so that many who ask cost one reading. What a
 * system does not tell is undefined, and named in `unread`.
 *
 * @source elixir-cluster 6.2 (OS data), 6.5
 */

/** A disk that is mounted. */
export interface DiskSheet {
  readonly mount: string
  /** The kind of its file system: `ext4`. */
  readonly kind: string
  readonly sizeBytes: number
  readonly usedBytes: number
  /** What a program without special rights may still write. */
  readonly availableBytes: number
}

/** Memory of the machine. */
export interface HostMemory {
  readonly totalBytes: number
  /** What programs can have without others being swapped out. */
  readonly availableBytes: number
  /** All but what is available. */
  readonly usedBytes: number
  readonly cachedBytes: number | undefined
  readonly swapTotalBytes: number | undefined
  readonly swapUsedBytes: number | undefined
}

/** A thread of the program, as the operating system runs it. */
export interface HostThread {
  readonly id: number
  /** What the system calls it; several may have one name. */
  readonly name: string
  /** Time on a core since it began. */
  readonly cpuMs: number
  /** Share of one core since the reading before; undefined at its first. */
  readonly utilisation: number | undefined
}

/** A worker thread with an event loop of its own. */
export interface HostWorker {
  readonly id: number
  /** Share of the time in which its event loop worked, since the reading before. */
  readonly utilisation: number
}

/** What a container leaves to the program. */
export interface HostContainer {
  /** Undefined: no limit of its own. */
  readonly memoryLimitBytes: number | undefined
  /** What the program can still have: within its limit, or of the machine. */
  readonly memoryAvailableBytes: number | undefined
  /** Cores it may use at a time; undefined: all. */
  readonly cores: number | undefined
  /** How often it had used up its share of a period, and for how long it then stood still. */
  readonly throttled: number | undefined
  readonly throttledMs: number | undefined
}

/** The machine of a node. */
export interface HostSheet {
  readonly node: string
  /** Wall clock of the reading, milliseconds since 1970. */
  readonly timeMs: number
  /** Cores the program may run on. */
  readonly cores: number
  /** Programs that run or want to, on average of 1, 5 and 15 minutes; per core: over `cores`. */
  readonly load:
    | { readonly one: number; readonly five: number; readonly fifteen: number }
    | undefined
  readonly memory: HostMemory | undefined
  /** Real disks, each once; at most 16. Network and user file systems are not asked. */
  readonly disks: readonly DiskSheet[]
  /** Disks beyond those. */
  readonly disksLeftOut: number
  /** Open files and sockets of the program, and how many it may have. */
  readonly files: { readonly open: number; readonly max: number | undefined } | undefined
  /** What keeps the event loop alive, by type; at most 32 types. */
  readonly resources: Readonly<Record<string, number>> | undefined
  /** Threads of the program; the first 64 are told. */
  readonly threadsTotal: number | undefined
  readonly threads: readonly HostThread[]
  /** Worker threads begun since the node started; at most 64. */
  readonly workersTotal: number
  readonly workers: readonly HostWorker[]
  readonly container: HostContainer
  /** Parts that this system does not tell, or did not tell in time. */
  readonly unread: readonly string[]
}
