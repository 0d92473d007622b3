/**
 * page/pages/application/tree-view: the picture of a supervision tree: moved by dragging, drawn
 * nearer by the wheel, walked through by keys.
 *
 * Keys: arrows walk, Enter opens the process, Space folds, `f` shows only what is below it, `+`,
 * `-` and `0` zoom. The layout is worked out anew only when boxes come or go.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { PidText } from '#observer/contract/api'
import { Button } from '#page/kit/basics'
import type { Look } from '#page/model/row-rates'
import type { TreeColour } from '#page/model/tree-colour'
import type { TreeBox } from '#page/model/tree-fold'
import { layoutKey, layoutTree, type PlacedBox } from '#page/model/tree-layout'
import { type Step, stepFrom } from '#page/model/tree-steps'
import { fitted, moved, type Size, showing, type Viewport, zoomed } from '#page/model/viewport'
import { nodePath } from '#page/place'
import { go } from '#page/router'
import { Boxes } from './tree-boxes.js'

export interface TreeViewProps {
  readonly node: string
  readonly boxes: readonly TreeBox[]
  readonly colour: TreeColour
  readonly look: Look
  readonly matches: ReadonlySet<PidText>
  readonly onFold: (pid: PidText) => void
  readonly onSpread: (pid: PidText) => void
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
const NEARER = 1.25

export function TreeView(props: TreeViewProps): VNode {
  const { boxes } = props
  const screen = useRef<HTMLDivElement>(null)
  const key = layoutKey(boxes)
  const picture = useMemo(() => layoutTree(boxes), [key])
  const placed = withFigures(picture.boxes, boxes)
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
  const root = boxes[0]?.key
  useEffect(fit, [root])
  const choose = (to: string): void => {
    chosen.value = to
    const box = placed.find((each) => each.box.key === to)
    if (box !== undefined) view.value = showing(view.value, box, sizeOf())
  }
  const act = (box: TreeBox): void => {
    if (box.kind === 'more') props.onSpread(box.parent)
    else go(nodePath(props.node, 'processes', [box.key]))
  }
  const press = (event: KeyboardEvent): void => {
    const step = STEPS[event.key]
    const box = boxes.find((each) => each.key === chosen.value)
    if (step !== undefined) choose(stepFrom(boxes, chosen.value ?? '', step))
    else if (event.key === '+') zoom(NEARER)
    else if (event.key === '-') zoom(1 / NEARER)
    else if (event.key === '0') fit()
    else if (event.key === 'Enter' && box !== undefined) act(box)
    else if (event.key === ' ' && box?.kind === 'process') props.onFold(box.key)
    else if (event.key === 'f' && box?.kind === 'process') props.onFocus(box.key)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  usePointer(screen, view)
  return (
    <div class="tree">
      <div
        ref={screen}
        class="tree-screen"
        role="tree"
        tabIndex={0}
        aria-label="Supervision tree"
        aria-activedescendant={chosen.value === undefined ? undefined : `box-${chosen.value}`}
        onKeyDown={press}
      >
        <Boxes
          {...props}
          placed={placed}
          lines={picture.lines}
          view={view.value}
          size={picture}
          chosen={chosen.value}
          onChoose={choose}
          onOpen={act}
        />
      </div>
      <div class="tree-buttons">
        <Button title="Nearer" onPress={() => zoom(NEARER)}>
          +
        </Button>
        <Button title="Farther" onPress={() => zoom(1 / NEARER)}>
          −
        </Button>
        <Button title="Show all of it" onPress={fit}>
          Fit
        </Button>
      </div>
    </div>
  )
}

/** The layout stays, the rows are those of now. */
function withFigures(
  placed: readonly PlacedBox[],
  boxes: readonly TreeBox[],
): readonly PlacedBox[] {
  return placed.map((each, place) => ({ ...each, box: boxes[place] ?? each.box }))
}

const WHEEL_STEP = 0.0015

/** Drags and wheels. The wheel alone scrolls the page, unless the picture has the focus. */
function usePointer(
  screen: { readonly current: HTMLDivElement | null },
  view: { value: Viewport },
): void {
  useEffect(() => {
    const target = screen.current
    if (target === null) return undefined
    let last: { readonly x: number; readonly y: number } | undefined
    const down = (event: PointerEvent): void => {
      if (event.button !== 0) return
      last = { x: event.clientX, y: event.clientY }
    }
    const move = (event: PointerEvent): void => {
      if (last === undefined) return
      view.value = moved(view.value, event.clientX - last.x, event.clientY - last.y)
      last = { x: event.clientX, y: event.clientY }
    }
    const up = (): void => {
      last = undefined
    }
    const wheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== target) return
      event.preventDefault()
      const box = target.getBoundingClientRect()
      const at = { x: event.clientX - box.left, y: event.clientY - box.top }
      view.value = zoomed(view.value, Math.exp(-event.deltaY * WHEEL_STEP), at)
    }
    target.addEventListener('pointerdown', down)
    addEventListener('pointermove', move)
    addEventListener('pointerup', up)
    addEventListener('pointercancel', up)
    target.addEventListener('wheel', wheel, { passive: false })
    return () => {
      target.removeEventListener('pointerdown', down)
      removeEventListener('pointermove', move)
      removeEventListener('pointerup', up)
      removeEventListener('pointercancel', up)
      target.removeEventListener('wheel', wheel)
    }
  }, [])
}
