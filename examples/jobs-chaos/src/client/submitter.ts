/**
 * client/submitter: keeps so many jobs in flight, and asks again until it is answered.
 *
 * A job has one id however often it is asked for, so that an answer that got lost costs nothing.
 * What is refused for good is logged, and judged: nothing wrong is asked for here.
 */
import type { Chance } from '#chaos/world/chance'
import type { World } from '#chaos/world/world'
import type { Answer } from './http.js'
import { ask } from './http.js'
import type { Ledger } from './ledger.js'
import { pathOf, type Template } from './template.js'

export interface SubmitterOptions {
  readonly ledger: Ledger
  readonly world: World
  readonly chance: Chance
  readonly templates: readonly Template[]
  /** Addresses of the coordinators. */
  readonly urls: readonly string[]
  /** Jobs that are to be in flight. */
  readonly wanted: number
  /** Most of them on their way at once. */
  readonly atOnce: number
  /** Part of the jobs whose removal is asked for, 0 to 1. */
  readonly removed: number
  /** How ids begin. */
  readonly prefix: string
}

/** How long one POST may take. */
const POST_MS = 5_000
/** How long before it is asked again. */
const AGAIN_MS = 200
/** How often it looks whether there is room. */
const LOOK_MS = 20

export class Submitter {
  readonly #options: SubmitterOptions
  readonly #going = new Set<Promise<void>>()
  #next = 1

  constructor(options: SubmitterOptions) {
    this.#options = options
  }

  /** Jobs that are asked for now. */
  get asking(): number {
    return this.#going.size
  }

  /** Submits until the signal is given; then settles when every job has been answered for. */
  async run(stop: AbortSignal): Promise<void> {
    const { ledger, world, wanted, atOnce } = this.#options
    while (!stop.aborted) {
      const room = wanted - ledger.inFlight().length - this.#going.size
      const count = Math.min(room, atOnce - this.#going.size)
      for (let made = 0; made < count; made += 1) this.#begin(stop)
      await world.wait(LOOK_MS, stop)
    }
    await Promise.all(this.#going)
  }

  #begin(stop: AbortSignal): void {
    const { chance, templates, prefix } = this.#options
    const template = chance.pick(templates)
    if (template === undefined) return
    const id = `${prefix}-${this.#next}`
    this.#next += 1
    const going = this.#submit(id, template, stop).finally(() => this.#going.delete(going))
    this.#going.add(going)
  }

  async #submit(id: string, template: Template, stop: AbortSignal): Promise<void> {
    const { ledger, world, chance, removed } = this.#options
    const { expected, digest } = template
    const isRemoved = chance.unit() < removed
    const own = chance.fork()
    ledger.write({ kind: 'asked', id, expected, digest })
    for (;;) {
      const url = own.pick(this.#options.urls) ?? ''
      const body = template.text
      const path = pathOf(template, id)
      const answer = await ask({ method: 'POST', url: url + path, body, timeoutMs: POST_MS })
      const verdict = verdictOf(answer)
      const { status } = answer
      if (verdict === 'again') {
        const problem = answer.problem || `status ${status}`
        ledger.write({ kind: 'unanswered', id, problem, url })
        // Whoever gives up while nobody answers has asked for it all the same.
        if (stop.aborted) return
        await world.wait(AGAIN_MS, stop)
        continue
      }
      ledger.write({ kind: verdict, id, status, url })
      if (verdict === 'acknowledged' && isRemoved) await this.#remove(id, own, stop)
      return
    }
  }

  async #remove(id: string, chance: Chance, stop: AbortSignal): Promise<void> {
    const { ledger, world, urls } = this.#options
    await world.wait(chance.between(0, 500), stop)
    ledger.write({ kind: 'unwanted', id })
    while (!stop.aborted) {
      const url = `${chance.pick(urls) ?? ''}/jobs/${id}`
      const { status } = await ask({ method: 'DELETE', url, timeoutMs: POST_MS })
      // A repeat of one whose answer got lost meets nothing.
      if (status === 200 || status === 204 || status === 404) {
        ledger.write({ kind: 'removed', id })
        return
      }
      await world.wait(AGAIN_MS, stop)
    }
  }
}

/** What an answer to a POST means for the job. */
export function verdictOf({ status }: Answer): 'acknowledged' | 'refused' | 'again' {
  if (status === 201 || status === 200) return 'acknowledged'
  // Too slow, too many, or too early: nothing is said about the job.
  if ([408, 425, 429].includes(status)) return 'again'
  return status >= 400 && status < 500 ? 'refused' : 'again'
}
