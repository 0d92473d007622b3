/**
 * store/lmdb-header: the first pages of an lmdb file: which snapshot lmdb would open.
 *
 * Pure: from bytes to a verdict. A file has two heads, written in turn, and behind the first a
 * third one for what the disk has confirmed; lmdb begins with the newest when the machine has
 * not been restarted since it was written, else with one that the disk had confirmed.
 * Limit: the layout of data version 2 on 64-bit machines with the little end first.
 *
 *   page 0   head A at 0, confirmed head at half a page
 *   page 1   head B
 *   head     24 bytes of page header, then magic u32, version u32, address u64, map bytes u64,
 *            the tree of free pages, the main tree (48 bytes each), last page u64,
 *            transaction u64, boot u64
 *
 * @source lmdb mdb.c "MDB_meta", "mdb_pick_meta"
 */

/** Bytes before the content of a page. */
export const PAGE_HEADER_BYTES = 24

/** Bytes of the description of a tree. */
export const TREE_BYTES = 48

/** Bytes of a head: that of its page, what is listed above, and two trees. */
const HEAD_BYTES = PAGE_HEADER_BYTES + 48 + 2 * TREE_BYTES

/** The root of a tree that holds nothing. */
export const NO_PAGE = Number.POSITIVE_INFINITY

const MAGIC = 0xbeefc0de
const DATA_VERSION = 2
const META_FLAG = 0x08
/** One file and not a folder, and numbers as keys of the free pages. */
const FREE_FLAGS = 0x4008
const CONFIRMED_LATER_FLAG = 0x1000
const DEPTH_MAX = 32
const MAP_BYTES_MAX = 2 ** 46

/** A tree of pages as its description says it is. */
export interface Tree {
  /** Page size in the first tree of a head; 0 elsewhere. */
  readonly pad: number
  readonly flags: number
  readonly depth: number
  readonly branchPages: number
  readonly leafPages: number
  readonly overflowPages: number
  readonly entries: number
  readonly root: number
}

/** The state of the file after one transaction. */
export interface Snapshot {
  readonly address: number
  readonly mapBytes: number
  readonly free: Tree
  readonly main: Tree
  readonly lastPage: number
  readonly transaction: number
  readonly boot: bigint
}

export type HeaderVerdict =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'foreign' | 'damaged'; readonly reason: string }

/** A whole number of 64 bits; infinite above what a number can hold, which no file reaches. */
export function readNumber(bytes: Buffer, at: number): number {
  const high = bytes.readUInt32LE(at + 4)
  return high >= 2 ** 21 ? NO_PAGE : high * 2 ** 32 + bytes.readUInt32LE(at)
}

export function readTree(bytes: Buffer, at: number): Tree {
  return {
    pad: bytes.readUInt32LE(at),
    flags: bytes.readUInt16LE(at + 4),
    depth: bytes.readUInt16LE(at + 6),
    branchPages: readNumber(bytes, at + 8),
    leafPages: readNumber(bytes, at + 16),
    overflowPages: readNumber(bytes, at + 24),
    entries: readNumber(bytes, at + 32),
    root: readNumber(bytes, at + 40),
  }
}

/**
 * The snapshot that lmdb would open.
 *
 * @param head the first two pages
 * @param machineBoot the life of the machine as lmdb counts it; 0 where that is not told
 */
export function snapshotOf(head: Buffer, pageBytes: number, machineBoot: bigint): HeaderVerdict {
  const foreign = foreignReason(head, pageBytes)
  if (foreign !== undefined) return { kind: 'foreign', reason: foreign }
  const first = readHead(head, 0)
  const second = readHead(head, pageBytes)
  const confirmed = readHead(head, pageBytes / 2)
  const newest = pick(first, second, machineBoot)
  const snapshot = pick(newest, confirmed, machineBoot)
  // Those that are not opened are looked at as well: lmdb reads sizes and flags from all three.
  const heads = confirmed.transaction === 0 ? [first, second] : [first, second, confirmed]
  const stray = confirmed.transaction === 0 ? strayFault(head, pageBytes / 2) : undefined
  const places = [placeFault(head, pageBytes), stray]
  const faults = [...places, ...heads.map((one) => headFault(one, pageBytes))]
  const reason = faults.find((fault) => fault !== undefined)
  return reason === undefined ? { kind: 'snapshot', snapshot } : { kind: 'damaged', reason }
}

function foreignReason(head: Buffer, pageBytes: number): string | undefined {
  if (head.length < 2 * pageBytes) return 'it is too short to be an lmdb file'
  if (head.readUInt32LE(PAGE_HEADER_BYTES) !== MAGIC) return 'it is no lmdb file'
  const version = head.readUInt32LE(PAGE_HEADER_BYTES + 4) & 0xffff
  if (version !== DATA_VERSION) return `it is an lmdb file of data version ${version}`
  const size = head.readUInt32LE(PAGE_HEADER_BYTES + 24)
  return size === pageBytes ? undefined : `its pages have ${size} bytes in place of ${pageBytes}`
}

/** Both heads are the same pages for ever, but for what follows their version. */
function placeFault(head: Buffer, pageBytes: number): string | undefined {
  for (const [page, at] of [
    [0, 0],
    [1, pageBytes],
  ] as const) {
    if (readNumber(head, at) !== page) return `page ${page} is not where it says it is`
    if ((head.readUInt16LE(at + 18) & META_FLAG) === 0) return `page ${page} is no head`
    const isMagic = head.readUInt32LE(at + PAGE_HEADER_BYTES) === MAGIC
    if (!isMagic) return `the head on page ${page} is not one of lmdb`
    const version = head.readUInt32LE(at + PAGE_HEADER_BYTES + 4) & 0xffff
    if (version !== DATA_VERSION) return `the head on page ${page} is of version ${version}`
  }
  return undefined
}

/**
 * A head that was never written is of zeros: lmdb writes but a part of it, and what else stands
 * there would make the file a bad one from then on.
 */
function strayFault(head: Buffer, at: number): string | undefined {
  const isUntouched = head.subarray(at, at + HEAD_BYTES).every((byte) => byte === 0)
  return isUntouched ? undefined : 'something else stands in the place of its confirmed head'
}

function readHead(head: Buffer, at: number): Snapshot {
  const body = at + PAGE_HEADER_BYTES
  return {
    address: readNumber(head, body + 8),
    mapBytes: readNumber(head, body + 16),
    free: readTree(head, body + 24),
    main: readTree(head, body + 24 + TREE_BYTES),
    lastPage: readNumber(head, body + 24 + 2 * TREE_BYTES),
    transaction: readNumber(head, body + 32 + 2 * TREE_BYTES),
    boot: head.readBigUInt64LE(body + 40 + 2 * TREE_BYTES),
  }
}

/** As lmdb does it: two heads in the order in which it compares them. */
function pick(left: Snapshot, right: Snapshot, machineBoot: bigint): Snapshot {
  if (right.transaction === 0) return left
  const newest = left.transaction >= right.transaction ? left : right
  if (newest.boot !== 0n && newest.boot === machineBoot) return newest
  if ((newest.free.flags & CONFIRMED_LATER_FLAG) === 0) return newest
  return left.transaction > right.transaction ? right : left
}

function headFault(snapshot: Snapshot, pageBytes: number): string | undefined {
  const { address, mapBytes, free, main, lastPage, transaction } = snapshot
  if (free.pad !== pageBytes) return 'its head gives another size of pages'
  if ((free.flags & ~CONFIRMED_LATER_FLAG) !== FREE_FLAGS) return 'its head gives odd flags'
  if (address !== 0) return 'its head asks for a fixed address'
  if (main.pad !== 0 || main.flags !== 0) return 'its head gives odd flags for its names'
  if (transaction === NO_PAGE) return 'its head gives an impossible transaction'
  if (mapBytes > MAP_BYTES_MAX) return 'its head asks for too large a map'
  if (mapBytes % pageBytes !== 0) return 'its head asks for an odd map'
  if (lastPage < 1 || (lastPage + 1) * pageBytes > mapBytes) return 'its last page is not mapped'
  return [free, main].every((tree) => isPossible(tree, lastPage))
    ? undefined
    : 'its head describes an impossible tree'
}

function isPossible(tree: Tree, lastPage: number): boolean {
  const pages = tree.branchPages + tree.leafPages + tree.overflowPages
  const isEmpty = tree.root === NO_PAGE && pages === 0 && tree.entries === 0 && tree.depth === 0
  if (isEmpty) return true
  const isInFile = tree.root >= 2 && tree.root <= lastPage && pages >= 1 && pages <= lastPage
  return isInFile && tree.entries >= 1 && tree.depth >= 1 && tree.depth <= DEPTH_MAX
}
