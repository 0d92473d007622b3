/**
 * apps/system/program-profile: where profiles come from: V8 of this program.
 *
 * Garbage collection is counted from the first look at the heap on.
 */
import { Session } from 'node:inspector'
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8'
import type { ProfileSheet } from '#cluster/remote/figure-sheets'
import { TroupeError } from '#contract'
import type { CpuProfile } from './profile-reading.js'

/** What of a program can be profiled. */
export interface ProgramProfile {
  /** Begins to look at the stack every so often; gives what ends it. */
  cpu(everyUs: number): () => CpuProfile
  heap(): Pick<ProfileSheet, 'spaces' | 'collections'>
  stop(): void
}

/** That of this program. */
export function programProfile(): ProgramProfile {
  let collected: Collected | undefined
  return {
    cpu: beginCpu,
    heap: () => {
      collected ??= countCollections()
      return { spaces: spacesOf(), collections: collected.list() }
    },
    stop: () => collected?.stop(),
  }
}

/** In the same thread an answer is there when the question returns. */
function beginCpu(everyUs: number): () => CpuProfile {
  const session = new Session()
  session.connect()
  let failed: Error | null = null
  session.post('Profiler.enable')
  session.post('Profiler.setSamplingInterval', { interval: everyUs })
  session.post('Profiler.start', (problem) => {
    failed = problem
  })
  if (failed !== null) {
    session.disconnect()
    throw unable(failed)
  }
  return () => {
    let found: CpuProfile = { nodes: [] }
    session.post('Profiler.stop', (problem, answer) => {
      if (problem === null) found = answer.profile
    })
    session.disconnect()
    return found
  }
}

const unable = (problem: Error): TroupeError =>
  new TroupeError('NOT_ALLOWED', { operation: 'profile', problem: problem.message })

function spacesOf(): ProfileSheet['spaces'] {
  const { used_heap_size, total_heap_size, heap_size_limit } = getHeapStatistics()
  const all = {
    name: 'all',
    usedBytes: used_heap_size,
    sizeBytes: total_heap_size,
    limitBytes: heap_size_limit,
  }
  const each = getHeapSpaceStatistics().map((space) => ({
    name: space.space_name,
    usedBytes: space.space_used_size,
    sizeBytes: space.space_size,
    limitBytes: space.space_used_size + space.space_available_size,
  }))
  return [all, ...each]
}

interface Collected {
  list(): ProfileSheet['collections']
  stop(): void
}

const KINDS: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak callbacks'],
])

/** What Node tells of one; its types leave the detail out. */
interface CollectionEntry {
  readonly duration: number
  readonly detail: { readonly kind: number }
}

function countCollections(): Collected {
  const rows = new Map(
    [...KINDS.values()].map((kind) => [kind, { count: 0, totalMs: 0, maxMs: 0 }]),
  )
  const observer = new PerformanceObserver((entries) => {
    for (const entry of entries.getEntries()) {
      const { duration, detail } = entry as unknown as CollectionEntry
      const row = rows.get(KINDS.get(detail.kind) ?? '')
      if (row === undefined) continue
      row.count += 1
      row.totalMs += duration
      row.maxMs = Math.max(row.maxMs, duration)
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  return {
    list: () => [...rows].map(([kind, row]) => ({ kind, ...row })),
    stop: () => observer.disconnect(),
  }
}
