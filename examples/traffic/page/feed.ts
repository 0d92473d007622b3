/**
 * page/feed: the stream of frames and figures from the server, which comes back by itself.
 *
 * The browser connects anew on its own after most failures; after an answer it does not take for
 * a stream it gives up, and then this one goes on trying. Silence counts as a failure too.
 */
import type { Bounds } from './view.js'

/** What a frame tells. */
export interface Frame {
  readonly whole: boolean
  readonly stride: number
  /** Slots whose vehicle is not shown any more. */
  readonly gone: readonly number[]
  readonly v: readonly number[]
}

export interface FeedEvents {
  frame(frame: Frame): void
  stats(stats: Record<string, unknown>): void
  /** True while frames come in. */
  live(isLive: boolean): void
}

/** The server tells its figures each second; after so long without a word it is taken for gone. */
const SILENCE_MS = 5_000
const AGAIN_MS = 1_000

export class Feed {
  readonly #events: FeedEvents
  #source: EventSource | undefined
  #bounds: Bounds | undefined
  #heardMs = 0

  constructor(events: FeedEvents) {
    this.#events = events
    setInterval(() => this.#look(), AGAIN_MS)
  }

  /** Asks for another part of the world from now on; false when it is the one that is told. */
  show(bounds: Bounds): boolean {
    const before = this.#bounds
    this.#bounds = bounds
    const edges = ['west', 'south', 'east', 'north'] as const
    const isNew = before === undefined || edges.some((edge) => bounds[edge] !== before[edge])
    if (isNew) this.#open()
    return isNew
  }

  #open(): void {
    if (this.#bounds === undefined) return
    this.#source?.close()
    const { west, south, east, north } = this.#bounds
    const shown = [west, south, east, north].map((degrees) => degrees.toFixed(4)).join(',')
    const source = new EventSource(`map/feed?bounds=${shown}`)
    this.#source = source
    this.#heardMs = performance.now()
    source.addEventListener('frame', (event) => {
      this.#heard(source)
      this.#events.frame(JSON.parse(event.data))
    })
    source.addEventListener('stats', (event) => {
      this.#heard(source)
      this.#events.stats(JSON.parse(event.data))
    })
    source.addEventListener('error', () => {
      if (source === this.#source) this.#events.live(false)
    })
  }

  #heard(source: EventSource): void {
    if (source !== this.#source) return
    this.#heardMs = performance.now()
    this.#events.live(true)
  }

  #look(): void {
    const isSilent = performance.now() - this.#heardMs > SILENCE_MS
    const isClosed = this.#source?.readyState === EventSource.CLOSED
    if (!(isSilent || isClosed)) return
    this.#events.live(false)
    this.#open()
  }
}
