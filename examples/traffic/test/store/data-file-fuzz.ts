/**
 * store/data-file under a fuzzer: a damaged file is refused, or keeps and serves what it kept.
 *
 * A file that is accepted is used by lmdb in a child, so that one that leads it astray ends the
 * child alone.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Fuzzer } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import { keptLines } from '#test/corpus'
import { loaded, PAGE, sampleFile, writeDamaged } from '#test/store/damage'
import { dataFolder } from '#test/store/data-folder'
import { FILE_NAME } from '#traffic/store/environment'
import type { Report } from '#traffic/store/position-table'

const CHILD = fileURLToPath(new URL('./use-child.js', import.meta.url))
const SECTOR = 512
/** Where lmdb has its heads, and how far they go. */
const HEADS = [0, PAGE / 2, PAGE] as const
const HEAD_BYTES = 170
/** Of files that are accepted with sound heads, so many for one that is used. */
const USED_EVERY = 20
/** So many are used in any case. */
const USES_MIN = 3

/** One thing that happens to the bytes of a file; places are taken modulo its length. */
type Damage =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'put'; readonly at: number; readonly hex: string }
  | { readonly kind: 'zeros'; readonly sector: number }
  /** A sector of the file stands in the place of another one. */
  | { readonly kind: 'swap'; readonly sector: number; readonly from: number }

const anyPlace = fc.nat(2 ** 24)
const inHead = fc.tuple(fc.constantFrom(...HEADS), fc.nat(HEAD_BYTES)).map(([at, by]) => at + by)
/** Numbers about the page and its first nodes. */
const inPageHead = fc.tuple(fc.nat(63), fc.nat(60)).map(([page, by]) => page * PAGE + by)
const anywhere = fc.oneof(anyPlace, inHead, inPageHead)

/** Numbers of 1 to 8 bytes that often lead astray. */
const number = fc
  .tuple(
    fc.constantFrom(1, 2, 4, 8),
    fc.oneof(fc.nat(40), fc.constantFrom(255, 4_095, 4_096, 65_535)),
  )
  .map(([width, value]) => {
    const bytes = Buffer.alloc(8)
    bytes.writeUInt32LE(value)
    return bytes.toString('hex', 0, width)
  })
const put = fc.oneof(
  number,
  fc.uint8Array({ minLength: 1, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  fc.constantFrom('ffffffff', 'ffffffffffffffff', '00000080', '0000000000000000'),
)
const one: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: anywhere, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('put' as const), at: anywhere, hex: put }),
  fc.record({ kind: fc.constant('cut' as const), at: anyPlace }),
  fc.record({ kind: fc.constant('zeros' as const), sector: anyPlace }),
  fc.record({ kind: fc.constant('swap' as const), sector: anyPlace, from: anyPlace }),
)

function damage(good: Buffer, damages: readonly Damage[]): Buffer {
  let bytes = Buffer.from(good)
  for (const one of damages) {
    const sectors = Math.max(1, Math.floor(bytes.length / SECTOR))
    if (one.kind === 'cut') {
      bytes = bytes.subarray(0, one.at % (bytes.length + 1))
    } else if (one.kind === 'flip' && bytes.length > 0) {
      const at = one.at % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ (1 << one.bit)
    } else if (one.kind === 'put' && bytes.length > 0) {
      bytes.write(one.hex, one.at % bytes.length, 'hex')
    } else if (one.kind === 'zeros') {
      const at = (one.sector % sectors) * SECTOR
      bytes.fill(0, at, Math.min(at + SECTOR, bytes.length))
    } else if (one.kind === 'swap') {
      const from = (one.from % sectors) * SECTOR
      bytes.copyWithin((one.sector % sectors) * SECTOR, from, from + SECTOR)
    }
  }
  return bytes
}

/** The positions of a file as text, by slot. */
const bySlot = (positions: string): ReadonlyMap<string, Report> =>
  new Map(
    positions.split('\n').map((line) => {
      const blank = line.indexOf(' ')
      return [line.slice(0, blank), JSON.parse(line.slice(blank)) as Report]
    }),
  )

/**
 * True for what the file kept, and for what one of its sectors kept before: a sector that is the
 * older one of itself is sound in all that can be seen of it.
 */
function isKept(found: string, kept: string, hasOldSector: boolean): boolean {
  if (found === kept) return true
  if (!hasOldSector) return false
  const [before, now] = [bySlot(kept), bySlot(found)]
  const isOlder = ([slot, report]: [string, Report]): boolean => {
    const known = before.get(slot)
    return known?.position.id === report.position.id && report.sequence <= known.sequence
  }
  return before.size === now.size && [...now].every(isOlder)
}

const headBytes = (bytes: Buffer): Buffer => bytes.subarray(0, 2 * PAGE)

/** Lets lmdb use files that were accepted, each in a child. */
class Users {
  readonly #folder: string
  readonly #good: Buffer
  readonly #startMs = performance.now()
  #usedMs = 0
  #accepted = 0
  uses = 0

  constructor(folder: string, good: Buffer) {
    this.#folder = join(folder, 'use')
    this.#good = good
  }

  /** Uses the file when it is one that is worth it and there is time. */
  use(bad: Buffer): void {
    this.#accepted += 1
    const isOdd = !headBytes(bad).equals(headBytes(this.#good))
    const isWorth = isOdd || this.#accepted % USED_EVERY === 0
    // Children are slow: they have half of the time.
    const hasTime = this.#usedMs < (performance.now() - this.#startMs) / 2 || this.uses < USES_MIN
    if (bad.length === 0 || !isWorth || !hasTime) return
    const fromMs = performance.now()
    rmSync(this.#folder, { recursive: true, force: true })
    mkdirSync(this.#folder)
    writeFileSync(join(this.#folder, FILE_NAME), bad)
    const ran = spawnSync(process.execPath, [CHILD, this.#folder], { encoding: 'utf8' })
    assert.equal(ran.stdout.trim(), 'sound', String(ran.signal))
    this.uses += 1
    this.#usedMs += performance.now() - fromMs
  }
}

/** The fuzzer for one sample file. */
export async function dataFileFuzzer(
  t: TestContext,
): Promise<Fuzzer<readonly Damage[]> & { readonly uses: () => number }> {
  const folder = dataFolder(t)
  const good = await sampleFile(t, 300)
  const path = join(folder, 'file')
  const users = new Users(folder, good)
  const { positions } = loaded(writeDamaged(path, good))
  return {
    corpus: 'examples/traffic/test/corpus/data-files.txt',
    kept: keptLines('data-files').map((line) => JSON.parse(line) as readonly Damage[]),
    inputs: fc.array(one, { minLength: 1, maxLength: 3 }),
    judge(damages) {
      const bad = damage(good, damages)
      const verdict = loaded(writeDamaged(path, bad))
      if (verdict.code !== undefined) return
      // A file of no bytes is one that was made and never written to.
      const kept = bad.length === 0 ? '' : positions
      const hasOldSector = damages.some(({ kind }) => kind === 'swap')
      assert.ok(isKept(verdict.positions, kept, hasOldSector), 'it keeps something else')
      users.use(bad)
    },
    line: (damages) => JSON.stringify(damages),
    uses: () => users.uses,
  }
}
