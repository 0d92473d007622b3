/**
 * page/pages/application/use-tree: what a drawn tree knows of itself: its layout, what of it is
 * seen, which box is chosen, and what a key does.
 *
 * The layout is worked out anew only when boxes come or go: nothing moves while figures change.
 */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { PidText } from '#observer/contract/api'
import type { TreeBox } from '#page/model/tree-fold'
import { layoutKey, layoutTree, type PlacedBox, type TreePicture } from '#page/model/tree-layout'
import { type Step, stepFrom } from '#page/model/tree-steps'
import { fitted, type Size, showing, type Viewport, zoomed } from '#page/model/viewport'
import { usePointer } from './use-pointer.js'

export interface DrawnTree {
  readonly screen: { current: HTMLDivElement | null }
  readonly picture: TreePicture
  readonly placed: readonly PlacedBox[]
  readonly view: Signal<Viewport>
  readonly chosen: Signal<string | undefined>
  choose(key: string): void
  fit(): void
  zoom(factor: number): void
}

export const NEARER = 1.25

export function useTree(boxes: readonly TreeBox[]): DrawnTree {
  const screen = useRef<HTMLDivElement>(null)
  const key = layoutKey(boxes)
  const picture = useMemo(() => layoutTree(boxes), [key])
  // The layout stays, the rows are those of now.
  const placed = picture.boxes.map((each, place) => ({ ...each, box: boxes[place] ?? each.box }))
  const view = useSignal<Viewport>({ x: 0, y: 0, scale: 1 })
  const chosen = useSignal<string | undefined>(undefined)
  const sizeOf = (): Size => ({
    width: screen.current?.clientWidth ?? 0,
    height: screen.current?.clientHeight ?? 0,
  })
  const fit = (): void => {
    view.value = fitted(picture, sizeOf())
  }
  const zoom = (factor: number): void => {
    const { width, height } = sizeOf()
    view.value = zoomed(view.value, factor, { x: width / 2, y: height / 2 })
  }
  const choose = (to: string): void => {
    chosen.value = to
    const box = placed.find((each) => each.box.key === to)
    if (box !== undefined) view.value = showing(view.value, box, sizeOf())
  }
  const root = boxes[0]?.key
  useEffect(fit, [root])
  usePointer(screen, view)
  return { screen, picture, placed, view, chosen, choose, fit, zoom }
}

/** What keys do to a process of the tree. */
export interface TreeKeys {
  readonly onOpen: (box: TreeBox) => void
  readonly onFold: (pid: PidText) => void
  readonly onFocus: (pid: PidText) => void
}

const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: 'parent',
  ArrowRight: 'child',
  ArrowUp: 'before',
  ArrowDown: 'after',
  Home: 'first',
  End: 'last',
}

/** Does what a key means; false: it means nothing here. */
export function pressed(
  key: string,
  tree: DrawnTree,
  { boxes, onOpen, onFold, onFocus }: TreeKeys & { readonly boxes: readonly TreeBox[] },
): boolean {
  const step = STEPS[key]
  const box = boxes.find((each) => each.key === tree.chosen.value)
  if (step !== undefined) tree.choose(stepFrom(boxes, tree.chosen.value ?? '', step))
  else if (key === '+') tree.zoom(NEARER)
  else if (key === '-') tree.zoom(1 / NEARER)
  else if (key === '0') tree.fit()
  else if (key === 'Enter' && box !== undefined) onOpen(box)
  else if (key === ' ' && box?.kind === 'process') onFold(box.key)
  else if (key === 'f' && box?.kind === 'process') onFocus(box.key)
  else return false
  return true
}
