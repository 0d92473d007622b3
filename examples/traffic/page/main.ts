/**
 * page/main: brings the page to life: canvas, feed, input and panels meet here.
 */
import { DARK, draw, LIGHT, scaleBar } from './draw.js'
import { Feed } from './feed.js'
import { Fleet } from './fleet.js'
import { listen } from './input.js'
import { askNearest, distanceText, listNearest, type Place, placesOf, tipOf } from './nearest.js'
import { Panel } from './panel.js'
import { metresAt, xOf, yOf } from './projection.js'
import { countInView, isInView, summaryOf } from './summary.js'
import { View } from './view.js'

/** The feed is asked for another part of the world after so long without a further change. */
const SETTLE_MS = 400
/** The pointer rests for so long before it asks what is under it. */
const REST_MS = 120
/** Pixels around the pointer in which a vehicle is meant. */
const POINT_PIXELS = 10
/** What lies this much beyond the screen is sent along, in screens. */
const MARGIN = 0.25
const WORLD = { west: -180, south: -90, east: 180, north: 90 }
const SUMMARY_MS = 1_000

const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement

class Page {
  readonly #canvas = element('map') as HTMLCanvasElement
  readonly #view = new View()
  readonly #fleet = new Fleet()
  readonly #panel = new Panel()
  readonly #feed: Feed
  readonly #dark = matchMedia('(prefers-color-scheme: dark)')
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)')
  #land: readonly Float64Array[] = []
  #marks: readonly Place[] = []
  #asked: Place | undefined
  /** Where the pointer rests; undefined when it has moved on. */
  #restsAt: Place | undefined
  /** Vehicles the server knows; undefined before it has told. */
  #known: number | undefined
  #stride = 1
  /** Nobody has moved the view yet: it grows so that all vehicles stay in it. */
  #isUntouched = true
  /** Some vehicles have been shown. */
  #isOpen = false
  /** All vehicles are to be shown as soon as the feed has told of them. */
  #isFitting = false
  #settling: ReturnType<typeof setTimeout> | undefined
  #resting: ReturnType<typeof setTimeout> | undefined

  constructor() {
    this.#feed = new Feed({
      live: (isLive) => this.#panel.live(isLive),
      stats: (stats) => {
        this.#known = Number(stats['vehicles'])
        this.#panel.stats(stats)
      },
      frame: (frame) => {
        this.#fleet.take(frame, performance.now())
        this.#stride = frame.stride
        this.#panel.stride(frame.stride)
        if (this.#isFitting && frame.whole) this.#fitNow()
        if (this.#isUntouched) this.#follow()
      },
    })
    listen(this.#canvas, this.#view, {
      changed: () => this.#changed(),
      asked: (x, y) => void this.#ask(x, y),
      pointed: (place) => this.#pointed(place),
      fit: () => this.#fit(),
      cleared: () => this.#clear(),
    })
    this.#buttons()
    addEventListener('resize', () => this.#resize())
    this.#resize()
    this.#feed.show(WORLD)
    setInterval(() => this.#summarise(), SUMMARY_MS)
    void this.#loadLand()
    this.#paint()
  }

  #paint(): void {
    const canvas = this.#canvas.getContext('2d')
    if (canvas !== null) {
      const scene = {
        view: this.#view,
        fleet: this.#fleet,
        colours: this.#dark.matches ? DARK : LIGHT,
        isCalm: this.#calm.matches,
        land: this.#land,
        marks: this.#marks,
        asked: this.#asked,
      }
      draw(canvas, scene, performance.now())
    }
    requestAnimationFrame(() => this.#paint())
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#canvas
    const ratio = devicePixelRatio || 1
    this.#canvas.width = clientWidth * ratio
    this.#canvas.height = clientHeight * ratio
    this.#canvas.getContext('2d')?.scale(ratio, ratio)
    this.#view.resize(clientWidth, clientHeight)
    this.#settle()
  }

  #changed(): void {
    this.#isUntouched = false
    this.#isFitting = false
    this.#settle()
  }

  /** Shows the new scale at once, and asks the feed once the view has come to rest. */
  #settle(): void {
    const [metres, pixels] = scaleBar(this.#view, 110)
    element('scale-bar').style.width = `${pixels}px`
    element('scale-text').textContent = distanceText(metres)
    clearTimeout(this.#settling)
    const isOfAll = (): boolean => this.#isUntouched || this.#isFitting
    const bounds = () => (isOfAll() ? WORLD : this.#view.bounds(MARGIN))
    this.#settling = setTimeout(() => this.#feed.show(bounds()), SETTLE_MS)
  }

  /** The first view follows the vehicles, those that come later too, until somebody moves it. */
  #follow(): void {
    const vehicles = this.#fleet.gathering()
    const areShown = (): boolean => vehicles.every((one) => isInView(one, this.#view))
    if (vehicles.length === 0 || (this.#isOpen && areShown())) return
    this.#isOpen = true
    this.#view.fit(vehicles)
    this.#settle()
    // A narrow screen cannot hold the whole world.
    this.#isUntouched = areShown()
  }

  /** Shows all vehicles. The feed tells of those in view alone: it is asked for the world first. */
  #fit(): void {
    this.#isUntouched = false
    clearTimeout(this.#settling)
    this.#isFitting = this.#feed.show(WORLD)
    if (!this.#isFitting) this.#fitNow()
  }

  #fitNow(): void {
    this.#isFitting = false
    this.#view.fit(this.#fleet.vehicles.values())
    this.#settle()
  }

  async #ask(x: number, y: number): Promise<void> {
    const [latitude, longitude] = [this.#view.latitudeAt(y), this.#view.longitudeAt(x)]
    const asked = { x: xOf(longitude), y: yOf(latitude) }
    this.#asked = asked
    const found = await askNearest(latitude, longitude, { limit: 10 }).catch(() => [])
    // Another place was asked for meanwhile, or none any more.
    if (this.#asked !== asked) return
    this.#marks = placesOf(found)
    listNearest(latitude, longitude, found)
  }

  #clear(): void {
    this.#asked = undefined
    this.#marks = []
    element('nearest').hidden = true
  }

  #pointed(place: Place | undefined): void {
    clearTimeout(this.#resting)
    this.#restsAt = place
    element('tip').hidden = true
    if (place !== undefined) this.#resting = setTimeout(() => void this.#tip(place), REST_MS)
  }

  async #tip(place: Place): Promise<void> {
    const { x, y } = place
    const [latitude, longitude] = [this.#view.latitudeAt(y), this.#view.longitudeAt(x)]
    const radiusM = (metresAt(latitude) / this.#view.scale) * POINT_PIXELS
    const [found] = await askNearest(latitude, longitude, { limit: 1, radiusM }).catch(() => [])
    if (found === undefined || this.#restsAt !== place) return
    const tip = element('tip')
    tip.textContent = tipOf(found)
    tip.style.left = `${Math.min(x + 14, this.#view.width - 220)}px`
    tip.style.top = `${Math.min(y + 14, this.#view.height - 90)}px`
    tip.hidden = false
  }

  #buttons(): void {
    const zoom = (factor: number): void => {
      this.#view.zoomAt(factor, this.#view.width / 2, this.#view.height / 2)
      this.#changed()
    }
    element('zoom-in').addEventListener('click', () => zoom(2))
    element('zoom-out').addEventListener('click', () => zoom(0.5))
    element('fit').addEventListener('click', () => this.#fit())
    element('nearest-close').addEventListener('click', () => this.#clear())
  }

  /** What the picture shows: as a figure, and in a sentence for those who hear the page. */
  #summarise(): void {
    const vehicles = [...this.#fleet.vehicles.values()]
    const shown = { vehicles, view: this.#view, known: this.#known, stride: this.#stride }
    this.#canvas.setAttribute('aria-label', summaryOf(shown))
    this.#panel.inView(countInView(shown).inView * this.#stride)
  }

  async #loadLand(): Promise<void> {
    element('credit').textContent = String(await json('map/credit.json'))
    const rings = (await json('map/land.json')) as readonly (readonly number[])[]
    this.#land = rings.map((ring) =>
      Float64Array.from(ring, (value, at) => (at % 2 === 0 ? xOf(value / 100) : yOf(value / 100))),
    )
  }
}

async function json(path: string): Promise<unknown> {
  const response = await fetch(path)
  return response.ok ? await response.json() : []
}

new Page()
