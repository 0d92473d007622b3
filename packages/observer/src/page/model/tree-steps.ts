/**
 * page/model/tree-steps: where an arrow key leads in a drawn tree, and which of its processes match
 * what was typed. Pure.
 */
import type { PidText } from '#observer/contract/api'
import type { ToldTreeRow } from './told.js'
import type { TreeBox } from './tree-fold.js'

export type Step = 'parent' | 'child' | 'before' | 'after' | 'first' | 'last'

/** The box a step leads to; the same one where there is none. */
export function stepFrom(boxes: readonly TreeBox[], from: string, step: Step): string {
  const box = boxes.find(({ key }) => key === from)
  if (box === undefined || step === 'first' || step === 'last') {
    return (step === 'last' ? boxes.at(-1) : boxes[0])?.key ?? from
  }
  if (step === 'parent') return box.parent ?? from
  if (step === 'child') return boxes.find(({ parent }) => parent === from)?.key ?? from
  const depths = depthsOf(boxes)
  const level = boxes.filter(({ key }) => depths.get(key) === depths.get(from))
  const at = level.findIndex(({ key }) => key === from)
  return level[at + (step === 'before' ? -1 : 1)]?.key ?? from
}

/** How deep each box stands; parents come before their children. */
export function depthsOf(boxes: readonly TreeBox[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>()
  for (const { key, parent } of boxes) depths.set(key, (depths.get(parent ?? '') ?? -1) + 1)
  return depths
}

/** What matches, and the rows that lead there, as a smaller tree. */
export interface Matching {
  readonly rows: readonly ToldTreeRow[]
  readonly matches: ReadonlySet<PidText>
}

/** The rows whose name, behaviour, application or pid hold a text, whatever its case. */
export function matching(rows: readonly ToldTreeRow[], text: string): Matching {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return { rows, matches: new Set() }
  const holds = (word: string | undefined): boolean => word?.toLowerCase().includes(wanted) ?? false
  const found = rows.filter(
    ({ name, behaviour, application, pid }) =>
      holds(name) || holds(behaviour) || holds(application) || holds(pid),
  )
  const parents = new Map(rows.map(({ pid, parent }) => [pid, parent]))
  const kept = new Set<PidText>()
  for (const { pid } of found) {
    for (let at: PidText | undefined = pid; at !== undefined && !kept.has(at); ) {
      kept.add(at)
      at = parents.get(at)
    }
  }
  return {
    rows: rows.filter(({ pid }) => kept.has(pid)),
    matches: new Set(found.map(({ pid }) => pid)),
  }
}
