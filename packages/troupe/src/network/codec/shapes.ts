/**
 * network/codec/shapes: which lists of keys the writing end has given a number.
 *
 * A trie of keys: an object finds its shape by the same loop that will read its values. A list is
 * given a number the second time it is met, so that objects used as dictionaries, whose keys never
 * come again, use nothing up.
 *
 * Limit: `shapesMax`, `shapeKeysMax`, `shapeTextMax`; what is beyond them goes without a number.
 */
import type { CodecLimits } from './limits.js'

/** Keys of addresses, which look like plain objects. */
const ADDRESSES: readonly string[] = ['creation,id,kind,node', 'kind,name,node', 'kind,node']
const SEEN_SLOTS = 1_024
/** Nodes that the trie may have for each shape that may have a number. */
const NODES_PER_SHAPE = 16

/** One node of the trie: the keys on the way to it are the shape. */
export class Shape {
  /** Number on the wire; -1 without one. */
  id = -1
  /** The first key that went on from here, and where it led. */
  nextKey: string | undefined = undefined
  next: Shape | undefined = undefined
  others: Map<string, Shape> | undefined = undefined
  readonly keyCount: number
  /** UTF-16 units of its keys. */
  readonly textLength: number
  /** An object with these keys may be an address. */
  isAddress = false

  constructor(keyCount: number, textLength: number) {
    this.keyCount = keyCount
    this.textLength = textLength
  }

  step(key: string): Shape | undefined {
    return key === this.nextKey ? this.next : this.others?.get(key)
  }
}

export class Shapes {
  readonly #root = new Shape(0, 0)
  readonly #numbered: Shape[] = []
  /** Hashes of lists that were met once; made when the first one is. */
  #seen: Uint32Array | undefined = undefined
  readonly #limits: CodecLimits
  #textLength = 0
  #nodes = 0

  constructor(limits: CodecLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#numbered.length
  }

  /** The numbered shape of an object; undefined when it has none. */
  find(value: object): Shape | undefined {
    let shape: Shape | undefined = this.#root
    for (const key in value) {
      shape = key === shape.nextKey ? shape.next : shape.others?.get(key)
      if (shape === undefined) return undefined
    }
    return shape.id < 0 ? undefined : shape
  }

  /** Gives a list of keys the next number, if it was met before and there is room. */
  learn(keys: readonly string[]): Shape | undefined {
    const { shapesMax, shapeKeysMax } = this.#limits
    if (keys.length > shapeKeysMax || this.#numbered.length >= shapesMax) return undefined
    return this.#isSeen(keys) ? this.#number(keys) : undefined
  }

  #isSeen(keys: readonly string[]): boolean {
    this.#seen ??= new Uint32Array(SEEN_SLOTS)
    const hash = hashOf(keys)
    const slot = hash % SEEN_SLOTS
    const isSeen = this.#seen[slot] === hash
    this.#seen[slot] = hash
    return isSeen
  }

  #number(keys: readonly string[]): Shape | undefined {
    const { shapesMax, shapeTextMax } = this.#limits
    if (this.#nodes + keys.length > shapesMax * NODES_PER_SHAPE) return undefined
    const shape = this.#reach(keys)
    if (this.#textLength + shape.textLength > shapeTextMax) return undefined
    shape.id = this.#numbered.push(shape) - 1
    shape.isAddress = mayBeAddress(keys)
    this.#textLength += shape.textLength
    return shape
  }

  #reach(keys: readonly string[]): Shape {
    let shape = this.#root
    for (const key of keys) shape = shape.step(key) ?? this.#grow(shape, key)
    return shape
  }

  #grow(from: Shape, key: string): Shape {
    const to = new Shape(from.keyCount + 1, from.textLength + key.length)
    this.#nodes += 1
    if (from.nextKey === undefined) {
      from.nextKey = key
      from.next = to
    } else {
      from.others ??= new Map()
      from.others.set(key, to)
    }
    return to
  }

  /** Takes the numbers after the first `count` away again. */
  forget(count: number): void {
    while (this.#numbered.length > count) {
      const shape = this.#numbered.pop()
      if (shape === undefined) return
      shape.id = -1
      this.#textLength -= shape.textLength
    }
  }
}

/** True when an object with these keys may be a pid, ref, alias, or the name of something. */
export const mayBeAddress = (keys: readonly string[]): boolean =>
  keys.length <= 4 && keys.includes('kind') && ADDRESSES.includes([...keys].sort().join())

function hashOf(keys: readonly string[]): number {
  let hash = 0x811c9dc5
  for (const key of keys) {
    for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
    hash = Math.imul(hash ^ 0x1_0000, 0x01000193)
  }
  // Zero stands for an empty slot.
  return hash >>> 0 || 1
}
