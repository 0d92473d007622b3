/**
 * page/pages/application/use-pointer: a picture is moved by dragging and drawn nearer by the wheel.
 *
 * The wheel alone scrolls the page, unless the picture has the focus or a control key is held.
 */
import { useEffect } from 'preact/hooks'
import { moved, type Viewport, zoomed } from '#page/model/viewport'

const WHEEL_STEP = 0.0015

interface View {
  value: Viewport
}

export function usePointer(screen: { readonly current: HTMLElement | null }, view: View): void {
  useEffect(() => {
    const target = screen.current
    if (target === null) return undefined
    const ends = [onDrag(target, view), onWheel(target, view)]
    return () => {
      for (const end of ends) end()
    }
  }, [])
}

function onDrag(target: HTMLElement, view: View): () => void {
  let last: { readonly x: number; readonly y: number } | undefined
  const down = (event: PointerEvent): void => {
    if (event.button === 0) last = { x: event.clientX, y: event.clientY }
  }
  const move = (event: PointerEvent): void => {
    if (last === undefined) return
    view.value = moved(view.value, event.clientX - last.x, event.clientY - last.y)
    last = { x: event.clientX, y: event.clientY }
  }
  const up = (): void => {
    last = undefined
  }
  target.addEventListener('pointerdown', down)
  addEventListener('pointermove', move)
  addEventListener('pointerup', up)
  addEventListener('pointercancel', up)
  return () => {
    target.removeEventListener('pointerdown', down)
    removeEventListener('pointermove', move)
    removeEventListener('pointerup', up)
    removeEventListener('pointercancel', up)
  }
}

function onWheel(target: HTMLElement, view: View): () => void {
  const wheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== target) return
    event.preventDefault()
    const box = target.getBoundingClientRect()
    const at = { x: event.clientX - box.left, y: event.clientY - box.top }
    view.value = zoomed(view.value, Math.exp(-event.deltaY * WHEEL_STEP), at)
  }
  target.addEventListener('wheel', wheel, { passive: false })
  return () => target.removeEventListener('wheel', wheel)
}
