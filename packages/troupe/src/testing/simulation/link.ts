/**
 * testing/simulation/link: the way from one host to another, in one direction.
 *
 * Decides how long a packet takes and whether it is lost; it moves nothing itself. The way back is
 * another link with settings of its own. All chance comes from the one generator of the network.
 */
import type { Random } from '#base/random'
import { requireOption } from '#contract'

/** How a way behaves; may be changed at any time and holds for what is sent from then on. */
export interface LinkSettings {
  /** Shortest and longest time that a packet takes, in milliseconds; default 0.2 to 1. */
  readonly latencyMs: readonly [number, number]
  /** Default Infinity. */
  readonly bytesPerSecond: number
  /** Chance that a packet is lost, 0 to 1. A stream sends it again later; default 0. */
  readonly lossChance: number
  /** Chance that a datagram comes twice; default 0. */
  readonly duplicateChance: number
  /** Chance that a datagram is so late that others overtake it; default 0. */
  readonly reorderChance: number
  /** Chance, for each packet of a stream, that its line is reset; default 0. */
  readonly resetChance: number
  /** Nothing passes and nobody is told; default false. */
  readonly blocked: boolean
}

/** A way within one room. */
export const LINK_DEFAULTS: LinkSettings = Object.freeze({
  latencyMs: Object.freeze([0.2, 1]) as readonly [number, number],
  bytesPerSecond: Number.POSITIVE_INFINITY,
  lossChance: 0,
  duplicateChance: 0,
  reorderChance: 0,
  resetChance: 0,
  blocked: false,
})

/** A stream waits so long before it sends a lost packet again, and twice as long each time. */
export const RESEND_MS = 200
const RESEND_MS_MAX = 10_000
/** A late datagram is late by up to so many times the longest latency. */
const LATE_FACTOR = 10
const CHANCES = ['lossChance', 'duplicateChance', 'reorderChance', 'resetChance'] as const

export class Link {
  readonly from: string
  readonly to: string
  readonly #random: Random
  #settings: LinkSettings
  /** When the last byte will have left, at the given bandwidth. */
  #busyUntilMs = 0

  constructor(from: string, to: string, settings: LinkSettings, random: Random) {
    this.from = from
    this.to = to
    this.#settings = settings
    this.#random = random
  }

  get settings(): LinkSettings {
    return this.#settings
  }

  /** Changes what is given. Throws OPTION_INVALID. */
  set(changes: Partial<LinkSettings>): void {
    this.#settings = checkedLink({ ...this.#settings, ...changes })
  }

  /** How long a packet takes that is sent now, with all the times it has to be sent again. */
  streamDelayMs(nowMs: number, bytes: number): number {
    let delayMs = this.#leaveMs(nowMs, bytes) + this.#latency()
    for (let againMs = RESEND_MS; this.#happens(this.#settings.lossChance); ) {
      delayMs += againMs
      againMs = Math.min(againMs * 2, RESEND_MS_MAX)
      // A way that loses everything is a blocked one; time must not run away here.
      if (againMs === RESEND_MS_MAX) break
    }
    return delayMs
  }

  /** How long a packet takes that is sent now and once only. */
  packetDelayMs(nowMs: number): number {
    return this.#leaveMs(nowMs, 0) + this.#latency()
  }

  /** When each copy of a datagram comes that is sent now: none, one or two. */
  datagramDelaysMs(nowMs: number, bytes: number): readonly number[] {
    const { lossChance, duplicateChance } = this.#settings
    const leaveMs = this.#leaveMs(nowMs, bytes)
    const delays: number[] = []
    if (!this.#happens(lossChance)) delays.push(leaveMs + this.#datagramLatency())
    if (this.#happens(duplicateChance)) delays.push(leaveMs + this.#datagramLatency())
    return delays
  }

  /** Whether the packet that is sent now costs the stream its line. */
  resets(): boolean {
    return this.#happens(this.#settings.resetChance)
  }

  /** Whether a packet that is never sent again is lost. */
  loses(): boolean {
    return this.#happens(this.#settings.lossChance)
  }

  #datagramLatency(): number {
    const { reorderChance, latencyMs } = this.#settings
    const lateMs = this.#happens(reorderChance)
      ? this.#random.unit() * LATE_FACTOR * latencyMs[1]
      : 0
    return this.#latency() + lateMs
  }

  #latency(): number {
    const [leastMs, mostMs] = this.#settings.latencyMs
    return leastMs + this.#random.unit() * (mostMs - leastMs)
  }

  #leaveMs(nowMs: number, bytes: number): number {
    const startMs = Math.max(nowMs, this.#busyUntilMs)
    this.#busyUntilMs = startMs + (bytes * 1_000) / this.#settings.bytesPerSecond
    return this.#busyUntilMs - nowMs
  }

  /** Asks for chance only where there is any, so that a quiet way changes no other draw. */
  #happens(chance: number): boolean {
    return chance > 0 && this.#random.unit() < chance
  }
}

/** Throws OPTION_INVALID for what no link can be. */
export function checkedLink(settings: LinkSettings): LinkSettings {
  const [leastMs, mostMs] = settings.latencyMs
  const isRange = leastMs >= 0 && leastMs <= mostMs && Number.isFinite(mostMs)
  requireOption(isRange, 'latencyMs', String(settings.latencyMs), 'give [least, most]')
  requireOption(settings.bytesPerSecond > 0, 'bytesPerSecond', settings.bytesPerSecond, 'above 0')
  for (const name of CHANCES) {
    const chance = settings[name]
    requireOption(chance >= 0 && chance <= 1, name, chance, 'give a number from 0 to 1')
  }
  return Object.freeze(settings)
}
