/**
 * page/summary: what the picture shows, in a sentence for those who hear the page.
 *
 * Pure.
 */
import type { Vehicle } from './fleet.js'
import type { View } from './view.js'

export interface Shown {
  readonly vehicles: readonly Pick<Vehicle, 'x' | 'y' | 'isEmergency'>[]
  readonly view: Pick<View, 'screenX' | 'screenY' | 'width' | 'height'>
  /** Vehicles the server knows, in view or not; undefined before it has told. */
  readonly known: number | undefined
  /** Only each so many-th vehicle is shown; 1 for all. */
  readonly stride: number
}

const count = (number: number): string => number.toLocaleString('en')

/** Whether a place on the plane is on the screen. */
export function isInView(
  { x, y }: { readonly x: number; readonly y: number },
  view: Shown['view'],
): boolean {
  const [left, top] = [view.screenX(x), view.screenY(y)]
  return left >= 0 && top >= 0 && left <= view.width && top <= view.height
}

/** Vehicles on the screen, and those of them that are in an emergency. */
export function countInView({ vehicles, view }: Pick<Shown, 'vehicles' | 'view'>): {
  readonly inView: number
  readonly inEmergency: number
} {
  let inView = 0
  let inEmergency = 0
  for (const vehicle of vehicles) {
    if (!isInView(vehicle, view)) continue
    inView += 1
    if (vehicle.isEmergency) inEmergency += 1
  }
  return { inView, inEmergency }
}

/** Who is on the screen, who of them is in an emergency, and how many there are in all. */
export function summaryOf({ vehicles, view, known, stride }: Shown): string {
  const { inView, inEmergency } = countInView({ vehicles, view })
  const sample = stride === 1 ? '' : ` One of ${stride} vehicles is shown.`
  const all = known === undefined ? '' : ` Known in all: ${count(known)}.`
  const told = `Vehicles in view: ${count(inView)}, in an emergency: ${count(inEmergency)}.`
  return `A map.${sample} ${told}${all}`
}
