/**
 * apps/system/profile-reading: a CPU profile of the machine, cut to its largest parts: pure.
 *
 * It holds names of functions and places in files, and no value of the program.
 * Limits: `ROWS_MAX` functions, `BOXES_MAX` boxes of the flame.
 */
import type { FlameBox, ProfileRow } from '#cluster/remote/figure-sheets'
import { cutText } from './cut-value.js'

const ROWS_MAX = 100
const BOXES_MAX = 2_000
const TEXT_CHARS_MAX = 200
const US_PER_MS = 1_000

/** One place of the call tree, as V8 tells it. */
export interface ProfileNode {
  readonly id: number
  readonly callFrame: {
    readonly functionName: string
    readonly url: string
    /** From 0. */
    readonly lineNumber: number
  }
  readonly children?: readonly number[] | undefined
}

/** A CPU profile as V8 tells it: the first node is the root, times are microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly samples?: readonly number[] | undefined
  readonly timeDeltas?: readonly number[] | undefined
}

/** What was found in it. */
export interface ReadProfile {
  readonly samples: number
  readonly rows: readonly ProfileRow[]
  readonly flame: readonly FlameBox[]
}

/** A place of the tree with its times, in milliseconds. */
interface Part {
  readonly name: string
  readonly place: string
  readonly children: readonly Part[]
  hits: number
  selfMs: number
  totalMs: number
}

export function readProfile(profile: CpuProfile): ReadProfile {
  const { samples = [] } = profile
  const parts = partsOf(profile)
  return { samples: samples.length, rows: rowsOf(parts), flame: flameOf(parts) }
}

/** All places, each parent before its children. */
function partsOf({ nodes, samples = [], timeDeltas = [] }: CpuProfile): readonly Part[] {
  const byId = new Map<number, Part & { children: Part[] }>()
  for (const { id, callFrame } of nodes) {
    const { functionName, url, lineNumber } = callFrame
    const name = cutText(functionName === '' ? '(anonymous)' : functionName, TEXT_CHARS_MAX)
    const line = url === '' ? '' : `${url.slice(-TEXT_CHARS_MAX)}:${lineNumber + 1}`
    byId.set(id, { name, place: line, children: [], hits: 0, selfMs: 0, totalMs: 0 })
  }
  for (const { id, children = [] } of nodes) {
    for (const child of children) {
      const part = byId.get(child)
      if (part !== undefined) byId.get(id)?.children.push(part)
    }
  }
  for (const [at, id] of samples.entries()) {
    const part = byId.get(id)
    if (part === undefined) continue
    part.hits += 1
    part.selfMs += Math.max(0, timeDeltas[at] ?? 0) / US_PER_MS
  }
  const ordered = nodes[0] === undefined ? [] : inOrder(byId.get(nodes[0].id) as Part)
  // Children stand behind their parents: from the end each has what it called.
  for (const part of [...ordered].reverse()) {
    part.totalMs = part.children.reduce((sum, child) => sum + child.totalMs, part.selfMs)
  }
  return ordered
}

function inOrder(root: Part): readonly Part[] {
  const ordered = [root]
  for (let at = 0; at < ordered.length; at += 1) ordered.push(...(ordered[at] as Part).children)
  return ordered
}

/** Functions, wherever they were called from; one that calls itself is counted once. */
function rowsOf(parts: readonly Part[]): readonly ProfileRow[] {
  const rows = new Map<string, { -readonly [K in keyof ProfileRow]: ProfileRow[K] }>()
  const open = new Set<string>()
  const walk: { readonly part: Part; readonly isOutermost?: boolean }[] = []
  const [root] = parts
  for (const child of root?.children ?? []) walk.push({ part: child })
  for (let step = walk.pop(); step !== undefined; step = walk.pop()) {
    const { part, isOutermost } = step
    const key = `${part.name} ${part.place}`
    if (isOutermost !== undefined) {
      // On the way back.
      if (isOutermost) open.delete(key)
      continue
    }
    const isFirst = !open.has(key)
    open.add(key)
    const { name, place } = part
    const row = rows.get(key) ?? { name, place, selfMs: 0, totalMs: 0, hits: 0 }
    rows.set(key, row)
    row.selfMs += part.selfMs
    row.hits += part.hits
    if (isFirst) row.totalMs += part.totalMs
    walk.push({ part, isOutermost: isFirst })
    for (const child of part.children) walk.push({ part: child })
  }
  const all = [...rows.values()]
  return all.sort((one, other) => other.selfMs - one.selfMs).slice(0, ROWS_MAX)
}

/** The largest boxes; who is told has its parent told, too. */
function flameOf(parts: readonly Part[]): readonly FlameBox[] {
  // Nobody takes longer than who called it, and the order of equals stays.
  const largest = [...parts].sort((one, other) => other.totalMs - one.totalMs).slice(0, BOXES_MAX)
  const places = new Map(largest.map((part, place) => [part, place] as const))
  return largest.map(({ name, place, totalMs, selfMs, children }) => ({
    ...{ name, place, totalMs, selfMs },
    children: children.map((child) => places.get(child) ?? -1).filter((at) => at >= 0),
  }))
}
