/** store/data-file: a damaged file is refused, or keeps exactly what it kept; never a crash. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  chanceOf,
  DAMAGES,
  damaged,
  layoutOf,
  loaded,
  PAGE,
  sampleFile,
  writeDamaged,
} from '#test/store/damage'
import { dataFolder } from '#test/store/data-folder'
import { FILE_NAME } from '#traffic/store/environment'

const CHILD = fileURLToPath(new URL('./use-child.js', import.meta.url))
const seed = Number(process.env['TROUPE_SEED'] ?? 1)

/** What a child says that uses this file, or how it ended. */
function usedInChild(folder: string, bytes: Buffer): string {
  mkdirSync(folder)
  writeFileSync(join(folder, FILE_NAME), bytes)
  const child = spawnSync(process.execPath, [CHILD, folder], { encoding: 'utf8' })
  const end = child.signal ?? child.status
  return end === 0 ? child.stdout.trim() : `ended with ${end}: ${child.stderr}`
}

type Layout = ReturnType<typeof layoutOf>

/** Damage that a surgeon would do, with what the refusal must say. */
const OPERATIONS: readonly [string, RegExp, (bytes: Buffer, layout: Layout) => unknown][] = [
  [
    'an entry too many in the total',
    /lost or won entries/,
    (bytes, { tree }) => bytes.writeUInt32LE(bytes.readUInt32LE(tree + 32) + 1, tree + 32),
  ],
  [
    'a page from a transaction to come',
    /never was/,
    (bytes, { leaves }) => bytes.writeUInt32LE(1_000_000, (leaves[1] ?? 0) * PAGE + 8),
  ],
  [
    'two pages of a tree in the place of each other',
    /out of order/,
    (bytes, { children: [, left, right] }) => {
      const from = bytes.readUInt32LE(left?.at ?? 0)
      bytes.writeUInt32LE(bytes.readUInt32LE(right?.at ?? 0), left?.at ?? 0)
      bytes.writeUInt32LE(from, right?.at ?? 0)
    },
  ],
  [
    'a boundary between pages below what stands before it',
    /out of order/,
    (_bytes, { children: [, second] }) => second?.key.writeUInt32LE(1, 0),
  ],
  [
    'a boundary between pages above what stands behind it',
    /out of order/,
    (_bytes, { children: [, second] }) =>
      second?.key.writeUInt32LE(second.key.readUInt32LE(0) + 1, 0),
  ],
  [
    'a page of a tree in two places',
    /named twice/,
    (bytes, { children: [, left, right] }) => {
      bytes.writeUInt32LE(bytes.readUInt32LE(left?.at ?? 0), right?.at ?? 0)
    },
  ],
  [
    'a page in use among the free ones',
    /named twice/,
    (bytes, { freeRoot, nodes, leaves }) => {
      const list = (nodes(freeRoot)[0]?.at ?? 0) + 16
      const length = bytes.readUInt32LE(list)
      assert.ok(length > 0)
      for (let i = 1; i <= length; i += 1) {
        if (bytes.readBigInt64LE(list + 8 * i) <= 0n) continue
        bytes.writeBigInt64LE(BigInt(leaves[0] ?? 0), list + 8 * i)
        return
      }
    },
  ],
  [
    'a gap behind the last entry of a page',
    /gap/,
    (bytes, { leaves: [, page = 0], nodes }) => {
      const last = Math.max(...nodes(page).map(({ at }) => at))
      bytes.writeUInt32LE(bytes.readUInt32LE(last) - 2, last)
    },
  ],
  [
    'another size of pages in the head that the disk had confirmed',
    /another size of pages/,
    (bytes) => bytes.writeUInt32LE(8_192, PAGE / 2 + 48),
  ],
  [
    'a last page far out in the head that is not opened',
    /not mapped/,
    (bytes, { head }) => bytes.writeUInt32LE(2 ** 31, (head === 0 ? PAGE : 0) + 144),
  ],
]

describe('a data file with', () => {
  for (const [title, told, operate] of OPERATIONS) {
    it(`${title} is refused and says so`, async (t) => {
      const bytes = await sampleFile(t, 300)
      const layout = layoutOf(bytes)
      assert.ok(layout.leaves.length > 3)
      operate(bytes, layout)
      const { reason } = loaded(writeDamaged(join(dataFolder(t), 'file'), bytes))
      assert.match(reason ?? 'it was accepted', told)
    })
  }
})

describe('a data file', () => {
  it('that is whole keeps every position', async (t) => {
    const folder = dataFolder(t)
    const good = await sampleFile(t, 300)
    const { code, positions } = loaded(writeDamaged(join(folder, 'file'), good))
    assert.equal(code, undefined)
    assert.equal(positions.split('\n').length, 296)
    assert.equal(usedInChild(join(folder, 'use'), good), 'sound')
  })

  it('with damage anywhere is refused, or keeps exactly what it kept', async (t) => {
    const folder = dataFolder(t)
    const good = await sampleFile(t, 300)
    const path = join(folder, 'file')
    const { positions } = loaded(writeDamaged(path, good))
    const below = chanceOf(seed)
    const refused = new Map(DAMAGES.map((damage) => [damage, 0]))
    for (let i = 0; i < 1_200; i += 1) {
      const damage = DAMAGES[i % DAMAGES.length] ?? 'bit'
      const verdict = loaded(writeDamaged(path, damaged(good, damage, below)))
      if (verdict.code === undefined) assert.equal(verdict.positions, positions, `seed ${seed}`)
      else refused.set(damage, (refused.get(damage) ?? 0) + 1)
    }
    for (const [damage, count] of refused) assert.ok(count > 10, `${damage}: ${count}`)
  })

  it('with a bit of an id flipped is refused, but in a copy that nobody reads', async (t) => {
    const folder = dataFolder(t)
    const good = await sampleFile(t, 20)
    const path = join(folder, 'file')
    const { positions } = loaded(writeDamaged(path, good))
    let flips = 0
    for (let at = 2 * PAGE; at < good.length; at += 1) {
      // The id stands in the record, so a byte of it belongs to a record or to an old copy.
      if (good.toString('latin1', at, at + 8) !== 'vehicle-') continue
      const bad = Buffer.from(good)
      bad[at] = (bad[at] ?? 0) ^ 1
      const verdict = loaded(writeDamaged(path, bad))
      if (verdict.code === undefined) assert.equal(verdict.positions, positions)
      else flips += 1
    }
    assert.equal(flips, positions.split('\n').length)
  })

  it('that was accepted with damage serves a program to its end', async (t) => {
    const folder = dataFolder(t)
    const good = await sampleFile(t, 300)
    const below = chanceOf(seed + 1)
    const path = join(folder, 'file')
    let used = 0
    for (let i = 0; used < 8; i += 1) {
      const damage = DAMAGES[i % DAMAGES.length] ?? 'bit'
      const bad = damaged(good, damage, below)
      if (loaded(writeDamaged(path, bad)).code !== undefined) continue
      assert.equal(usedInChild(join(folder, `use-${used}`), bad), 'sound', `seed ${seed}, ${i}`)
      used += 1
    }
  })
})
