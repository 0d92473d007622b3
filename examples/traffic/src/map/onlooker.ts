/**
 * map/onlooker: what the pages that show one part of the world have been told, and so what they
 * have to be told next.
 *
 * Pages that show the same part share it, so a hundred of them cost one. They know the vehicles in
 * their part and no others: one that leaves it, by a step or by falling silent for too long, is
 * told to be gone, or it would stand there for ever.
 */

import { frameJson } from './frame.js'
import { holds, type Viewport } from './viewport.js'
import { type Look, type Sighting, WATCH_SLOTS_MAX } from './watch.js'

/** What the watch has found, and whatever is made of it once for all pages. */
export interface Finding {
  readonly look: Look
  /** Everybody who was there at this look. */
  readonly everybody: () => readonly Sighting[]
  /** A vehicle as it stands in a frame. */
  readonly textOf: (sighting: Sighting) => string
}

/** The frames of one moment; each is made when it is asked for, and once. */
export interface Frames {
  /** For a page that has had the frame before; undefined when there is nothing to tell. */
  readonly next: () => string | undefined
  /** For a page that has not: everything. */
  readonly whole: () => string
}

export class Onlooker {
  readonly #viewport: Viewport
  /** By slot divided by stride: 1 where the pages show a vehicle. */
  readonly #told = new Uint8Array(WATCH_SLOTS_MAX)
  #isNew = true

  constructor(viewport: Viewport) {
    this.#viewport = viewport
  }

  /** The frames after a look; every look has to be given, in their order. */
  frames({ look, everybody, textOf }: Finding): Frames {
    const { stride } = look
    const isAnew = this.#isNew || look.isAnew
    this.#isNew = false
    const whole = once(() => {
      const shown = everybody().filter((sighting) => this.#isInView(sighting))
      return frameJson({ whole: true, stride, gone: [], shown: shown.map(textOf) })
    })
    if (isAnew) {
      this.#told.fill(0)
      for (const sighting of everybody()) {
        if (this.#isInView(sighting)) this.#told[sighting.slot / stride] = 1
      }
      return { next: whole, whole }
    }
    const { gone, shown } = this.#change(look)
    const next = once(() => frameJson({ whole: false, stride, gone, shown: shown.map(textOf) }))
    return { next: gone.length + shown.length === 0 ? () => undefined : next, whole }
  }

  #change({ gone: left, moved, stride }: Look) {
    const gone = left.filter((slot) => this.#letGo(slot / stride))
    const shown: Sighting[] = []
    for (const sighting of moved) {
      const at = sighting.slot / stride
      if (this.#isInView(sighting)) {
        this.#told[at] = 1
        shown.push(sighting)
      } else if (this.#letGo(at)) gone.push(sighting.slot)
    }
    return { gone, shown }
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

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
