/**
 * store/dirty-slots: which slots have changed since they were last taken, each once.
 *
 * First in, first out, so that whoever takes a part of them takes the oldest. Marking is two
 * array writes, since it happens with every packet.
 * Limit: the number of slots; it cannot grow beyond the table, however long the disk is away.
 */

export class DirtySlots {
  #isDirty = new Uint8Array(1_024)
  #ring = new Uint32Array(1_024)
  #first = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  mark(slot: number): void {
    if (slot >= this.#isDirty.length) this.#grow(slot)
    if (this.#isDirty[slot] === 1) return
    this.#isDirty[slot] = 1
    // As many places as slots, and each slot is there once: there is always room.
    this.#ring[(this.#first + this.#size) & (this.#ring.length - 1)] = slot
    this.#size += 1
  }

  /** Takes the slots that changed first, `most` of them at the utmost. */
  take(most: number): Uint32Array {
    const taken = new Uint32Array(Math.min(most, this.#size))
    for (let i = 0; i < taken.length; i += 1) {
      const slot = this.#ring[(this.#first + i) & (this.#ring.length - 1)] ?? 0
      taken[i] = slot
      this.#isDirty[slot] = 0
    }
    this.#first = (this.#first + taken.length) & (this.#ring.length - 1)
    this.#size -= taken.length
    return taken
  }

  #grow(slot: number): void {
    let length = this.#isDirty.length
    while (length <= slot) length *= 2
    const isDirty = new Uint8Array(length)
    isDirty.set(this.#isDirty)
    const ring = new Uint32Array(length)
    for (let i = 0; i < this.#size; i += 1) {
      ring[i] = this.#ring[(this.#first + i) & (this.#ring.length - 1)] ?? 0
    }
    this.#isDirty = isDirty
    this.#ring = ring
    this.#first = 0
  }
}
