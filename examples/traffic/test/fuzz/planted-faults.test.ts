/**
 * The fuzzers are sharp: each fault of the table, planted alone in a copy, is found by its fuzzer.
 *
 * A copy of the compiled system is loaded beside the others into this process: that takes less
 * time than a program for each of them.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { PLANTED_FAULTS, type PlantedFault } from '#test/fuzz/planted-faults'

const SYSTEM = fileURLToPath(new URL('../../', import.meta.url))
const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url))
const TESTS = ['corpus.js', 'fuzz', 'packet', 'query', 'replay', 'store']
const PARTS = ['package.json', 'dist', ...TESTS.map((part) => join('dist-test', part))]

// Text is read as on machines without machine code for it.
process.env['MSGPACKR_NATIVE_ACCELERATION_DISABLED'] = 'true'

/** The compiled system in a folder of its own. */
function copyTo(folder: string): void {
  const filter = (path: string): boolean => !/\.(map|d\.ts|tsbuildinfo)$/.test(path)
  for (const part of [...PARTS, join('test', 'corpus')]) {
    cpSync(join(SYSTEM, part), join(folder, part), { recursive: true, filter })
  }
}

/** Puts the fault in its place, which must be there once. */
function plant({ file, find, replace }: PlantedFault, folder: string): void {
  const path = join(folder, 'dist', `${file}.js`)
  const sound = readFileSync(path, 'utf8')
  const words = find.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(words.join('\\s+'), 'g')
  assert.equal([...sound.matchAll(pattern)].length, 1, `this is not once in ${file}: ${find}`)
  writeFileSync(
    path,
    sound.replace(pattern, () => replace),
  )
}

describe('a fault is found by the fuzzer', () => {
  const root = mkdtempSync(join(tmpdir(), 'traffic-faults-'))
  before(() => symlinkSync(MODULES, join(root, 'node_modules'), 'junction'))
  after(() => rmSync(root, { recursive: true, force: true }))

  for (const [at, fault] of PLANTED_FAULTS.entries()) {
    it(`of ${fault.foundBy}: ${fault.name}`, async (t) => {
      const folder = join(root, String(at))
      copyTo(folder)
      plant(fault, folder)
      const script = pathToFileURL(join(folder, 'dist-test', 'fuzz', 'short-fuzz.js'))
      const { SHORT_FUZZ } = (await import(script.href)) as typeof import('#test/fuzz/short-fuzz')
      await assert.rejects(SHORT_FUZZ[fault.foundBy](t), /found what to add to/)
    })
  }
})
