/**
 * store/ordered-keys: a set of keys in the order of their bytes, in pieces of some hundred.
 *
 * So a key more or less moves some hundred others and not all of them. Not to be changed while it
 * is walked.
 */

/** Keys in one piece, before it is cut in two. */
const PIECE_MAX = 512

/** Index of the first that is not before the key. */
function place(keys: readonly Buffer[], key: Buffer): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as Buffer).compare(key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

export class OrderedKeys {
  /** None of them is empty, unless it is the only one. */
  readonly #pieces: Buffer[][] = [[]]
  #size = 0

  get size(): number {
    return this.#size
  }

  /** A key that is not in it. */
  add(key: Buffer): void {
    const at = this.#pieceOf(key)
    const piece = this.#pieces[at] as Buffer[]
    piece.splice(place(piece, key), 0, key)
    this.#size += 1
    if (piece.length <= PIECE_MAX) return
    this.#pieces.splice(at + 1, 0, piece.splice(PIECE_MAX / 2))
  }

  /** A key that is in it. */
  remove(key: Buffer): void {
    const at = this.#pieceOf(key)
    const piece = this.#pieces[at] as Buffer[]
    piece.splice(place(piece, key), 1)
    this.#size -= 1
    if (piece.length === 0 && this.#pieces.length > 1) this.#pieces.splice(at, 1)
  }

  /** From one key up to another one, without that. */
  *between(from: Buffer, to: Buffer): Generator<Buffer> {
    for (let at = this.#pieceOf(from); at < this.#pieces.length; at += 1) {
      const piece = this.#pieces[at] as Buffer[]
      for (let index = place(piece, from); index < piece.length; index += 1) {
        const key = piece[index] as Buffer
        if (key.compare(to) >= 0) return
        yield key
      }
    }
  }

  /** The same, the last first. */
  *backwards(from: Buffer, to: Buffer): Generator<Buffer> {
    for (let at = this.#pieceOf(to); at >= 0; at -= 1) {
      const piece = this.#pieces[at] as Buffer[]
      for (let index = place(piece, to) - 1; index >= 0; index -= 1) {
        const key = piece[index] as Buffer
        if (key.compare(from) < 0) return
        yield key
      }
    }
  }

  /** The last piece that begins with this key or before it; else the first. */
  #pieceOf(key: Buffer): number {
    let low = 0
    let high = this.#pieces.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      const first = this.#pieces[middle]?.[0]
      if (first !== undefined && first.compare(key) <= 0) low = middle
      else high = middle - 1
    }
    return low
  }
}
