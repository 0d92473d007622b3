/**
 * page/input: what fingers, mouse and keys do to the view.
 *
 * One finger or the mouse drags, two fingers or the wheel zoom, a click without a drag asks. With
 * keys: arrows, plus and minus, Enter asks in the middle, whatever part of the page has the focus;
 * only what a button does with a key is left to it.
 */
import type { View } from './view.js'

export interface InputEvents {
  /** The view has changed. */
  changed(): void
  /** Somebody asks at this pixel. */
  asked(x: number, y: number): void
  /** The pointer rests here; undefined when it has left. */
  pointed(place: { readonly x: number; readonly y: number } | undefined): void
  fit(): void
  cleared(): void
}

/** Pixels a finger may move within a click. */
const CLICK_MAX = 6
const KEY_STEP = 80

export function listen(canvas: HTMLCanvasElement, view: View, events: InputEvents): void {
  listenToPointers(canvas, view, events)
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      view.zoomAt(Math.exp(-event.deltaY * 0.0016), event.offsetX, event.offsetY)
      events.changed()
    },
    { passive: false },
  )
  document.addEventListener('keydown', (event) => {
    const isShortcut = event.ctrlKey || event.metaKey || event.altKey
    const isOfButton = event.target instanceof HTMLButtonElement && event.key === 'Enter'
    if (isShortcut || isOfButton) return
    if (press(event.key, view, events)) event.preventDefault()
  })
}

function listenToPointers(canvas: HTMLCanvasElement, view: View, events: InputEvents): void {
  const down = new Map<number, { x: number; y: number }>()
  let travelled = 0
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    if (down.size === 0) travelled = 0
    down.set(event.pointerId, { x: event.offsetX, y: event.offsetY })
  })
  canvas.addEventListener('pointermove', (event) => {
    const before = down.get(event.pointerId)
    const place = { x: event.offsetX, y: event.offsetY }
    if (before === undefined) return events.pointed(place)
    events.pointed(undefined)
    travelled += Math.abs(place.x - before.x) + Math.abs(place.y - before.y)
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1]
    if (other === undefined) {
      if (travelled > CLICK_MAX) canvas.classList.add('dragging')
      view.panBy(place.x - before.x, place.y - before.y)
    } else {
      const [was, is] = [distance(before, other), distance(place, other)]
      view.zoomAt(is / Math.max(1, was), (place.x + other.x) / 2, (place.y + other.y) / 2)
      view.panBy((place.x - before.x) / 2, (place.y - before.y) / 2)
    }
    down.set(event.pointerId, place)
    events.changed()
  })
  const up = (event: PointerEvent): void => {
    canvas.classList.remove('dragging')
    if (!down.delete(event.pointerId) || down.size > 0 || event.type !== 'pointerup') return
    if (travelled <= CLICK_MAX) events.asked(event.offsetX, event.offsetY)
  }
  canvas.addEventListener('pointerup', up)
  canvas.addEventListener('pointercancel', up)
  canvas.addEventListener('pointerleave', () => events.pointed(undefined))
}

const distance = (
  left: { readonly x: number; readonly y: number },
  right: { readonly x: number; readonly y: number },
): number => Math.hypot(left.x - right.x, left.y - right.y)

/** False for a key that means nothing here. */
function press(key: string, view: View, events: InputEvents): boolean {
  const [x, y] = [view.width / 2, view.height / 2]
  const moves: Verbs = {
    ArrowLeft: () => view.panBy(KEY_STEP, 0),
    ArrowRight: () => view.panBy(-KEY_STEP, 0),
    ArrowUp: () => view.panBy(0, KEY_STEP),
    ArrowDown: () => view.panBy(0, -KEY_STEP),
    '+': () => view.zoomAt(1.5, x, y),
    '=': () => view.zoomAt(1.5, x, y),
    '-': () => view.zoomAt(1 / 1.5, x, y),
  }
  const asks: Verbs = {
    f: () => events.fit(),
    Enter: () => events.asked(x, y),
    Escape: () => events.cleared(),
  }
  if (Object.hasOwn(moves, key)) {
    moves[key]?.()
    events.changed()
    return true
  }
  if (!Object.hasOwn(asks, key)) return false
  asks[key]?.()
  return true
}

/** What keys do, by their names. */
type Verbs = Readonly<Record<string, () => void>>
