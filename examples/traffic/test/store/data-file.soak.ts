/**
 * store/data-file, for as long as it is given: damage, judged as in the test.
 *
 * Accepted files are used in a child. Seed and time come from `npm run soak`.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chanceOf, DAMAGES, damaged, loaded, sampleFile, writeDamaged } from '#test/store/damage'
import { dataFolder } from '#test/store/data-folder'
import { FILE_NAME } from '#traffic/store/environment'

const CHILD = fileURLToPath(new URL('./use-child.js', import.meta.url))
const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) / 2

it('a damaged data file is refused, or keeps and serves what it kept', async (t) => {
  const folder = dataFolder(t)
  const good = await sampleFile(t, 300)
  const path = join(folder, 'file')
  const use = join(folder, 'use')
  const { positions } = loaded(writeDamaged(path, good))
  const below = chanceOf(seed)
  let files = 0
  let uses = 0
  const endMs = performance.now() + timeMs
  for (; performance.now() < endMs; files += 1) {
    const damage = DAMAGES[files % DAMAGES.length] ?? 'bit'
    const bad = damaged(good, damage, below)
    const verdict = loaded(writeDamaged(path, bad))
    if (verdict.code !== undefined) continue
    assert.equal(verdict.positions, positions, `seed ${seed}, file ${files}`)
    // Of what lies in free pages a few are enough; the heads are where lmdb goes astray.
    if (damage !== 'head' && files % 20 > 0) continue
    rmSync(use, { recursive: true, force: true })
    mkdirSync(use)
    writeFileSync(join(use, FILE_NAME), bad)
    const child = spawnSync(process.execPath, [CHILD, use], { encoding: 'utf8' })
    assert.equal(child.stdout.trim(), 'sound', `seed ${seed}, file ${files}: ${child.signal}`)
    uses += 1
  }
  t.diagnostic(`seed ${seed}: ${files} files, ${uses} used`)
})
