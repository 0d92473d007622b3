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

  it('with any bit flipped in a page of positions is refused, but for what nobody reads', async (t) => {
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
