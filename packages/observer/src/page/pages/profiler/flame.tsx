/**
 * page/pages/profiler/flame: a CPU profile as a flame graph: boxes as wide as their time, callees
 * below. A press on a box makes it as wide as the graph.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { FlameBox } from 'troupe'
import { duration, percent } from '#page/base/format'
import { Button } from '#page/kit/basics'

/** A box at its place: shares of the width from 0 to 1. */
export interface Laid {
  readonly index: number
  readonly depth: number
  readonly left: number
  readonly width: number
}

/** Boxes narrower than this are left out. */
const WIDTH_MIN = 0.002
const DEPTH_MAX = 48
const ROW = 21

/** Where the boxes below one are drawn. Pure. */
export function laidOut(boxes: readonly FlameBox[], root: number): readonly Laid[] {
  const whole = boxes[root]?.totalMs ?? 0
  if (whole <= 0) return []
  const laid: Laid[] = []
  const seen = new Set<number>()
  const lay = (index: number, depth: number, left: number): void => {
    const box = boxes[index]
    const width = (box?.totalMs ?? 0) / whole
    if (box === undefined || width < WIDTH_MIN || depth > DEPTH_MAX || seen.has(index)) return
    seen.add(index)
    laid.push({ index, depth, left, width })
    let start = left
    for (const child of box.children) {
      lay(child, depth + 1, start)
      start += (boxes[child]?.totalMs ?? 0) / whole
    }
  }
  lay(root, 0, 0)
  return laid
}

/** Parts of the program have one hue each, by their file. */
const hueOf = (place: string): number => {
  let hash = 0
  for (const letter of place.split(':')[0] ?? '') hash = (hash * 31 + letter.charCodeAt(0)) % 6
  return hash + 1
}

/** The graph. */
export function Flame({ boxes }: { readonly boxes: readonly FlameBox[] }): VNode {
  // A place in one profile means nothing in the next.
  const chosen = useSignal({ boxes, root: 0 })
  const root = chosen.value.boxes === boxes ? chosen.value.root : 0
  const choose = (place: number): void => {
    chosen.value = { boxes, root: place }
  }
  const laid = laidOut(boxes, root)
  const deepest = Math.max(0, ...laid.map(({ depth }) => depth))
  const whole = boxes[0]?.totalMs ?? 1
  return (
    <div class="flame">
      <div class="flame-head">
        <span class="mono">{boxes[root]?.name}</span>
        <Button onPress={() => choose(0)} disabled={root === 0}>
          Show all
        </Button>
      </div>
      <div class="flame-boxes" style={{ height: `${(deepest + 1) * ROW}px` }}>
        {laid.map((place) => (
          <Box
            key={place.index}
            laid={place}
            box={boxes[place.index]}
            whole={whole}
            onPress={() => choose(place.index)}
          />
        ))}
      </div>
    </div>
  )
}

function Box({
  laid,
  box,
  whole,
  onPress,
}: {
  readonly laid: Laid
  readonly box: FlameBox | undefined
  readonly whole: number
  readonly onPress: () => void
}): VNode | null {
  if (box === undefined) return null
  const words = [
    `${box.name} ${box.place}`,
    `${duration(box.totalMs)} in all, ${percent(box.totalMs / whole)}`,
    `${duration(box.selfMs)} alone`,
  ]
  return (
    <button
      type="button"
      class={`flame-box flame-${hueOf(box.place)}`}
      title={words.join('\n')}
      onClick={onPress}
      style={{
        left: `${laid.left * 100}%`,
        top: `${laid.depth * ROW}px`,
        width: `${laid.width * 100}%`,
      }}
    >
      {box.name}
    </button>
  )
}
