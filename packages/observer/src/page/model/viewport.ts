/**
 * page/model/viewport: what part of a picture is seen: moved, drawn nearer, fitted. Pure.
 *
 * A point of the picture stands on the screen at `point * scale + offset`.
 */

export interface Viewport {
  readonly x: number
  readonly y: number
  readonly scale: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Box extends Size {
  readonly x: number
  readonly y: number
}

export const SCALE = { least: 0.1, most: 2, readable: 0.75 } as const

const within = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, value))

/** All of it, where that can be read; else as small as can be read, from the left edge. */
export function fitted(picture: Size, screen: Size): Viewport {
  if (picture.width === 0 || picture.height === 0) return { x: 0, y: 0, scale: 1 }
  const whole = Math.min(screen.width / picture.width, screen.height / picture.height)
  const scale = within(whole, SCALE.readable, 1)
  const x = Math.max(0, (screen.width - picture.width * scale) / 2)
  return { x, y: (screen.height - picture.height * scale) / 2, scale }
}

/** Nearer or farther, with the point under the pointer staying where it is. */
export function zoomed(
  view: Viewport,
  factor: number,
  at: { readonly x: number; readonly y: number },
): Viewport {
  const scale = within(view.scale * factor, SCALE.least, SCALE.most)
  const grown = scale / view.scale
  return { x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown, scale }
}

export const moved = (view: Viewport, byX: number, byY: number): Viewport => ({
  ...view,
  x: view.x + byX,
  y: view.y + byY,
})

const MARGIN = 24

/** Moved no further than is needed for a box to be seen. */
export function showing(view: Viewport, box: Box, screen: Size): Viewport {
  const left = box.x * view.scale + view.x
  const top = box.y * view.scale + view.y
  const byX = shift({ from: left, length: box.width * view.scale, room: screen.width })
  const byY = shift({ from: top, length: box.height * view.scale, room: screen.height })
  return byX === 0 && byY === 0 ? view : moved(view, byX, byY)
}

function shift({
  from,
  length,
  room,
}: {
  readonly from: number
  readonly length: number
  readonly room: number
}): number {
  if (from < MARGIN) return MARGIN - from
  const beyond = from + length - (room - MARGIN)
  return beyond > 0 ? -beyond : 0
}
