/**
 * page/view: which part of the plane is on the screen, and how large.
 *
 * Pure: knows nothing of canvas and events.
 */
import { latitudeOf, longitudeOf } from './projection.js'

/** Pixels for the whole world: from a small globe to about 10 cm a pixel. */
const SCALE_MIN = 200
const SCALE_MAX = 2 ** 29

/** Degrees; west may be above east. */
export interface Bounds {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

export class View {
  width = 1
  height = 1
  /** The middle of the screen, on the plane. */
  x = 0.5
  y = 0.45
  /** Pixels for one unit of the plane. */
  scale = 1_000

  resize(width: number, height: number): void {
    this.width = Math.max(1, width)
    this.height = Math.max(1, height)
    this.#hold()
  }

  /** Pixels from the left; of the copies of the world the one nearest to the middle. */
  screenX(x: number): number {
    const away = x - this.x
    return (away - Math.round(away)) * this.scale + this.width / 2
  }

  screenY(y: number): number {
    return (y - this.y) * this.scale + this.height / 2
  }

  longitudeAt(screenX: number): number {
    return longitudeOf(this.x + (screenX - this.width / 2) / this.scale)
  }

  latitudeAt(screenY: number): number {
    return latitudeOf(this.y + (screenY - this.height / 2) / this.scale)
  }

  panBy(pixelsX: number, pixelsY: number): void {
    this.x -= pixelsX / this.scale
    this.y -= pixelsY / this.scale
    this.#hold()
  }

  /** Grows by a factor; what is under the given pixel stays there. */
  zoomAt(factor: number, screenX: number, screenY: number): void {
    const scale = Math.max(this.#least(), Math.min(SCALE_MAX, this.scale * factor))
    const shift = 1 / this.scale - 1 / scale
    this.x += (screenX - this.width / 2) * shift
    this.y += (screenY - this.height / 2) * shift
    this.scale = scale
    this.#hold()
  }

  /** Shows all of some places with a margin; does nothing without any. */
  fit(places: Iterable<{ readonly x: number; readonly y: number }>): void {
    const [xs, ys]: [number[], number[]] = [[], []]
    for (const { x, y } of places) {
      xs.push(x)
      ys.push(y)
    }
    if (xs.length === 0) return
    const [left, right] = gapFree(xs)
    const [top, bottom] = [minOf(ys), maxOf(ys)]
    const margin = Math.min(120, this.width / 6, this.height / 6)
    const wide = (this.width - 2 * margin) / Math.max(right - left, 1e-5)
    const high = (this.height - 2 * margin) / Math.max(bottom - top, 1e-5)
    this.scale = Math.max(this.#least(), Math.min(SCALE_MAX / 64, wide, high))
    this.x = (left + right) / 2
    this.y = (top + bottom) / 2
    this.#hold()
  }

  /** What is on the screen and a little around it. */
  bounds(margin: number): Bounds {
    const [x, y] = [this.width * margin, this.height * margin]
    const isWhole = (this.width + 2 * x) / this.scale >= 1
    return {
      west: isWhole ? -180 : this.longitudeAt(-x),
      east: isWhole ? 180 : this.longitudeAt(this.width + x),
      north: this.#edge(this.latitudeAt(-y)),
      south: this.#edge(this.latitudeAt(this.height + y)),
    }
  }

  /** Beyond the last latitude of the plane there is more of the globe. */
  #edge(latitude: number): number {
    return Math.abs(latitude) > 84.9 ? Math.sign(latitude) * 90 : latitude
  }

  /** The world is at least as high as the screen. */
  #least(): number {
    return Math.max(SCALE_MIN, this.height)
  }

  #hold(): void {
    this.scale = Math.max(this.scale, this.#least())
    const half = this.height / 2 / this.scale
    this.y = Math.max(half, Math.min(1 - half, this.y))
    this.x -= Math.floor(this.x)
  }
}

const minOf = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
const maxOf = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)

/** The shortest stretch of the round world that holds all of these; it may end above 1. */
function gapFree(xs: readonly number[]): readonly [number, number] {
  const sorted = [...xs].sort((left, right) => left - right)
  const [least = 0, most = 0] = [sorted[0], sorted[sorted.length - 1]]
  let [gap, start] = [1 + least - most, 0]
  for (let at = 1; at < sorted.length; at += 1) {
    const here = (sorted[at] ?? 0) - (sorted[at - 1] ?? 0)
    if (here > gap) [gap, start] = [here, at]
  }
  const left = sorted[start] ?? least
  return [left, start === 0 ? most : (sorted[start - 1] ?? most) + 1]
}
