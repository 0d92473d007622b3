/**
 * network/partings: how this node leaves others in order: what it accepted for them leaves first.
 *
 * A node that is still being dialled, or whose line is being mended, is waited for as long as there
 * is something for it. Whoever is left can be dialled anew only when that is over, else the other
 * node would take the new line for a second one.
 *
 * Limit: `flushMs` in all; what has not been taken by then is lost, counted and told.
 *
 * @source design 4.5
 */
import type { Clock } from '#base/clock'
import type { Peer } from './peer/peer.js'

export class Partings {
  readonly #clock: Clock
  readonly #flushMs: number
  /** Nodes that are being left, by name. */
  readonly #running = new Map<string, Promise<void>>()

  constructor(clock: Clock, flushMs: number) {
    this.#clock = clock
    this.#flushMs = flushMs
  }

  /** Leaves a node; everything that is open with it ends at once. Settles when it is left. */
  leave(peer: Peer, reason: string, limitMs = this.#flushMs): Promise<void> {
    const left = peer.stop(reason, limitMs)
    if (left === undefined) return Promise.resolve()
    const { name } = peer
    const done = left.then(() => {
      if (this.#running.get(name) === done) this.#running.delete(name)
    })
    this.#running.set(name, done)
    return done
  }

  /** Leaves all of them, those that cannot be reached yet included. */
  async leaveAll(peers: readonly Peer[], reason: string): Promise<void> {
    const untilMs = this.#clock.nowMs() + this.#flushMs
    const running = [...this.#running.values()]
    await Promise.all([...running, ...peers.map((peer) => this.#leaveBy(peer, reason, untilMs))])
  }

  /** Calls when nobody of this name is being left: at once, in almost all cases. */
  after(node: string, run: () => void): void {
    const leaving = this.#running.get(node)
    if (leaving === undefined) run()
    else void leaving.then(() => this.after(node, run))
  }

  async #leaveBy(peer: Peer, reason: string, untilMs: number): Promise<void> {
    if (peer.waitsForLine) await this.#within(peer.whenLinked(), untilMs)
    await this.leave(peer, reason, Math.max(0, untilMs - this.#clock.nowMs()))
  }

  #within(linked: Promise<void>, untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(untilMs - this.#clock.nowMs(), resolve)
      void linked.then(() => {
        cancel()
        resolve()
      })
    })
  }
}
