/**
 * store/page-check: walks over every page of a data file before lmdb maps it into memory.
 *
 * lmdb trusts its pages: a wrong number in one sends it out of its map, and the program ends
 * with a bus error or, worse, goes on with a broken tree. So each page is read as a file, and
 * every number on it is checked against where it stands: page numbers, the space of each node,
 * the order of keys between and within pages, the totals of each tree, and the lists of free
 * pages against those in use. What is in the values is the business of the visitor.
 * Limit: it reads the whole file, at about the speed of reading; see the numbers in the guide.
 *
 * @source lmdb mdb.c "MDB_page", "MDB_node", "mdb_audit"; midl.c for lists of free pages
 */

import {
  NO_PAGE,
  PAGE_HEADER_BYTES,
  readNumber,
  readTree,
  type Snapshot,
  TREE_BYTES,
  type Tree,
} from './lmdb-header.js'

const BRANCH = 0x01
const LEAF = 0x02
const OVERFLOW = 0x04
const BIG_DATA = 0x01
const SUB_TREE = 0x02
const INTEGER_KEY = 0x08
const DEPTH_MAX = 32
const NODE_BYTES = 8
const LONG_VALUE_BYTES = 24
const KEY_BYTES_MAX = 1_978
const VALUE_BYTES_MAX = 2 ** 26

/** Reads one page into `target`; answers false when it is not there. */
export type ReadPage = (page: number, target: Buffer, pages: number) => boolean

/** What the walker meets. */
export interface PageVisitor {
  /** Whether a database of this name and these flags may be there; a reason when not. */
  database(name: string, isInteger: boolean): string | undefined
  /** A value with its key, both valid during the call only; a reason when it is not sound. */
  value(database: string, key: Buffer, value: Buffer): string | undefined
}

/** Ends the walk from any depth; never leaves this file. */
class Unsound {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** The first thing that is wrong with the file, or undefined. */
export function pageFault(
  snapshot: Snapshot,
  pageBytes: number,
  read: ReadPage,
  visitor: PageVisitor,
): string | undefined {
  try {
    new Walk(snapshot, pageBytes, read).file(visitor)
    return undefined
  } catch (error) {
    if (error instanceof Unsound) return error.reason
    throw error
  }
}

function hold(fact: boolean, reason: string): asserts fact {
  if (!fact) throw new Unsound(reason)
}

type Visit = (key: Buffer, value: Buffer, flags: number) => void

/** One tree during its walk, with what was counted. */
interface Counted {
  readonly tree: Tree
  readonly compare: (left: Buffer, right: Buffer) => number
  readonly visit: Visit
  branchPages: number
  leafPages: number
  overflowPages: number
  entries: number
}

/** Keys that a page may hold: from `low`, below `high`. */
interface Range {
  readonly low: Buffer | undefined
  readonly high: Buffer | undefined
}

const byBytes = (left: Buffer, right: Buffer): number => left.compare(right)
const byNumber32 = (left: Buffer, right: Buffer): number =>
  left.readUInt32LE(0) - right.readUInt32LE(0)
const byNumber64 = (left: Buffer, right: Buffer): number =>
  readNumber(left, 0) - readNumber(right, 0)

class Walk {
  readonly #snapshot: Snapshot
  readonly #pageBytes: number
  readonly #read: ReadPage
  /** 0 not met, 1 in use, 2 free. */
  readonly #met: Uint8Array
  readonly #scratch: Buffer[] = []
  /** Bytes of the node that begins at each place of the page that is looked at. */
  readonly #nodeAt: Uint16Array

  constructor(snapshot: Snapshot, pageBytes: number, read: ReadPage) {
    this.#snapshot = snapshot
    this.#pageBytes = pageBytes
    this.#read = read
    this.#met = new Uint8Array(snapshot.lastPage + 1)
    this.#met.fill(1, 0, 2)
    this.#nodeAt = new Uint16Array(pageBytes)
  }

  file(visitor: PageVisitor): void {
    const names: { readonly name: string; readonly tree: Tree }[] = []
    this.#tree(this.#snapshot.main, byBytes, (key, value, flags) => {
      hold(flags === SUB_TREE && value.length === TREE_BYTES, 'a value stands among the names')
      names.push({ name: key.toString('latin1').replace(/\0$/, ''), tree: readTree(value, 0) })
    })
    for (const { name, tree } of names) this.#database(name, tree, visitor)
    this.#tree(this.#snapshot.free, byNumber64, (_key, value) => this.#freePages(value))
  }

  #database(name: string, tree: Tree, visitor: PageVisitor): void {
    const isInteger = tree.flags === INTEGER_KEY
    hold(isInteger || tree.flags === 0, `the database ${name} has odd flags`)
    hold(tree.pad === 0, `the database ${name} has odd flags`)
    const unwanted = visitor.database(name, isInteger)
    hold(unwanted === undefined, unwanted ?? '')
    this.#tree(tree, isInteger ? byNumber32 : byBytes, (key, value, flags) => {
      hold((flags & ~BIG_DATA) === 0, `the database ${name} has an odd value`)
      const fault = visitor.value(name, key, value)
      if (fault !== undefined) throw new Unsound(fault)
    })
  }

  #tree(tree: Tree, compare: Counted['compare'], visit: Visit): void {
    const none = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 }
    const counted: Counted = { tree, compare, visit, ...none }
    if (tree.root === NO_PAGE) hold(tree.depth === 0, 'an empty tree has a depth')
    else {
      hold(tree.depth >= 1 && tree.depth <= DEPTH_MAX, 'a tree has an impossible depth')
      this.#page(counted, tree.root, 1, { low: undefined, high: undefined })
    }
    hold(counted.entries === tree.entries, 'a tree has lost or won entries')
    hold(counted.leafPages === tree.leafPages, 'a tree has lost or won pages')
    hold(counted.branchPages === tree.branchPages, 'a tree has lost or won branches')
    hold(counted.overflowPages === tree.overflowPages, 'a tree has lost or won long values')
  }

  #page(counted: Counted, page: number, depth: number, range: Range): void {
    const isLeaf = depth === counted.tree.depth
    const bytes = this.#take(page, depth)
    hold(bytes.readUInt16LE(18) === (isLeaf ? LEAF : BRANCH), `page ${page} is of another kind`)
    hold(bytes.readUInt16LE(16) === 0, `page ${page} has an odd header`)
    const count = this.#nodes(bytes, page, isLeaf)
    if (isLeaf) this.#leaf(counted, bytes, page, count, range)
    else this.#branch(counted, bytes, page, count, depth, range)
  }

  /** Reads a page that nobody has met yet. */
  #take(page: number, depth: number): Buffer {
    const bytes = this.#scratch[depth] ?? Buffer.alloc(this.#pageBytes)
    this.#scratch[depth] = bytes
    this.#meet(page, 1)
    hold(this.#read(page, bytes, 1), `page ${page} is missing: the file was cut short`)
    this.#header(bytes, page)
    return bytes
  }

  #meet(page: number, how: 1 | 2): void {
    const inFile = page >= 2 && page <= this.#snapshot.lastPage
    hold(inFile, `a page ${page} is named that cannot be`)
    hold(this.#met[page] === 0, `page ${page} is named twice`)
    this.#met[page] = how
  }

  #header(bytes: Buffer, page: number): void {
    hold(readNumber(bytes, 0) === page, `page ${page} is not where it says it is`)
    const isPast = readNumber(bytes, 8) <= this.#snapshot.transaction
    hold(isPast, `page ${page} comes from a transaction that never was`)
  }

  /** Checks that the nodes fill their part of the page without gap or overlap; how many. */
  #nodes(bytes: Buffer, page: number, isLeaf: boolean): number {
    const lower = bytes.readUInt16LE(20)
    const upper = bytes.readUInt16LE(22)
    const room = this.#pageBytes - PAGE_HEADER_BYTES
    const isSpace = lower % 2 === 0 && lower <= upper && upper <= room
    hold(isSpace, `page ${page} has an odd free space`)
    const count = lower / 2
    hold(count >= (isLeaf ? 1 : 2), `page ${page} has too few entries`)
    this.#nodeAt.fill(0)
    for (let i = 0; i < count; i += 1) {
      const at = bytes.readUInt16LE(PAGE_HEADER_BYTES + 2 * i)
      const isNode = at >= upper && at + NODE_BYTES <= room && this.#nodeAt[at] === 0
      hold(isNode, `page ${page} has an entry outside of it`)
      this.#nodeAt[at] = nodeBytes(bytes, PAGE_HEADER_BYTES + at, isLeaf, room)
    }
    let at = upper
    for (let met = 0; met < count; met += 1) {
      const size = this.#nodeAt[at] ?? 0
      hold(size > 0, `page ${page} has entries that overlap`)
      at += size
    }
    hold(at === room, `page ${page} has a gap between its entries`)
    return count
  }

  #branch(
    counted: Counted,
    bytes: Buffer,
    page: number,
    count: number,
    depth: number,
    range: Range,
  ): void {
    counted.branchPages += 1
    const lows: (Buffer | undefined)[] = []
    const children: number[] = []
    for (let i = 0; i < count; i += 1) {
      const at = PAGE_HEADER_BYTES + bytes.readUInt16LE(PAGE_HEADER_BYTES + 2 * i)
      const low = bytes.readUInt16LE(at) + bytes.readUInt16LE(at + 2) * 2 ** 16
      children.push(low + bytes.readUInt16LE(at + 4) * 2 ** 32)
      // The first key of a branch is never looked at: everything below the second is there.
      const key = i === 0 ? range.low : Buffer.from(this.#key(counted, bytes, at, page))
      this.#order(counted, key, { low: lows[i - 1] ?? range.low, high: range.high }, page)
      lows.push(key)
    }
    children.forEach((child, i) => {
      this.#page(counted, child, depth + 1, { low: lows[i], high: lows[i + 1] ?? range.high })
    })
  }

  #order(counted: Counted, key: Buffer | undefined, range: Range, page: number): void {
    if (key === undefined) return
    const { low, high } = range
    const isAbove = low === undefined || low === key || counted.compare(low, key) <= 0
    const isBelow = high === undefined || counted.compare(key, high) < 0
    hold(isAbove && isBelow, `page ${page} has a key out of order`)
  }

  #leaf(counted: Counted, bytes: Buffer, page: number, count: number, range: Range): void {
    counted.leafPages += 1
    let before: Buffer | undefined
    for (let i = 0; i < count; i += 1) {
      const at = PAGE_HEADER_BYTES + bytes.readUInt16LE(PAGE_HEADER_BYTES + 2 * i)
      const flags = bytes.readUInt16LE(at + 4)
      const key = this.#key(counted, bytes, at, page)
      this.#order(counted, key, range, page)
      const isNext = before === undefined || counted.compare(before, key) < 0
      hold(isNext, `page ${page} has a key out of order`)
      before = key
      const from = at + NODE_BYTES + key.length
      const size = bytes.readUInt32LE(at)
      const value =
        (flags & BIG_DATA) === 0
          ? bytes.subarray(from, from + size)
          : this.#longValue(counted, bytes.subarray(from, from + LONG_VALUE_BYTES), size)
      counted.entries += 1
      counted.visit(key, value, flags)
    }
  }

  #key(counted: Counted, bytes: Buffer, at: number, page: number): Buffer {
    const size = bytes.readUInt16LE(at + 6)
    const isSize =
      counted.compare === byNumber64
        ? size === 8
        : counted.compare === byNumber32
          ? size === 4
          : size >= 1 && size <= KEY_BYTES_MAX
    hold(isSize, `page ${page} has a key of an impossible length`)
    return bytes.subarray(at + NODE_BYTES, at + NODE_BYTES + size)
  }

  /** A value on pages of its own: `where` names the first page, its transaction, how many. */
  #longValue(counted: Counted, where: Buffer, size: number): Buffer {
    const page = readNumber(where, 0)
    hold(size <= VALUE_BYTES_MAX, `page ${page} holds an impossibly long value`)
    const pages = Math.floor((PAGE_HEADER_BYTES - 1 + size) / this.#pageBytes) + 1
    hold(readNumber(where, 16) === pages, `page ${page} begins a value of another length`)
    for (let i = 0; i < pages; i += 1) this.#meet(page + i, 1)
    const bytes = Buffer.alloc(pages * this.#pageBytes)
    hold(this.#read(page, bytes, pages), `page ${page} is missing: the file was cut short`)
    this.#header(bytes, page)
    const isLong = bytes.readUInt16LE(18) === OVERFLOW && bytes.readUInt32LE(20) === pages
    hold(isLong, `page ${page} is of another kind`)
    counted.overflowPages += pages
    return bytes.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + size)
  }

  /** A list of free pages: its length, then page numbers; -n before one stands for n of them. */
  #freePages(list: Buffer): void {
    hold(list.length >= 8 && list.length % 8 === 0, 'a list of free pages has an odd length')
    const length = readNumber(list, 0)
    hold(8 * (length + 1) <= list.length, 'a list of free pages is longer than it is')
    let pages = 1
    for (let i = 1; i <= length; i += 1) {
      const entry = list.readBigInt64LE(8 * i)
      if (entry < 0n) {
        hold(pages === 1 && -entry <= this.#met.length, 'a list of free pages has an odd length')
        pages = Number(-entry)
      } else if (entry > 0n) {
        for (let page = 0; page < pages; page += 1) this.#meet(Number(entry) + page, 2)
        pages = 1
      }
    }
    hold(pages === 1, 'a list of free pages ends too soon')
  }
}

/** Bytes of one node with its filling; 0 when it leaves the page. */
function nodeBytes(bytes: Buffer, at: number, isLeaf: boolean, room: number): number {
  const keyBytes = bytes.readUInt16LE(at + 6)
  const isLong = isLeaf && (bytes.readUInt16LE(at + 4) & BIG_DATA) !== 0
  const valueBytes = isLeaf ? (isLong ? LONG_VALUE_BYTES : bytes.readUInt32LE(at)) : 0
  const size = NODE_BYTES + keyBytes + valueBytes
  return size <= room ? size + (size % 2) : 0
}
