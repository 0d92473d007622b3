/**
 * test/list/trail: vehicles whose positions tell which packet put them there, and when it left.
 *
 * Each vehicle goes along its own parallel, a step to the east with each packet, so where it is
 * found tells the last packet that was kept, and the next one is the first that was lost.
 */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { rawPacket } from '#test/raw-packet'
import type { SystemProcess } from '#test/system-process'

const VEHICLES = 100
const WEST = -170
/** Degrees from one packet of a vehicle to the next. */
const STEP = 0.001

const latitudeOf = (vehicle: number): number => -80 + vehicle * (160 / VEHICLES)

export class Trail {
  /** When each packet left, by its number; the clock of this process. */
  readonly #leftMs: number[] = []

  get sent(): number {
    return this.#leftMs.length
  }

  /** Sends so many packets a second until it is told that it is over. */
  async send(
    send: (bytes: Uint8Array) => Promise<void>,
    perSecond: number,
    isOver: () => boolean,
  ): Promise<void> {
    const startMs = performance.now()
    while (!isOver()) {
      const due = ((performance.now() - startMs) * perSecond) / 1_000
      while (this.sent < due && !isOver()) {
        const [vehicle, step] = [this.sent % VEHICLES, Math.floor(this.sent / VEHICLES)]
        this.#leftMs.push(performance.now())
        await send(rawPacket(`trail-${vehicle}`, latitudeOf(vehicle), WEST + step * STEP))
      }
      await wait(1)
    }
  }

  /** Settles once so many packets have left. */
  async until(sent: number): Promise<void> {
    while (this.sent < sent) await new Promise((resolve) => setImmediate(resolve))
  }

  /**
   * Age of the oldest packet that is not found any more at the moment of a kill, in milliseconds;
   * 0 when none that had left before is missing. Every vehicle must be known.
   */
  async oldestLostMs(system: SystemProcess, killedMs: number): Promise<number> {
    let oldestMs = 0
    for (let vehicle = 0; vehicle < VEHICLES; vehicle += 1) {
      const last = Math.floor((this.sent - 1 - vehicle) / VEHICLES)
      const [found] = await system.nearest(latitudeOf(vehicle), WEST + last * STEP, 1)
      assert.equal(found?.ID, `trail-${vehicle}`)
      const step = Math.round((found.Lon - WEST) / STEP)
      const leftMs = this.#leftMs[(step + 1) * VEHICLES + vehicle]
      if (leftMs !== undefined) oldestMs = Math.max(oldestMs, killedMs - leftMs)
    }
    return oldestMs
  }
}
