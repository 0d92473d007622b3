/**
 * course: a suspicion on a clock of its own, and any course of events.
 */
import assert from 'node:assert/strict'
import { seededRandom } from '#base/random'
import { SUSPICION_DEFAULTS } from '#network/liveness/options'
import { type Finding, Suspicion, type SuspicionStep } from '#network/liveness/suspicion'

export const BORN = 7

/** A suspicion on a clock of its own that ticks whenever it is due. */
export class Course {
  nowMs = 0
  readonly suspicion: Suspicion
  readonly told: string[] = []
  readonly probesMs: number[] = []

  constructor(given: { readonly hasAddress?: boolean; readonly isProven?: boolean } = {}) {
    const { hasAddress = true, isProven = hasAddress } = given
    this.suspicion = new Suspicion({ creation: BORN, hasAddress }, SUSPICION_DEFAULTS, 0)
    this.until(0)
    if (isProven) this.answer(0)
    this.probesMs.length = 0
  }

  take({ probe, finding }: SuspicionStep): void {
    if (probe) this.probesMs.push(this.nowMs)
    if (finding !== undefined) this.told.push(`${this.nowMs} ${told(finding)}`)
  }

  /** Time passes, with a look at each due time. */
  until(endMs: number): this {
    for (;;) {
      const { dueMs } = this.suspicion
      if (dueMs === undefined || dueMs > endMs) break
      this.nowMs = Math.max(this.nowMs, dueMs)
      this.take(this.suspicion.tick(this.nowMs))
    }
    this.nowMs = endMs
    return this
  }

  /** Time passes and nobody looks: our own loop is blocked; then it looks once. */
  blockedUntil(endMs: number): this {
    this.nowMs = endMs
    this.take(this.suspicion.tick(endMs))
    return this
  }

  answer(loopDelayMs: number, creation = BORN): this {
    this.take(this.suspicion.answered({ creation, loopDelayMs }, this.nowMs))
    return this
  }

  heard(): this {
    this.take(this.suspicion.heard(this.nowMs))
    return this
  }

  askOn(): this {
    this.take(this.suspicion.askOn(this.nowMs))
    return this
  }

  lost(): this {
    this.take(this.suspicion.lost(this.nowMs))
    return this
  }
}

function told(finding: Finding): string {
  switch (finding.kind) {
    case 'suspect':
      return `suspect after ${finding.silentMs}`
    case 'busy':
      return `busy, behind by ${finding.loopDelayMs}`
    case 'down':
      return `down: ${finding.cause}`
    case 'well':
      return 'well'
  }
}

/**
 * Events by chance. There is at most one `down`, as the last finding; a node that is heard in time
 * is never down.
 */
export function anyCourse(seed: number): void {
  const random = seededRandom(seed)
  const course = new Course({ isProven: random.below(2) === 0 })
  const isSpoken = random.below(2) === 0
  let nowMs = 0
  while (nowMs < 60_000) {
    nowMs += random.below(1_499) + 1
    course.until(nowMs)
    if (isSpoken) course.heard()
    const event = random.below(6)
    if (event === 0) course.answer(random.below(50_000))
    if (event === 1) course.lost()
    if (event === 1 && isSpoken) course.heard()
    if (event === 2 && !isSpoken) course.heard()
  }
  const downs = course.told.filter((line) => line.includes('down'))
  assert.ok(downs.length <= (isSpoken ? 0 : 1), `seed ${seed}: ${course.told}`)
  if (downs.length === 1) assert.equal(course.told.at(-1), downs[0], `seed ${seed}`)
}
