/**
 * catalog/host: the machine of a node, what its program holds of it, what its container leaves.
 *
 * @source elixir-cluster 6.2 (OS data)
 */
import type { DiskSheet, HostSheet, HostThread } from 'troupe'
import { byKey, type Metric, metricsOf, type Reading, type Readings, seconds } from './metric.js'

const { counter, gauge } = metricsOf<HostSheet>(({ host }) => host)

/** One line for each of 1, 5 and 15 minutes. */
function loads({ load }: HostSheet, over: number): Readings {
  if (load === undefined) return undefined
  const { one, five, fifteen } = load
  return byKey('minutes', { 1: one / over, 5: five / over, 15: fifteen / over })
}

const disks =
  (read: (disk: DiskSheet) => number) =>
  (host: HostSheet): readonly Reading[] =>
    host.disks.map((disk) => ({
      labels: { mount: disk.mount, kind: disk.kind },
      value: read(disk),
    }))

const threads =
  (read: (thread: HostThread) => number | undefined) =>
  (host: HostSheet): readonly Reading[] =>
    host.threads.flatMap((thread) => {
      const value = read(thread)
      const labels = { thread: `${thread.id}`, name: thread.name }
      return value === undefined ? [] : [{ labels, value }]
    })

const MACHINE: readonly Metric[] = [
  gauge('host_load', 'Programs that run or want to: mean of some minutes.', (host) =>
    loads(host, 1),
  ),
  gauge('host_load_per_core', 'The same for each core that the program may use.', (host) =>
    loads(host, Math.max(1, host.cores)),
  ),
  gauge('host_memory_size_bytes', 'Memory of the machine.', (host) => host.memory?.totalBytes),
  gauge(
    'host_memory_available_bytes',
    'Memory that programs can have.',
    (host) => host.memory?.availableBytes,
  ),
  gauge(
    'host_memory_used_bytes',
    'Memory that is not available.',
    (host) => host.memory?.usedBytes,
  ),
  gauge(
    'host_memory_cached_bytes',
    'Memory that holds copies of files.',
    (host) => host.memory?.cachedBytes,
  ),
  gauge('host_swap_size_bytes', 'Room for swapping.', (host) => host.memory?.swapTotalBytes),
  gauge('host_swap_used_bytes', 'What is swapped out.', (host) => host.memory?.swapUsedBytes),
  gauge(
    'host_disk_size_bytes',
    'Size of a disk.',
    disks((disk) => disk.sizeBytes),
  ),
  gauge(
    'host_disk_used_bytes',
    'What a disk holds.',
    disks((disk) => disk.usedBytes),
  ),
  gauge(
    'host_disk_available_bytes',
    'What may still be written to a disk.',
    disks((disk) => disk.availableBytes),
  ),
  gauge(
    'host_disk_used_ratio',
    'Share of a disk that is used, of what may be.',
    disks(({ usedBytes, availableBytes }) => usedBytes / Math.max(1, usedBytes + availableBytes)),
  ),
]

const OF_PROGRAM: readonly Metric[] = [
  gauge('host_files_open', 'Files and sockets that are open.', (host) => host.files?.open),
  gauge('host_files_limit', 'How many may be.', (host) => host.files?.max),
  gauge('host_resources', 'What keeps the event loop alive, by type.', ({ resources }) =>
    resources === undefined ? undefined : byKey('type', resources),
  ),
  gauge('host_threads', 'Threads of the program.', (host) => host.threadsTotal),
  counter(
    'host_thread_cpu_seconds_total',
    'Time of a thread on a core.',
    threads(({ cpuMs }) => seconds(cpuMs)),
  ),
  gauge(
    'host_thread_utilization_ratio',
    'Share of a core that a thread had lately.',
    threads(({ utilisation }) => utilisation),
  ),
  gauge('host_workers', 'Worker threads with an event loop.', (host) => host.workersTotal),
  gauge(
    'host_worker_utilization_ratio',
    'Share of the time in which the loop of a worker worked.',
    (host) =>
      host.workers.map(({ id, utilisation }) => ({
        labels: { worker: `${id}` },
        value: utilisation,
      })),
  ),
]

const CONTAINER: readonly Metric[] = [
  gauge(
    'host_container_memory_limit_bytes',
    'Memory that the container may use; left out without a limit.',
    ({ container }) => container.memoryLimitBytes,
  ),
  gauge(
    'host_container_memory_available_bytes',
    'Memory that the program can still have.',
    ({ container }) => container.memoryAvailableBytes,
  ),
  gauge(
    'host_container_cores',
    'Cores that the container may use; left out without a limit.',
    ({ container }) => container.cores,
  ),
  counter(
    'host_container_throttled_total',
    'How often the container had used up its share of a period.',
    ({ container }) => container.throttled,
  ),
  counter(
    'host_container_throttled_seconds_total',
    'How long it then stood still.',
    ({ container: { throttledMs } }) =>
      throttledMs === undefined ? undefined : seconds(throttledMs),
  ),
  gauge('host_unread', 'Parts that the system did not tell.', ({ unread }) => unread.length),
]

export const HOST_METRICS: readonly Metric[] = Object.freeze([
  ...MACHINE,
  ...OF_PROGRAM,
  ...CONTAINER,
])
