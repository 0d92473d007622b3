/**
 * store/silence-wheel: which slots may have been silent for too long, found without a search.
 *
 * Each slot is watched under the moment at which it will be too late if nothing more comes; the
 * moments of one step share a list. A packet touches nothing here: when a list is due its slots
 * are looked at, and those that have spoken meanwhile are watched again under their new moment.
 * So a vehicle costs one look in each span of silence, however often it reports.
 * Knows nothing of reports; it is told moments and has no clock.
 *
 * @source Varghese and Lauck, "Hashed and hierarchical timing wheels", scheme 4
 */

export class SilenceWheel {
  readonly #stepMs: number
  readonly #slotsOfStep = new Map<number, number[]>()
  /** Slots that are due and have not been looked at for want of time. */
  readonly #due: number[] = []
  #nextStep = Number.NEGATIVE_INFINITY

  constructor(stepMs: number) {
    this.#stepMs = stepMs
  }

  /** Watches a slot, which is not watched now, until this moment. */
  watch(slot: number, untilMs: number): void {
    const step = Math.max(Math.ceil(untilMs / this.#stepMs), this.#nextStep)
    const slots = this.#slotsOfStep.get(step)
    if (slots === undefined) this.#slotsOfStep.set(step, [slot])
    else slots.push(slot)
  }

  /** Takes slots whose moment is past, `most` of them at the utmost; they are watched no more. */
  take(nowMs: number, most: number): readonly number[] {
    this.#advance(Math.floor(nowMs / this.#stepMs))
    return this.#due.splice(Math.max(0, this.#due.length - most))
  }

  #advance(nowStep: number): void {
    if (nowStep < this.#nextStep) return
    if (nowStep - this.#nextStep < this.#slotsOfStep.size) {
      for (let step = this.#nextStep; step <= nowStep; step += 1) this.#fallDue(step)
    } else {
      for (const step of this.#slotsOfStep.keys()) if (step <= nowStep) this.#fallDue(step)
    }
    this.#nextStep = nowStep + 1
  }

  #fallDue(step: number): void {
    const slots = this.#slotsOfStep.get(step)
    if (slots === undefined) return
    this.#slotsOfStep.delete(step)
    for (const slot of slots) this.#due.push(slot)
  }
}
