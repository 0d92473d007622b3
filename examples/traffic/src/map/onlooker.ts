/**
 * map/onlooker: what one open page has been told, and so what it has to be told next.
 *
 * Pure. A page knows the vehicles in its part of the world and no others: one that leaves it, by a
 * step or by falling silent for too long, is told to be gone, or it would stand there for ever.
 */

import { frameJson } from './frame.js'
import { holds, type Viewport } from './viewport.js'
import { type Look, type Sighting, WATCH_SLOTS_MAX } from './watch.js'

export class Onlooker {
  readonly #viewport: Viewport
  /** By slot divided by stride: 1 where the page shows a vehicle. */
  readonly #told = new Uint8Array(WATCH_SLOTS_MAX)
  #isNew = true

  constructor(viewport: Viewport) {
    this.#viewport = viewport
  }

  /** The next frame; undefined when there is nothing to tell. */
  frame(look: Look, everybody: () => readonly Sighting[], nowMs: number): string | undefined {
    const whole = this.#isNew || look.isAnew
    this.#isNew = false
    if (whole) this.#told.fill(0)
    const gone = whole ? [] : look.gone.filter((slot) => this.#letGo(slot / look.stride))
    const shown: Sighting[] = []
    for (const sighting of whole ? everybody() : look.moved) {
      if (this.#isInView(sighting)) {
        this.#told[sighting.slot / look.stride] = 1
        shown.push(sighting)
      } else if (this.#letGo(sighting.slot / look.stride)) gone.push(sighting.slot)
    }
    if (!whole && gone.length === 0 && shown.length === 0) return undefined
    return frameJson({ whole, stride: look.stride, gone, shown }, nowMs)
  }

  /** True when it was shown. */
  #letGo(at: number): boolean {
    const isShown = this.#told[at] === 1
    if (isShown) this.#told[at] = 0
    return isShown
  }

  #isInView({ report }: Sighting): boolean {
    return holds(this.#viewport, report.position.latitude, report.position.longitude)
  }
}
