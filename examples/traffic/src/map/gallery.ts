/**
 * map/gallery: the open pages, by the part of the world they show.
 *
 * Knows who has had the frame before and who is still busy with it: a page that has not taken its
 * frame yet gets none, and everything once it has, so at most one frame waits for each page however
 * slowly it reads. Knows nothing of connections: pages are whatever it is given.
 */

import { vehicleText } from './frame.js'
import { Onlooker } from './onlooker.js'
import type { Viewport } from './viewport.js'
import type { Sighting, Watch } from './watch.js'

export interface Page<C> {
  readonly connection: C
  /** It needs everything: it is new, or has missed a frame. */
  isBehind: boolean
  /** A frame is on its way to it. */
  isBusy: boolean
}

interface Part<C> {
  readonly onlooker: Onlooker
  readonly pages: Map<number, Page<C>>
}

export class Gallery<C> {
  readonly #watch: Watch
  readonly #parts = new Map<string, Part<C>>()
  /** The part of each page. */
  readonly #partOf = new Map<number, string>()

  constructor(watch: Watch) {
    this.#watch = watch
  }

  get size(): number {
    return this.#partOf.size
  }

  enter(id: number, connection: C, viewport: Viewport): void {
    const { west, south, east, north } = viewport
    const key = `${west},${south},${east},${north}`
    const part = this.#parts.get(key) ?? { onlooker: new Onlooker(viewport), pages: new Map() }
    this.#parts.set(key, part)
    this.#partOf.set(id, key)
    part.pages.set(id, { connection, isBehind: true, isBusy: false })
  }

  leave(id: number): void {
    const key = this.#partOf.get(id) ?? ''
    this.#partOf.delete(id)
    const part = this.#parts.get(key)
    part?.pages.delete(id)
    if (part?.pages.size === 0) this.#parts.delete(key)
  }

  /** Looks at the table and hands each page that can take it the frame it needs. */
  show(nowMs: number, hand: (page: Page<C>, frame: string) => void): void {
    if (this.#partOf.size === 0) return
    const finding = this.#look(nowMs)
    for (const { onlooker, pages } of this.#parts.values()) {
      const frames = onlooker.frames(finding)
      for (const page of pages.values()) {
        if (page.isBusy) {
          page.isBehind = true
          continue
        }
        const frame = page.isBehind ? frames.whole() : frames.next()
        page.isBehind = false
        if (frame !== undefined) hand(page, frame)
      }
    }
  }

  /** Pages that have had the latest frame, and so can take something more. */
  *upToDate(): Generator<Page<C>> {
    for (const { pages } of this.#parts.values()) {
      for (const page of pages.values()) if (!page.isBehind) yield page
    }
  }

  #look(nowMs: number) {
    const look = this.#watch.look()
    const texts = new Map<number, string>()
    const textOf = (sighting: Sighting): string => {
      const made = texts.get(sighting.slot) ?? vehicleText(sighting, nowMs)
      texts.set(sighting.slot, made)
      return made
    }
    let all: readonly Sighting[] | undefined
    const everybody = (): readonly Sighting[] => {
      all ??= this.#watch.everybody()
      return all
    }
    return { look, everybody, textOf }
  }
}
