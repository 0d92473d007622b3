/**
 * Profiles for pages that are looked at without a cluster.
 */

const FILES = ['runtime/scheduler.ts', 'runtime/mailbox.ts', 'network/frame.ts', 'jobs/worker.ts']
const NAMES = [
  'run',
  'handle',
  'push',
  'encode',
  'decode',
  'price',
  'sum',
  'write',
  'flush',
  'hash',
]

interface Box {
  readonly name: string
  readonly place: string
  readonly totalMs: number
  readonly selfMs: number
  readonly children: number[]
}

/** A tree of calls, always the same. */
function flame(): readonly Box[] {
  const boxes: Box[] = [{ name: '(root)', place: '', totalMs: 5_000, selfMs: 0, children: [] }]
  const grow = (parent: number, depth: number, restMs: number): void => {
    let leftMs = restMs * 0.94
    for (let child = 0; child < 4 && leftMs > 12 && depth < 14; child += 1) {
      const seed = (parent * 7 + child * 3 + depth) % 10
      const totalMs = leftMs * (0.35 + seed / 22)
      const index = boxes.length
      const place = `${FILES[(parent + child) % 4]}:${40 + seed * 7}:3`
      boxes[parent]?.children.push(index)
      boxes.push({
        name: NAMES[seed] ?? 'run',
        place,
        totalMs,
        selfMs: totalMs * 0.06,
        children: [],
      })
      grow(index, depth + 1, totalMs)
      leftMs -= totalMs
    }
  }
  grow(0, 0, 5_000)
  return boxes.slice(0, 2_000)
}

/** A CPU profile. */
export function cpuProfile(): unknown {
  const boxes = flame()
  const rows = boxes.slice(1, 60).map(({ name, place, selfMs, totalMs }, index) => ({
    ...{ name: `${name}${index % 7}`, place, selfMs, totalMs, hits: Math.round(selfMs) },
  }))
  return {
    ...{ kind: 'cpu', tookMs: 5_004, samples: 4_711, rows, flame: boxes },
    ...{ spaces: [], collections: [] },
  }
}

/** Spaces and collections of a heap. */
export const heapProfile = (): unknown => ({
  ...{ kind: 'heap', tookMs: 2, samples: 0, rows: [], flame: [] },
  spaces: [
    ['new_space', 9.2e6, 16.7e6],
    ['old_space', 48.1e6, 51.2e6],
    ['code_space', 2.1e6, 2.4e6],
    ['large_object_space', 4.4e6, 4.5e6],
  ].map(([name, usedBytes, sizeBytes]) => ({ name, usedBytes, sizeBytes, limitBytes: 2e9 })),
  collections: [
    { kind: 'scavenge', count: 8_211, totalMs: 9_120, maxMs: 8.1 },
    { kind: 'mark-sweep', count: 41, totalMs: 812, maxMs: 44.2 },
  ],
})
